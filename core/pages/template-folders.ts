import { fileURLToPath, pathToFileURL } from "node:url";
import { messageOf } from "../kernel/errors.ts";
import type { Gathering, Plugin } from "../kernel/plugin.ts";
import { inspectFile, templateFiles, type Inspected, type TemplateFolder } from "./templates.ts";

/** The core's own templates. */
export const coreTemplates = new URL("../../templates/", import.meta.url);

/** Every folder of templates, for `loadTemplates`: those of parts and plugins in their order, then what the engine and the site put in their place. */
export function templateFolders({ plugins, ...all }: Gathering): TemplateFolder[] {
  return [...plugins.flatMap((plugin) => ownFolder(plugin, all)), ...plugins.flatMap((plugin) => overrides(plugin, all))];
}

/** What is wrong with the templates of a plugin, and with those that stand in their place, as "<file>, line 3: …". */
export function templateProblems(plugin: Plugin, all: Gathering): string[] {
  return [...ownFolder(plugin, all), ...overrides(plugin, all)].flatMap(templateFiles).flatMap(({ file }) => {
    const found = inspected(file);
    return typeof found === "string" ? [found] : [];
  });
}

/** What the slots of a plugin name in vain. */
export function slotProblems(plugin: Plugin, slots: Record<string, { template?: unknown }>, all: Gathering): string[] {
  const { templates, slots: known } = namedIn(all);
  return Object.entries(slots).flatMap(([slot, { template }]) => {
    if (typeof template !== "string") return [`${slot} names no template`];
    return [
      ...(known.has(slot) ? [] : [`${slot} is a slot that no page has`]),
      ...(templates.has(`${plugin.name}/${template}`) ? [] : [`${slot} is filled from the template ${template}, which is not there`]),
    ];
  });
}

type Places = Omit<Gathering, "plugins">;

function ownFolder(plugin: Plugin, { isPart }: Places): TemplateFolder[] {
  const { templates } = plugin;
  return templates instanceof URL && templates.protocol === "file:" ? [{ path: fileURLToPath(templates), prefix: isPart(plugin) ? "" : `${plugin.name}/` }] : [];
}

/** Files in `templates/overrides/<plugin>/` of the engine and of the site; the pages' own are in the site's `templates/`. */
function overrides({ name, templates }: Plugin, { site }: Places): TemplateFolder[] {
  const own = site === undefined ? [] : [new URL("templates/", `${pathToFileURL(site).href}/`)].filter(({ href }) => href !== coreTemplates.href);
  const folders = [coreTemplates, ...own].map((base) => ({ path: fileURLToPath(new URL(`overrides/${name}/`, base)), prefix: `${name}/` }));
  return templates?.href === coreTemplates.href ? [...own.map((base) => ({ path: fileURLToPath(base), prefix: "" })), ...folders] : folders;
}

const named = new WeakMap<Gathering, { templates: Set<string>; slots: Set<string> }>();

/** The names of all templates, and of the slots that they have. */
function namedIn(all: Gathering): { templates: Set<string>; slots: Set<string> } {
  const known = named.get(all);
  if (known) return known;
  const files = new Map(templateFolders(all).flatMap(templateFiles).map(({ name, file }) => [name, file]));
  const slots = [...files.values()].map(inspected).flatMap((found) => (typeof found === "string" ? [] : found.slots));
  const found = { templates: new Set(files.keys()), slots: new Set(slots) };
  named.set(all, found);
  return found;
}

function inspected(file: string): Inspected | string {
  try {
    return inspectFile(file);
  } catch (error) {
    return messageOf(error);
  }
}
