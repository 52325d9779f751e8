import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The site's folder: CADRE_SITE, else the nearest folder upwards from here whose package.json is Cadre's or depends on it,
 * else the engine's own.
 */
export function siteFolder(environment: NodeJS.ProcessEnv = process.env, from = process.cwd()): string {
  if (environment.CADRE_SITE) return environment.CADRE_SITE;
  for (let folder = from; ; folder = dirname(folder)) {
    if (isSite(folder)) return folder;
    if (folder === dirname(folder)) return engineFolder();
  }
}

function isSite(folder: string): boolean {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return false;
  const { name, dependencies } = JSON.parse(readFileSync(path, "utf8")) as { name?: string; dependencies?: Record<string, string> };
  return name === "cadre" || dependencies?.cadre !== undefined;
}

/** Where this engine's package.json lies: above the sources, or above the build. */
function engineFolder(): string {
  const near = fileURLToPath(new URL("../../", import.meta.url));
  return existsSync(join(near, "package.json")) ? near : dirname(near.replace(/\/$/, ""));
}
