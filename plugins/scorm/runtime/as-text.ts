/** What content passed, as text: it passes numbers, booleans, nothing at all; what cannot be text counts as none (see `isText`). */
export function asText(value: unknown): string {
  return textOf(value) ?? "";
}

/** Whether a value can be text: not functions and symbols, nor what throws when it is asked to. */
export function isText(value: unknown): boolean {
  return textOf(value) !== null;
}

/** A value as a trace shows it: text as it is, anything else as JSON, or, where JSON cannot hold it (what goes in circles, BigInt, functions, symbols), what a browser would make of it. */
export function asShown(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return textOf(value) ?? `a ${typeof value} that is no text`;
  }
}

function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  if (typeof value === "function" || typeof value === "symbol") return null;
  try {
    // eslint-disable-next-line @typescript-eslint/no-base-to-string -- what a browser would make of it
    return String(value);
  } catch {
    return null;
  }
}
