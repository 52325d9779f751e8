import type { Context } from "../kernel/context.ts";
import type { Gathering, Plugin } from "../kernel/plugin.ts";

/** Something that can be downloaded as a file. */
export interface Exporter<Config = unknown> {
  label: string;
  /** One sentence for the list. */
  summary: string;
  /** The permission it needs: in the course for one `of` a course, else on the site. */
  can: string;
  of: "course" | "site";
  /** Such as `text/csv; charset=utf-8`. */
  mediaType: string;
  /** The file's name without a folder, such as `learners.csv`. */
  fileName(place: ExportPlace): string;
  /** The file's content in parts, made while it is sent. */
  run(ctx: Context<Config>, place: ExportPlace): AsyncIterable<string | Uint8Array>;
}

/** What is exported. */
export interface ExportPlace {
  /** The course of an exporter `of` a course. */
  courseId?: string;
}

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** Files to download, by name. */
    exporters?: Record<string, Exporter<Config>>;
  }
}

/** Every exporter of this site, with whose it is. */
export function exportersOf({ site: { host } }: Context): { name: string; plugin: string; exporter: Exporter }[] {
  return host.contributions<Record<string, Exporter>>("exporters").flatMap(({ plugin, value }) => Object.entries(value).map(([name, exporter]) => ({ name, plugin, exporter })));
}

/** What boot finds wrong with a plugin's exporters. */
export function badExporters(value: unknown, plugin: Plugin, { plugins }: Gathering): string[] {
  return Object.entries(value as Record<string, Partial<Exporter> | undefined>).flatMap(([name, exporter]) => {
    const twin = plugins.find((other) => other !== plugin && Object.hasOwn(other.exporters ?? {}, name));
    return [
      ...(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) ? [] : [`"${name}" is no kebab-case name`]),
      ...(twin ? [`${name} is there already, by ${twin.name}`] : []),
      ...(["label", "summary", "can", "mediaType"] as const).flatMap((field) => (exporter?.[field] ? [] : [`${name} has no ${field}`])),
      ...(exporter?.of === "course" || exporter?.of === "site" ? [] : [`${name} must be of a "course" or the "site"`]),
      ...(["fileName", "run"] as const).flatMap((field) => (typeof exporter?.[field] === "function" ? [] : [`${name} has no function "${field}"`])),
    ];
  });
}
