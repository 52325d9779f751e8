import { boot, type Engine } from "../main.ts";
import { siteFolder } from "./site.ts";

/** Runs `work` on an engine that only asks: it serves nothing, works on nothing, and says only what goes wrong, on standard error. */
export async function withEngine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
  const environment = { CADRE_LOG: "text", CADRE_LOG_LEVEL: "warn", ...process.env };
  const engine = await boot({ site: siteFolder(), environment, roles: [], discover: true, writeLog: (line) => void process.stderr.write(line) });
  try {
    return await work(engine);
  } finally {
    await engine.stop();
  }
}

/** Lines in columns as wide as their widest word; the last column is not filled up. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) => `${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join("  ")}\n`).join("");
}
