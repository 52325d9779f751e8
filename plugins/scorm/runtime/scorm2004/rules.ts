import { isLanguage } from "./languages.ts";
import type { ErrorCode } from "./errors.ts";
import type { Setup2004 } from "./setup.ts";
import type { Values } from "../session-state.ts";
import { parseTimespan } from "./timespan.ts";

/** Why a value is not taken: the error code, and a phrase for the diagnostic. */
export interface Refusal {
  code: ErrorCode;
  why: string;
}

/** Where a value is to go. */
export interface Spot {
  setup: Setup2004;
  values: Values;
  /** The element's full name. */
  name: string;
  /** The records it stands in, the outermost first: "cmi.interactions.0", "cmi.interactions.0.objectives.2". */
  records: string[];
  /** The index of the innermost. */
  index: number;
}

/** Looks at a value before it is set; null when there is nothing against it. Nothing is ever cut or changed. */
export type Rule = (value: string, spot: Spot) => Refusal | null;

/** SPMs are what must at least be taken; this much is, of any text but suspend_data. */
const longest = 64_000;

const realNumber = /^-?(?:\d+(?:\.\d*)?|\.\d+)$/;

/** 406. */
export const mismatch = (why: string): Refusal => ({ code: "406", why });

/** A rule of form: 406 where the test fails. */
export const form = (why: string, test: (value: string) => boolean): Rule => (value) => (test(value) ? null : mismatch(why));

/** A characterstring. */
export const text: Rule = (value) => (value.length <= longest ? null : mismatch(`longer than ${longest} characters (${value.length})`));

/** `cmi.suspend_data`. */
export const suspendData: Rule = (value, { setup }) =>
  value.length <= setup.switches.suspendDataLimit ? null : mismatch(`longer than ${setup.switches.suspendDataLimit} characters (${value.length})`);

/** One of these words, in this very case. */
export const oneOf = (...words: string[]): Rule => form(`not one of ${words.join(", ")}`, (value) => words.includes(value));

/** A real(10,7) between two bounds: 406 for its form, 407 for its range. "1e1" and "+1" are none. */
export const real = (from = -Infinity, to = Infinity): Rule => (value) => {
  if (!isReal(value)) return mismatch("not a real number");
  return Number(value) >= from && Number(value) <= to ? null : { code: "407", why: `not between ${from} and ${to}` };
};

/** Either of two forms. */
export const either = (one: Rule, other: Rule): Rule => (value, spot) => other(value, spot) && one(value, spot);

/** A language_type, or "" for none. */
export const language: Rule = form("not a language of ISO 639 with its parts", (value) => value === "" || isLanguage(value));

/** A localized_string_type: text that may begin with its language, `{lang=de}`. */
export const localized: Rule = (value, spot) => (isLocalized(value) ? text(value, spot) : mismatch("what it begins with names no language"));

/** A long_identifier_type: any name, and where it begins with "urn:" a well-formed URN. */
export const identifier: Rule = form("not an identifier", (value) => value.length <= longest && value.trim() !== "" && (!/^urn:/i.test(value) || urn.test(value)));

/** A timeinterval(second,10,2). */
export const timespan: Rule = form("not a duration of ISO 8601 with at most hundredths of a second", (value) => parseTimespan(value) !== null);

/** A time(second,10,0): ISO 8601 cut off anywhere, from 1970 to 2038, with a time zone only after fractions of a second (RTE 4.1.1.6). */
export const timestamp: Rule = form("not a time of ISO 8601 from 1970 to 2038", (value) => {
  const [all, year = 0, month = 1, day = 1] = moment.exec(value) ?? [];
  return all !== undefined && Number(day) <= (Date.UTC(Number(year), Number(month)) - Date.UTC(Number(year), Number(month) - 1)) / (24 * 3_600_000);
});

/** True for the form of a real number. */
export function isReal(value: string): boolean {
  return value.length <= 100 && realNumber.test(value);
}

/** True unless the text begins with a language that is none. */
export function isLocalized(value: string): boolean {
  const [, lang] = /^\{lang=([^}]*)\}/.exec(value) ?? [];
  return lang === undefined || isLanguage(lang);
}

const urn = /^urn:[a-z\d][a-z\d-]{0,31}:[^\s"<>\\^`{|}]+$/i;
const hours = "(?:[01]\\d|2[0-3])";
const sixty = "[0-5]\\d";
const zone = `(?:Z|[+-]${hours}(?::${sixty})?)`;
const clock = `${hours}(?::${sixty}(?::${sixty}(?:\\.\\d{1,2}${zone}?)?)?)?`;
const moment = new RegExp(`^(19[7-9]\\d|20[0-2]\\d|203[0-8])(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\\d|3[01])(?:T${clock})?)?)?$`);
