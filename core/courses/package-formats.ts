import type { Context } from "../kernel/context.ts";
import type { PackageFormat } from "./packages/format.ts";

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** Readers of course packages, by name: `scorm12`. */
    formats?: Record<string, PackageFormat>;
  }
}

/** Every format that this site reads, by name. */
export function packageFormatsOf({ site: { host } }: Context): Readonly<Record<string, PackageFormat>> {
  return Object.fromEntries(host.contributions<Record<string, PackageFormat>>("formats").flatMap(({ value }) => Object.entries(value)));
}

/** What boot finds wrong with a plugin's formats. */
export function badFormats(value: unknown): string[] {
  return Object.entries(value as Record<string, Partial<PackageFormat> | undefined>).flatMap(([name, format]) => [
    ...(format?.label ? [] : [`${name} has no label`]),
    ...(Array.isArray(format?.manifests) ? [] : [`${name} names no manifest`]),
    ...(typeof format?.detect === "function" && typeof format.read === "function" ? [] : [`${name} can't detect and read`]),
  ]);
}
