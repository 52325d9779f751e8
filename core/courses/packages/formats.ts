import type { Context } from "../../kernel/context.ts";
import type { ContributionDeclaration, Plugin } from "../../kernel/plugin.ts";
import type { PackageFormat } from "./format.ts";
import { packageDiagnostics } from "./report.ts";

type Formats = Readonly<Record<string, PackageFormat>>;

declare module "../../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** Readers of course packages, by name: `scorm12`, `cmi5`. The name is kept with every package that was read. */
    formats?: Formats;
  }
}

/** Every reader of this site, by name. */
export function formatsOf({ site: { host } }: Context): Formats {
  return Object.assign({}, ...host.contributions<Formats>("formats").map(({ value }) => value)) as Formats;
}

/** What people call the packages that can be read: "SCORM 1.2, cmi5". */
export function acceptedStandards(ctx: Context): string {
  return Object.values(formatsOf(ctx)).map(({ label }) => label).join(", ");
}

export const formatsField: ContributionDeclaration = {
  summary: "Readers of course packages.",
  check: (value, plugin, { plugins }) => {
    const others = plugins.filter((other) => other !== plugin);
    return Object.entries(value as Record<string, Partial<PackageFormat> | undefined>).flatMap(([name, format]) => [
      ...(/^[a-z][a-z0-9]*$/.test(name) ? [] : [`"${name}" is no name of small letters and digits`]),
      ...others.filter(({ formats }) => formats && name in formats).map((other) => `${name} is ${other.name}'s`),
      ...(format?.label ? [] : [`${name} has no label`]),
      ...(Array.isArray(format?.manifests) && format.manifests.length > 0 ? [] : [`${name} names no manifests`]),
      ...(typeof format?.detect === "function" && typeof format.read === "function" ? [] : [`${name} must have detect and read`]),
      ...Object.keys(format?.diagnostics ?? {}).flatMap((code) => ownersOf(code, others).map((owner) => `the diagnostic ${code} is ${owner}'s`)),
    ]);
  },
};

/** Whose a diagnostic's code is; one plugin's formats may share theirs. */
function ownersOf(code: string, plugins: readonly Plugin[]): string[] {
  const theirs = plugins.filter(({ formats }) => Object.values(formats ?? {}).some(({ diagnostics = {} }) => code in diagnostics));
  return [...(code in packageDiagnostics ? ["the core"] : []), ...theirs.map(({ name }) => name)];
}
