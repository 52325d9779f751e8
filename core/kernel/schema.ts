import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { Type, type Static, type TObjectOptions, type TProperties, type TSchema, type TSchemaOptions } from "typebox";
import { CadreError, messageOf, type Problem } from "./errors.ts";

export type { Static, TSchema };

/**
 * TypeBox under one letter: JSON Schema that is also a TypeScript type.
 * Objects refuse unknown members unless `additionalProperties: true` is said.
 */
export const t = {
  ...Type,
  Object: <const P extends TProperties>(properties: P, options: TObjectOptions = {}) =>
    Type.Object(properties, { additionalProperties: false, ...options }),
  /** A UUID in lower case, as every id of ours is. */
  Id: (options: TSchemaOptions = {}) => Type.String({ format: "uuid", ...options }),
  /** An RFC 3339 time in UTC. */
  Time: (options: TSchemaOptions = {}) => Type.String({ format: "date-time", ...options }),
  /** One of these strings. */
  Enum: <const V extends readonly string[]>(values: V, options: TSchemaOptions = {}) =>
    Type.Unsafe<V[number]>({ type: "string", enum: values, ...options }),
  Nullable: <S extends TSchema>(schema: S, options: TSchemaOptions = {}) => Type.Union([schema, Type.Null()], options),
};

/** Checks a value, fills in defaults and gives it its type. @throws invalid_input (422) naming every field at once. */
export type Checker<T> = (value: unknown, where?: string) => T;

const options: Options = { allErrors: true, useDefaults: true, strict: true, allowUnionTypes: true, keywords: ["env", "secret", "label"] };
const json = withFormats(new Ajv2020(options));
// Whether a schema is one by JSON Schema's own rules takes long to ask, and `json` asks it where boot checks what plugins bring.
const text = withFormats(new Ajv2020({ ...options, coerceTypes: "array", validateSchema: false }));
const compiled = { json: new WeakMap<TSchema, Checker<unknown>>(), text: new WeakMap<TSchema, Checker<unknown>>() };

/**
 * A checker for `schema`. `json` never coerces ("3" is no number, null no 0); `text` does, and is for environment
 * variables, query strings and forms, where everything arrives as a string.
 * It is compiled when it is first asked (milliseconds), so that a start need not wait for what nobody may ask for; see `schemaProblem`.
 */
export function checker<S extends TSchema>(schema: S, source: "json" | "text" = "json"): Checker<Static<S>> {
  const known = compiled[source].get(schema);
  if (known) return known as Checker<Static<S>>;
  let validate: ValidateFunction | undefined;
  const check: Checker<unknown> = (value, where = "input") => {
    validate ??= (source === "json" ? json : text).compile(schema);
    if (validate(value)) return value;
    throw new CadreError("invalid_input", sentence(where, validate.errors ?? []), { status: 422, problems: problemsOf(validate) });
  };
  compiled[source].set(schema, check);
  return check as Checker<Static<S>>;
}

/** Why `schema` is none that can be checked by, as "unknown format \"mail\" ignored in schema at path …"; nothing when it can. */
export function schemaProblem(schema: TSchema): string | undefined {
  try {
    json.compile(schema);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** True when `value` fits; never throws, never changes `value`'s members except to fill in defaults. */
export function fits<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  try {
    checker(schema)(value);
    return true;
  } catch {
    return false;
  }
}

function problemsOf(validate: ValidateFunction): Problem[] {
  const errors = validate.errors ?? [];
  const telling = errors.filter(({ keyword }) => keyword !== "anyOf" && keyword !== "oneOf");
  return (telling.length > 0 ? telling : errors).map((error) => ({
    pointer: pointerOf(error),
    code: error.keyword.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    message: wordsOf(error),
  }));
}

function pointerOf({ instancePath, keyword, params }: ErrorObject): string {
  const named = params as { additionalProperty?: string; missingProperty?: string };
  const member = keyword === "additionalProperties" ? named.additionalProperty : keyword === "required" ? named.missingProperty : undefined;
  return member === undefined ? instancePath : `${instancePath}/${String(member).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function wordsOf({ keyword, message = "is not valid", params }: ErrorObject): string {
  if (keyword === "additionalProperties") return "is not known here";
  if (keyword === "required") return "is missing";
  if (keyword === "enum") return `must be one of ${(params.allowedValues as unknown[]).join(", ")}`;
  return message;
}

function sentence(where: string, errors: ErrorObject[]): string {
  const [first] = errors;
  if (!first) return `The ${where} is not valid.`;
  const rest = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return `The ${where} is not valid: ${pointerOf(first) || "it"} ${wordsOf(first)}${rest}.`;
}

function withFormats(ajv: Ajv2020): Ajv2020 {
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  const { validate: isDateTime } = ajv.formats["date-time"] as { validate: (text: string) => boolean };
  // A leap second is a time by RFC 3339, but neither Date nor PostgreSQL has it.
  ajv.addFormat("date-time", { validate: (text: string) => isDateTime(text) && !Number.isNaN(Date.parse(text)) });
  return ajv;
}
