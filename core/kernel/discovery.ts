import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import semver from "semver";
import { CadreError, messageOf, type Problem } from "./errors.ts";
import type { Plugin } from "./plugin.ts";
import { isSection } from "./settings-file.ts";
import { importTypeScript } from "./typescript.ts";

/** Where plugins may come from. */
export interface PluginSources {
  /** Folders whose sub-folders are plugins. */
  folders: readonly string[];
  /** The site's folder, whose package.json may name npm packages under `"cadre": { "plugins": [...] }`. */
  site: string;
  /** More npm packages, from the settings. */
  packages?: readonly string[];
  engineVersion: string;
}

interface PackageManifest {
  name?: string;
  cadre?: unknown;
  peerDependencies?: Record<string, string>;
  main?: string;
  exports?: Exported | Record<".", Exported>;
}
type Exported = string | { import?: string; default?: string };

/** Imports every plugin that is there or named. Whatever can't be used is a problem, and the others still come. */
export async function discoverPlugins(sources: PluginSources): Promise<{ plugins: Plugin[]; problems: Problem[] }> {
  const problems: Problem[] = [];
  const plugins: Plugin[] = [];
  const reported = async (pointer: string, work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => void problems.push({ pointer, code: error instanceof CadreError ? error.code : "plugin_unloadable", message: messageOf(error) }));
  const take = (name: string, find: () => string): Promise<void> => reported(name, async () => void plugins.push(await importPlugin(find())));
  const found = [...new Set(sources.folders.map((path) => resolve(path)))].flatMap(pluginsIn);
  for (const path of found) if (!found.includes(buildOf(path))) await take(path, () => path);
  const manifest = join(sources.site, "package.json");
  const named: string[] = [];
  await reported(manifest, async () => void named.push(...namedIn(manifest)));
  for (const name of new Set([...named, ...(sources.packages ?? [])])) await take(name, () => entryOf(name, sources));
  return { plugins, problems };
}

/** A list of names as a file of settings holds it, `what` saying where; none where it says nothing. @throws bad_settings */
export function listOfNames(value: unknown, what: string): string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((name) => typeof name === "string")) return value;
  throw new CadreError("bad_settings", `${what} must be a list of names, such as ["office-hours"].`);
}

function pluginsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => ["index.ts", "index.js"].map((file) => join(folder, name, file)).filter(existsSync).slice(0, 1))
    .sort();
}

/** Where the build of a source would lie: an engine that runs from its build in its own folder comes upon both. */
function buildOf(path: string): string {
  const folder = dirname(path);
  return path.endsWith(".ts") ? join(dirname(dirname(folder)), "dist", "plugins", basename(folder), "index.js") : "";
}

/** The npm packages that a site's package.json names; none where there is no such file. @throws bad_settings */
function namedIn(manifest: string): string[] {
  if (!existsSync(manifest)) return [];
  const { cadre = {} } = JSON.parse(readFileSync(manifest, "utf8")) as PackageManifest;
  if (!isSection(cadre)) throw new CadreError("bad_settings", `Its "cadre" must be an object, such as { "plugins": ["office-hours"] }.`);
  return listOfNames(cadre.plugins, `Its "cadre": { "plugins": … }`);
}

/** The package's entry, after its manifest has been read and its range of Cadre versions checked: no code has run yet. */
function entryOf(name: string, { site, engineVersion }: PluginSources): string {
  const folder = findPackage(name, site);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageManifest;
  const range = manifest.peerDependencies?.cadre;
  if (range !== undefined && !semver.satisfies(engineVersion, range)) {
    throw new CadreError("wrong_engine", `The package ${name} is for Cadre ${range}; this is ${engineVersion}.`);
  }
  const root = typeof manifest.exports === "object" && "." in manifest.exports ? manifest.exports["."] : manifest.exports;
  const exported = typeof root === "object" ? ((root as { import?: string }).import ?? (root as { default?: string }).default) : root;
  return join(folder, exported ?? manifest.main ?? "index.js");
}

function findPackage(name: string, site: string): string {
  for (let folder = site; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
    if (folder === dirname(folder)) throw new CadreError("plugin_missing", `The plugin package ${name} is named but not installed; run npm install ${name}.`);
  }
}

async function importPlugin(path: string): Promise<Plugin> {
  if (path.endsWith(".ts")) importTypeScript();
  const module = (await import(pathToFileURL(path).href)) as { default?: Plugin };
  if (typeof module.default?.name !== "string") throw new CadreError("no_plugin", `${path} has no default export made by definePlugin.`);
  return module.default;
}
