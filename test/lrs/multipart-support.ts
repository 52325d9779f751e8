import { createHash } from "node:crypto";

/** A part of a multipart body: header lines and bytes. */
export interface SentPart {
  headers: Record<string, string>;
  bytes: Buffer | string;
}

export const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");

/** What a statement tells of an attachment with these bytes. */
export function told(bytes: Buffer | string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { usageType: "http://example.org/usage/essay", display: { en: "An essay" }, contentType: "application/octet-stream", length: Buffer.byteLength(bytes), sha2: sha256(bytes), ...changes };
}

/** The part that brings these bytes; headers that are "" are left out. */
export function partWith(bytes: Buffer | string, headers: Record<string, string> = {}): SentPart {
  const all = { "Content-Type": "application/octet-stream", "Content-Transfer-Encoding": "binary", "X-Experience-API-Hash": sha256(bytes), ...headers };
  return { headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== "")), bytes };
}

export const jsonPart = (value: unknown): SentPart => ({ headers: { "Content-Type": "application/json" }, bytes: typeof value === "string" ? value : JSON.stringify(value) });

/** A multipart body, as RFC 2046 has it. */
export function multipart(parts: SentPart[], { boundary = "here", preamble = "", epilogue = "" } = {}): Buffer {
  const pieces = parts.flatMap(({ headers, bytes }, index) => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return [Buffer.from(`${index === 0 ? preamble : "\r\n"}--${boundary}\r\n${lines.join("")}\r\n`), Buffer.from(bytes)];
  });
  return Buffer.concat([...pieces, Buffer.from(`\r\n--${boundary}--${epilogue}`)]);
}
