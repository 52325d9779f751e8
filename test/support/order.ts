import { readFileSync } from "node:fs";

/**
 * The files, those first that seem to take longest: what takes as long as it is told to (a computed timeout), then what asks for longer
 * timeouts than others, then the larger ones.
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
