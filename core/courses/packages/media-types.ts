/** Extension to media type of what courses are made of; anything else is a download. Sent with `nosniff`, so that what is not listed never runs. */
const mediaTypes: Readonly<Record<string, string>> = {
  htm: "text/html", html: "text/html", xhtml: "application/xhtml+xml",
  css: "text/css", js: "text/javascript", mjs: "text/javascript", cjs: "text/javascript",
  json: "application/json", map: "application/json", webmanifest: "application/manifest+json", wasm: "application/wasm",
  xml: "application/xml", xsd: "application/xml", dtd: "application/xml-dtd", xsl: "application/xslt+xml",
  txt: "text/plain", md: "text/markdown", csv: "text/csv", vtt: "text/vtt", srt: "application/x-subrip", ics: "text/calendar",
  avif: "image/avif", bmp: "image/bmp", cur: "image/x-icon", gif: "image/gif", ico: "image/x-icon", jfif: "image/jpeg", jpeg: "image/jpeg",
  jpg: "image/jpeg", png: "image/png", svg: "image/svg+xml", tif: "image/tiff", tiff: "image/tiff", webp: "image/webp",
  eot: "application/vnd.ms-fontobject", otf: "font/otf", ttc: "font/collection", ttf: "font/ttf", woff: "font/woff", woff2: "font/woff2",
  aac: "audio/aac", flac: "audio/flac", m4a: "audio/mp4", mid: "audio/midi", mp3: "audio/mpeg", oga: "audio/ogg", opus: "audio/ogg",
  wav: "audio/wav", weba: "audio/webm",
  avi: "video/x-msvideo", flv: "video/x-flv", m3u8: "application/vnd.apple.mpegurl", m4v: "video/mp4", mkv: "video/x-matroska",
  mov: "video/quicktime", mp4: "video/mp4", mpd: "application/dash+xml", mpeg: "video/mpeg", mpg: "video/mpeg", ogg: "audio/ogg",
  ogv: "video/ogg", ts: "video/mp2t", webm: "video/webm", wmv: "video/x-ms-wmv",
  epub: "application/epub+zip", pdf: "application/pdf", rtf: "application/rtf", swf: "application/x-shockwave-flash", zip: "application/zip",
  doc: "application/msword", docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  ppt: "application/vnd.ms-powerpoint", pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  xls: "application/vnd.ms-excel", xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  odp: "application/vnd.oasis.opendocument.presentation", ods: "application/vnd.oasis.opendocument.spreadsheet",
  odt: "application/vnd.oasis.opendocument.text",
  glb: "model/gltf-binary", gltf: "model/gltf+json", obj: "model/obj", stl: "model/stl",
};

/** The media type to serve a file with, without a charset: what is text says its own, as its author meant it. */
export function mediaTypeOfPath(path: string): string {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(mediaTypes, extension) ? (mediaTypes[extension] as string) : "application/octet-stream";
}
