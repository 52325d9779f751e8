import { randomBytes } from "node:crypto";

/** A new UUIDv7 (RFC 9562): ordered by the millisecond it was made in, random otherwise. */
export function newId(nowMs = Date.now()): string {
  const random = randomBytes(10);
  random[0] = (random[0]! & 0x0f) | 0x70;
  random[2] = (random[2]! & 0x3f) | 0x80;
  const hex = nowMs.toString(16).padStart(12, "0") + random.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
