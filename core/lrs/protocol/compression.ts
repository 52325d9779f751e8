import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Reply } from "../../http/reply.ts";
import { compressedSuffix } from "../documents/conditions.ts";

/**
 * The answer compressed, for clients that take gzip, where that is worth it. Its ETag becomes another one: the bytes are others
 * (Communication 3.1; RFC 9110 8.8.3.3).
 */
export async function compressed(reply: Reply, acceptEncoding: string | undefined): Promise<Reply> {
  const { status, headers, body } = reply;
  if (body.kind === "json") return compressed(new Reply(status, { kind: "bytes", bytes: JSON.stringify(body.value), type: "application/json" }, { "Content-Type": "application/json", ...headers }), acceptEncoding);
  if (body.kind !== "bytes" || Buffer.byteLength(body.bytes) < worthwhileBytes || !compressible.test(headers["Content-Type"] ?? body.type)) return reply;
  const varying = reply.with({ Vary: "Accept-Encoding" });
  if (!takesGzip(acceptEncoding)) return varying;
  const bytes = await gzipped(body.bytes);
  const tag = headers.ETag && { ETag: headers.ETag.replace(/"$/, `${compressedSuffix}"`) };
  return new Reply(status, { ...body, bytes }, { ...varying.headers, ...tag, "Content-Encoding": "gzip" });
}

const gzipped = promisify<Buffer | string, Buffer>(gzip);
const worthwhileBytes = 1024;
const compressible = /^(?:text\/|application\/(?:json|xml|javascript)\b|[^;]*\+(?:json|xml)\b)/i;

function takesGzip(acceptEncoding = ""): boolean {
  const wanted = acceptEncoding.split(",").map((part) => part.trim().toLowerCase().split(/\s*;\s*/));
  const found = wanted.find(([coding]) => coding === "gzip" || coding === "x-gzip") ?? wanted.find(([coding]) => coding === "*");
  return found !== undefined && !found.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
}
