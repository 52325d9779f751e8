import { readFileSync } from "node:fs";

/** The version of this engine, from its package.json, which lies beside the sources and above the build. */
export const engineVersion: string = ["../package.json", "../../package.json"].flatMap(versionIn)[0] ?? "0.0.0";

function versionIn(path: string): string[] {
  try {
    const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as { name: string; version: string };
    return name === "cadre" ? [version] : [];
  } catch {
    return [];
  }
}
