import { packageError } from "./errors.ts";
import type { Report } from "./report.ts";

/**
 * The text of an XML file: by byte order mark, else by its declaration, else UTF-8 (XML 1.0, appendix F).
 * A file that is not in the encoding it claims is read in the likeliest one, and that is reported; so is UTF-16, which is right and rare.
 * @throws xml_encoding when the claimed encoding is unknown or the bytes fit none
 */
export function decodeXml(bytes: Buffer, path: string, report: Report): string {
  const declared = declaredEncoding(bytes);
  const certain = byteOrder(bytes);
  if (certain) {
    if (certain.startsWith("utf-16")) report.add("xml_in_utf16", { path });
    return decoded(bytes, certain, path);
  }
  const claimed = declared && known(declared, path);
  if (claimed?.startsWith("utf-16")) return otherwise("utf-8");
  if (claimed && claimed !== "utf-8") return decoded(bytes, claimed, path);
  try {
    return decoded(bytes, "utf-8", path);
  } catch {
    return otherwise("windows-1252");
  }

  function otherwise(used: string): string {
    const text = decoded(bytes, used, path);
    report.add("xml_encoding_wrong", { path, declared: declared ?? "UTF-8", used });
    return text;
  }
}

const declaration = /^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']/;

function declaredEncoding(bytes: Buffer): string | undefined {
  return declaration.exec(bytes.subarray(0, 400).toString("latin1"))?.[1];
}

/** What the first bytes prove: a byte order mark, or "<" in UTF-16 without one. */
function byteOrder(bytes: Buffer): string | undefined {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return "utf-16be";
  return undefined;
}

/** The encoding's canonical name. */
function known(label: string, path: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (cause) {
    throw packageError("xml_encoding", `${path} is in the encoding "${label}", which is not known. Save it as UTF-8.`, { path, line: 1 }, cause);
  }
}

function decoded(bytes: Buffer, encoding: string, path: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw packageError("xml_encoding", `${path} should be in ${encoding}, but its bytes are not. Save it as UTF-8.`, { path }, cause);
  }
}
