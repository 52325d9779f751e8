import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { join } from "node:path";
import type { Plugin } from "../kernel/plugin.ts";

/** The folder of the file that called into this one from outside `core/testing`. */
export function callersFolder(): URL | undefined {
  const own = fileURLToPath(new URL("./", import.meta.url));
  const places = [...(new Error().stack ?? "").matchAll(/(?:file:\/\/)?(\/[^\s()]+?):\d+:\d+\)?$/gm)].map(([, path = ""]) => path);
  const caller = places.find((path) => !path.startsWith(own) && !path.includes("/node_modules/"));
  return caller === undefined ? undefined : new URL("./", pathToFileURL(caller));
}

/** The plugin's own files of these kinds, tests left out. */
export function filesIn(folder: URL, extension: RegExp): { path: string; text: string }[] {
  const top = fileURLToPath(folder);
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extension.test(entry.name) && !/(^|\.)test\.[jt]s$/.test(entry.name) && !join(entry.parentPath, entry.name).slice(top.length).includes("node_modules"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

/** The plugins that `plugin` requires, directly or not: those given, else those in folders beside its own. */
export async function requirementsOf(plugin: Plugin, given: readonly Plugin[], folder: URL | undefined): Promise<Plugin[]> {
  const found = new Map(given.map((each) => [each.name, each]));
  const waiting = [plugin, ...given].flatMap(({ requires = [] }) => requires);
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (found.has(name) || folder === undefined) continue;
    const entry = ["index.ts", "index.js"].map((file) => new URL(`../${name}/${file}`, folder)).find((url) => existsSync(url));
    if (!entry) continue; // boot says what is missing
    const { default: required } = (await import(entry.href)) as { default: Plugin };
    found.set(name, required);
    waiting.push(...(required.requires ?? []));
  }
  return [...found.values()];
}
