import type { Problem } from "../../kernel/errors.ts";
import { isIri, isLanguageTag } from "./formats.ts";
import type { XapiVersion } from "./versions.ts";

/** One thing wrong in a statement: where, what, and the clause of the specification that says so ("Data 2.4.3"). */
export interface StatementProblem extends Problem {
  clause: string;
}

/** One statement's examination: the version it is held to, and what was found so far. */
export interface Examination {
  readonly version: XapiVersion;
  readonly problems: StatementProblem[];
}

/** Looks at one value and notes every problem; never throws, never changes the value. */
export type Check = (value: unknown, pointer: string, exam: Examination) => void;

export type Members = Record<string, unknown>;

export function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A request is told of no more problems than this: there can be one for every six bytes of it. */
export const problemsAtMost = 1000;

export function note(exam: Examination, pointer: string, code: string, clause: string, message: string): void {
  if (exam.problems.length < problemsAtMost) exam.problems.push({ pointer, code, message, clause });
}

/** An object of these members and no others; a null anywhere is refused by the member's own check (Data 2.2). */
export function object(clause: string, members: Record<string, Check>, required: readonly string[] = []): Check {
  const known = new Map(Object.entries(members));
  return (value, pointer, exam) => {
    if (!isObject(value)) return wrongType(exam, pointer, clause, "an object", value);
    for (const name in value) {
      const check = known.get(name);
      if (check) check(value[name], `${pointer}/${name}`, exam);
      else unknownMember(exam, pointer, name, known.keys());
    }
    for (const name of required) {
      if (value[name] === undefined) note(exam, `${pointer}/${name}`, "missing_property", clause, "is missing");
    }
  };
}

/** An array whose every element passes `check`. */
export function arrayOf(clause: string, check: Check, { nonEmpty = false } = {}): Check {
  return (value, pointer, exam) => {
    if (!Array.isArray(value)) return wrongType(exam, pointer, clause, "an array", value);
    if (nonEmpty && value.length === 0) note(exam, pointer, "empty_array", clause, "must not be empty");
    for (let index = 0; index < value.length; index++) check(value[index], `${pointer}/${index}`, exam);
  };
}

/** A string that `fits` and that the message calls `what`. */
export function text(clause: string, what?: string, fits?: (value: string, exam: Examination) => boolean): Check {
  return (value, pointer, exam) => {
    if (typeof value !== "string") return wrongType(exam, pointer, clause, what ?? "a string", value);
    if (fits && !fits(value, exam)) note(exam, pointer, "invalid_format", clause, `must be ${what}`);
  };
}

export const iri = (clause: string): Check => text(clause, "an IRI with a scheme", isIri);

/** One of these strings, in exactly this case (Data 2.2). */
export function oneOf(clause: string, ...values: string[]): Check {
  return (value, pointer, exam) => {
    if (typeof value !== "string") return wrongType(exam, pointer, clause, values.join(" or "), value);
    if (!values.includes(value)) note(exam, pointer, "invalid_value", clause, `must be ${values.join(" or ")}, in this case`);
  };
}

export function bool(clause: string): Check {
  return (value, pointer, exam) => {
    if (typeof value !== "boolean") wrongType(exam, pointer, clause, "true or false", value);
  };
}

export function number(clause: string): Check {
  return (value, pointer, exam) => {
    if (typeof value !== "number") wrongType(exam, pointer, clause, "a number", value);
  };
}

/** Strings by language tag (Data 4.2). */
export const languageMap: Check = (value, pointer, exam) => {
  if (!isObject(value)) return wrongType(exam, pointer, "Data 4.2", "a language map", value);
  for (const tag in value) {
    const text = value[tag];
    if (!isLanguageTag(tag)) note(exam, member(pointer, tag), "invalid_language_tag", "Data 4.2", "is not a language tag of RFC 5646");
    if (typeof text !== "string") wrongType(exam, member(pointer, tag), "Data 4.2", "a string", text);
  }
};

/** Anything at all, null included, under keys that are IRIs (Data 4.1). */
export const extensions: Check = (value, pointer, exam) => {
  if (!isObject(value)) return wrongType(exam, pointer, "Data 4.1", "an object", value);
  for (const key in value) {
    if (!isIri(key)) note(exam, member(pointer, key), "invalid_format", "Data 4.1", "must be an IRI with a scheme");
  }
};

export function wrongType(exam: Examination, pointer: string, clause: string, wanted: string, value: unknown): void {
  if (value === null) note(exam, pointer, "null_value", "Data 2.2", "must not be null");
  else note(exam, pointer, "wrong_type", clause, `must be ${wanted}, not ${Array.isArray(value) ? "an array" : typeof value}`);
}

/** The pointer to a member whose name may hold `~` or `/` (RFC 6901). */
export function member(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function unknownMember(exam: Examination, pointer: string, name: string, known: Iterable<string>): void {
  const meant = [...known].find((other) => other.toLowerCase() === name.toLowerCase());
  if (meant) note(exam, member(pointer, name), "miscased_property", "Data 2.2", `must be written ${meant}`);
  else note(exam, member(pointer, name), "unknown_property", "Data 2.2", "is not known here");
}
