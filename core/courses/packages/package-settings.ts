import { CadreError } from "../../kernel/errors.ts";
import type { Context } from "../../kernel/context.ts";
import { checker, type TSchema } from "../../kernel/schema.ts";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { audit } from "../../people/index.ts";
import { packageError } from "./errors.ts";
import { formatsOf } from "./formats.ts";
import { ownPackage } from "./listing.ts";

/** What is said for one package; what is not named is as the site has it. */
export type PackageSettings = Record<string, unknown>;

/** A setting as a form asks for it; `value` is "" where the site decides. */
export interface SettingChoice {
  name: string;
  label: string;
  hint: string;
  value: string;
  options: { value: string; label: string }[];
}

/** What is said for the package that this version belongs to; nothing for a version that is not there. */
export async function settingsOf(db: Db, packageVersionId: string): Promise<PackageSettings> {
  const found = await db.maybe<{ settings: PackageSettings }>(sql`
    select package.settings from package join package_version version on version.package_id = package.id where version.id = ${packageVersionId}`);
  return found?.settings ?? {};
}

/** What is said for a package, and what its format lets be said, by the latest version. @throws package_missing (404) */
async function settingsFor(ctx: Context, packageId: string): Promise<{ settings: PackageSettings; schema: TSchema | undefined }> {
  const found = await ctx.db.maybe<{ settings: PackageSettings; format: string }>(sql`
    select settings, format from package join package_version version on version.package_id = package.id where package.id = ${packageId} order by number desc limit 1`);
  if (!found) throw packageError("package_missing", "There is no such package.");
  return { settings: found.settings, schema: formatsOf(ctx)[found.format]?.settings };
}

/**
 * Replaces what is said for a package of one's own; it counts from the next time that somebody opens the content. `text` is a form's, where
 * everything is a string and "" names nothing. @throws package_missing (404), invalid_input (422) with pointers below /settings, of a form to its fields
 */
export async function changeSettings(ctx: Context, packageId: string, given: object, source: "json" | "text" = "json"): Promise<PackageSettings> {
  return ctx.transact(async (tx) => {
    const { title } = await ownPackage(tx, packageId);
    const { schema } = await settingsFor(tx, packageId);
    const named = Object.fromEntries(Object.entries(given as PackageSettings).filter(([, value]) => source === "json" || value !== ""));
    const settings = schema ? checked(schema, named, source) : refuseAny(named);
    await tx.db.run(sql`update package set settings = ${JSON.stringify(settings)} where id = ${packageId}`);
    await audit.record(tx, { action: "package.set", subject: { kind: "package", id: packageId, name: title }, detail: settings });
    return settings;
  });
}

/** The settings of a schema as a form's choices: one of its values, yes or no, or a number that is left blank. */
export function choicesOf(schema: TSchema | undefined, settings: PackageSettings): SettingChoice[] {
  const { properties = {} } = (schema ?? {}) as { properties?: Record<string, { label?: string; description?: string; type?: string; enum?: string[] }> };
  return Object.entries(properties).map(([name, { label = name, description = "", type, enum: values }]) => ({
    name,
    label,
    hint: description,
    value: textOf(settings[name]),
    options:
      values || type === "boolean"
        ? [{ value: "", label: "As the site has it" }, ...(values?.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) })) ?? [{ value: "true", label: "Yes" }, { value: "false", label: "No" }])]
        : [],
  }));
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function checked(schema: TSchema, given: PackageSettings, source: "json" | "text"): PackageSettings {
  try {
    return checker(schema, source)(given, "settings") as PackageSettings;
  } catch (error) {
    const { message, problems } = error as CadreError;
    throw new CadreError("invalid_input", message, { status: 422, problems: source === "text" ? problems : problems.map((problem) => ({ ...problem, pointer: `/settings${problem.pointer}` })) });
  }
}

function refuseAny(given: PackageSettings): PackageSettings {
  const problems = Object.keys(given).map((name) => ({ pointer: `/settings/${name}`, code: "additional_properties", message: "is not known here" }));
  if (problems.length > 0) throw new CadreError("invalid_input", "Packages of this format have no settings.", { status: 422, problems });
  return {};
}
