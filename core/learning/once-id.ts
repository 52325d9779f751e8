import { createHash } from "node:crypto";

/** The id of a statement that is told once for a registration: the same facts always give the same id (UUID version 8, RFC 9562 5.8). */
export function onceId(registration: string, ...facts: string[]): string {
  const bytes = createHash("sha256").update([registration, ...facts].join("\n")).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
