import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CadreError, messageOf } from "../kernel/errors.ts";

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

/** Whether this is the engine's own folder, not that of a site that depends on it. */
export function isEngineFolder(folder: string): boolean {
  return manifestOf(folder)?.name === "cadre";
}

function isSite(folder: string): boolean {
  const { name, dependencies } = manifestOf(folder) ?? {};
  return name === "cadre" || dependencies?.cadre !== undefined;
}

/** @throws bad_settings naming the file, when it is there and is no JSON */
function manifestOf(folder: string): { name?: string; dependencies?: Record<string, string> } | null {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as { name?: string; dependencies?: Record<string, string> } | null;
  } catch (error) {
    throw new CadreError("bad_settings", `${path} is no JSON: ${messageOf(error)}.`, { cause: error });
  }
}

/** Where this engine's package.json lies: above the sources, or above the build. */
function engineFolder(): string {
  const near = fileURLToPath(new URL("../../", import.meta.url));
  return existsSync(join(near, "package.json")) ? near : dirname(near.replace(/\/$/, ""));
}
