import { randomUUID } from "node:crypto";

/** A new UUIDv7 (RFC 9562 5.7): unique anywhere, and sorting by the time it was made. */
export function newId(at: Date = new Date()): string {
  const time = at.getTime().toString(16).padStart(12, "0");
  // A UUIDv4 from behind its version on, for Node keeps the bytes of many at once.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
