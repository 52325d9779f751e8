import type { Setup12 } from "./setup.ts";
import { parseTimespan } from "./timespan.ts";

/** A data type of SCORM 1.2: says in a phrase why a text is not of it, or null when it is. Nothing is ever cut or changed. */
export type Format = (value: string, setup: Setup12) => string | null;

const decimalNumber = /^-?(?:\d+(?:\.\d*)?|\.\d+)$/;
const wholeNumber = /^-?\d+$/;
const timeOfDayText = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,2})?$/;
const blanks = /[\s\p{Cc}]/u;

/** CMIString255, CMIString4096 and their like: any text up to so many UTF-16 units. */
export const text = (limit: number): Format => (value) => (value.length <= limit ? null : `longer than ${limit} characters (${value.length})`);

/** `cmi.suspend_data`: 4,096 by the letter, 64,000 for what authoring tools write. */
export const suspendData: Format = (value, setup) => text(setup.switches.strictSuspendData ? 4096 : 64_000)(value, setup);

/** CMIIdentifier: 1 to 255 characters, no blanks. */
export const identifier: Format = (value) =>
  value === "" ? "empty" : value.length > 255 ? "longer than 255 characters" : blanks.test(value) ? "an identifier has no blanks" : null;

/** CMIVocabulary: one of these words, in this very case. */
export const oneOf = (...words: string[]): Format => (value) => (words.includes(value) ? null : `not one of ${words.join(", ")}`);

/** CMIDecimal between two bounds; "1e1" and "+1" are none. */
export const decimal = (from = -Infinity, to = Infinity): Format => (value) =>
  !decimalNumber.test(value) ? "not a decimal number" : within(Number(value), from, to);

/** CMISInteger between two bounds. */
export const integer = (from: number, to: number): Format => (value) => (!wholeNumber.test(value) ? "not a whole number" : within(Number(value), from, to));

/** A decimal from 0 to 100, or blank: each part of a score. */
export const scorePart: Format = (value, setup) => (value === "" ? null : decimal(0, 100)(value, setup));

/** CMITimespan. */
export const timespan: Format = (value) => (parseTimespan(value) === null ? "not a time span HHHH:MM:SS.SS" : null);

/** CMITime, a time of day. */
export const timeOfDay: Format = (value) => (timeOfDayText.test(value) ? null : "not a time of day HH:MM:SS.SS");

/** Either of two formats. */
export const either = (one: Format, other: Format): Format => (value, setup) => {
  const why = one(value, setup);
  return why === null || other(value, setup) === null ? null : why;
};

function within(number: number, from: number, to: number): string | null {
  return number >= from && number <= to ? null : `not between ${from} and ${to}`;
}
