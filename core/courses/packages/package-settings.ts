import { CadreError } from "../../kernel/errors.ts";
import type { Context } from "../../kernel/context.ts";
import { checker, t, type TSchema } from "../../kernel/schema.ts";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { audit } from "../../people/index.ts";
import { packageError } from "./errors.ts";
import { formatsOf } from "./formats.ts";
import { ownPackage } from "./listing.ts";
import { ofAnyFormat } from "./outside-hosts.ts";

/** What is said for one package; what is not named is as the site has it. */
export type PackageSettings = Record<string, unknown>;

/** A setting as a form asks for it; `value` is "" where the site decides. */
export interface SettingChoice {
  name: string;
  label: string;
  hint: string;
  value: string;
  options: { value: string; label: string }[];
  /** What is asked for where there are no options. */
  type: "number" | "text";
  /** What leaving it blank means. */
  placeholder: string;
}

/** What is said for the package that this version belongs to; nothing for a version that is not there. */
export async function settingsOf(db: Db, packageVersionId: string): Promise<PackageSettings> {
  const found = await db.maybe<{ settings: PackageSettings }>(sql`
    select package.settings from package join package_version version on version.package_id = package.id where version.id = ${packageVersionId}`);
  return found?.settings ?? {};
}

/** What is said for a package, and what its format lets be said, by the latest version. @throws package_missing (404) */
async function settingsFor(ctx: Context, packageId: string): Promise<{ settings: PackageSettings; schema: TSchema }> {
  const found = await ctx.db.maybe<{ settings: PackageSettings; format: string }>(sql`
    select settings, format from package join package_version version on version.package_id = package.id where package.id = ${packageId} order by number desc limit 1`);
  if (!found) throw packageError("package_missing", "There is no such package.");
  return { settings: found.settings, schema: schemaOf(ctx, found.format) };
}

/** What can be said for a package of this format: what the format lets be said, and what can be said of any. */
export function schemaOf(ctx: Context, format: string): TSchema {
  const own = formatsOf(ctx)[format]?.settings ?? nothing;
  const known = whole.get(own) ?? ({ ...own, properties: { ...(own as { properties?: object }).properties, ...ofAnyFormat } } as TSchema);
  whole.set(own, known);
  return known;
}

const nothing: TSchema = t.Object({});
/** Made once for each format, for a schema is compiled once. */
const whole = new WeakMap<TSchema, TSchema>();

/**
 * Replaces what is said for a package of one's own; it counts from the next time that somebody opens the content. `text` is a form's, where
 * everything is a string and "" names nothing. @throws package_missing (404), invalid_input (422) with pointers below /settings, of a form to its fields
 */
export async function changeSettings(ctx: Context, packageId: string, given: object, source: "json" | "text" = "json"): Promise<PackageSettings> {
  return ctx.transact(async (tx) => {
    const { title } = await ownPackage(tx, packageId);
    const { schema } = await settingsFor(tx, packageId);
    const named = Object.fromEntries(Object.entries(given as PackageSettings).filter(([, value]) => source === "json" || value !== ""));
    const settings = checked(schema, named, source);
    await tx.db.run(sql`update package set settings = ${JSON.stringify(settings)} where id = ${packageId}`);
    await audit.record(tx, { action: "package.set", subject: { kind: "package", id: packageId, name: title }, detail: settings });
    return settings;
  });
}

/** The settings of a schema as a form's choices: one of its values, yes or no, or a number that is left blank. */
export function choicesOf(schema: TSchema, settings: PackageSettings): SettingChoice[] {
  const { properties = {} } = schema as { properties?: Record<string, { label?: string; description?: string; type?: string; enum?: string[] }> };
  return Object.entries(properties).map(([name, { label = name, description = "", type, enum: values }]) => ({
    name,
    label,
    hint: description,
    value: textOf(settings[name]),
    ...(type === "string" ? { type: "text", placeholder: "None" } : { type: "number", placeholder: "By default" }),
    options:
      values || type === "boolean"
        ? [{ value: "", label: "By default" }, ...(values?.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) })) ?? [{ value: "true", label: "Yes" }, { value: "false", label: "No" }])]
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
    const at = source === "text" ? "" : "/settings";
    const told = problems.map((problem) => ({ ...problem, pointer: at + problem.pointer, ...(problem.code === "pattern" && { message: "is none of what is asked for here" }) }));
    throw new CadreError("invalid_input", message, { status: 422, problems: told });
  }
}
