import { CadreError, isCadreError } from "./errors.ts";
import { checker, type TSchema } from "./schema.ts";
import type { Environment } from "./settings-file.ts";

interface ObjectSchema {
  properties: Record<string, SettingSchema>;
}
type SettingSchema = TSchema & { env?: string; secret?: boolean; label?: string; description?: string; default?: unknown };

/** One owner's settings from the file, then the environment, checked by its schema. @throws invalid_input naming every field */
export function settingsOf(schema: TSchema | undefined, fromFile: Record<string, unknown> = {}, environment: Environment = {}): unknown {
  if (!schema) return undefined;
  const merged = structuredClone(fromFile);
  for (const [name, property] of Object.entries(propertiesOf(schema))) {
    const given = property.env === undefined ? undefined : environment[property.env];
    if (given !== undefined && given !== "") merged[name] = fromText(property, given);
  }
  return checker(schema)(merged, "settings");
}

/** One setting as it is shown: where its value comes from, and never a secret. */
export interface DescribedSetting {
  name: string;
  description: string;
  /** The environment variable that sets it, if one does. */
  variable?: string;
  /** `stripe.secretKey`: where it lies in the settings file. */
  key: string;
  source: "environment" | "file" | "default";
  secret: boolean;
  /** Masked for secrets; undefined when it is not set. */
  value: unknown;
}

/** The settings of an owner one by one, secrets masked, for the plugins page and `cadre plugins`. */
export function describeSettings(owner: string, schema: TSchema | undefined, settings: unknown, fromFile: Record<string, unknown> = {}, environment: Environment = {}): DescribedSetting[] {
  const values = (settings ?? {}) as Record<string, unknown>;
  return Object.entries(schema ? propertiesOf(schema) : {}).map(([name, { env, secret = false, description = "" }]) => {
    const source = env !== undefined && environment[env] ? "environment" : name in fromFile ? "file" : "default";
    const isSet = values[name] !== undefined && values[name] !== "";
    return { name, description, variable: env, key: `${owner}.${name}`, source, secret, value: secret && isSet ? "••••••••" : values[name] };
  });
}

/** Every environment variable a schema reads. */
export function variablesOf(schema: TSchema | undefined): string[] {
  return Object.values(schema ? propertiesOf(schema) : {}).flatMap(({ env }) => (env === undefined ? [] : [env]));
}

/** The values of every secret, so that a log can keep them out. */
export function secretsIn(schema: TSchema | undefined, settings: unknown): string[] {
  const values = (settings ?? {}) as Record<string, unknown>;
  return Object.entries(schema ? propertiesOf(schema) : {}).flatMap(([name, { secret }]) => {
    const value = values[name];
    return secret && typeof value === "string" && value.length >= 6 ? [value] : [];
  });
}

function propertiesOf(schema: TSchema): Record<string, SettingSchema> {
  return (schema as Partial<ObjectSchema>).properties ?? {};
}

function fromText(schema: SettingSchema, text: string): unknown {
  const box = { type: "object", properties: { value: schema }, required: ["value"] } as TSchema;
  try {
    return (checker(box, "text")({ value: text }) as { value: unknown }).value;
  } catch (error) {
    if (!isCadreError(error)) throw error;
    throw new CadreError("bad_settings", `The environment variable ${schema.env} is not valid: ${error.problems[0]?.message ?? error.message}.`, { cause: error });
  }
}
