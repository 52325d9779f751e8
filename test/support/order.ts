import { readFileSync } from "node:fs";

/**
 * The files in the order in which to begin them, so that all processes end at about the same time: first those that may take as long as
 * they are told to (a computed timeout), then those that ask for longer timeouts than others, then the larger ones.
 */
export function longestFirst(files: readonly string[]): string[] {
  return files
    .map((file) => {
      const text = readFileSync(file, "utf8");
      return { file, timeoutMs: Math.max(0, ...[...text.matchAll(/\bthis\.timeout\((.+)\)/g)].map(([, asked = ""]) => (/^[\d_]+$/.test(asked) ? Number(asked.replaceAll("_", "")) : Infinity))), size: text.length };
    })
    .sort((one, other) => (one.timeoutMs === other.timeoutMs ? other.size - one.size : other.timeoutMs - one.timeoutMs))
    .map(({ file }) => file);
}
