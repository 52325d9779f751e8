/** What content passed, as text: it passes numbers, booleans, nothing at all; a value that cannot be text counts as none. */
export function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  try {
    // eslint-disable-next-line @typescript-eslint/no-base-to-string -- what a browser would make of it
    return String(value);
  } catch {
    return "";
  }
}
