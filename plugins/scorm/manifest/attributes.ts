import type { XmlElement } from "cadre";
import { parseTimespan } from "../runtime/scorm2004/timespan.ts";
import type { Findings } from "./diagnostics.ts";
import { attributeOf } from "./elements.ts";

/** Reads an element's attributes by kind; what is absent, or not of the kind (which is said), is the given value. */
export interface Attributes {
  truth<Otherwise>(name: string, otherwise: Otherwise): boolean | Otherwise;
  number<Otherwise>(name: string, from: number, to: number, otherwise: Otherwise): number | Otherwise;
  count<Otherwise>(name: string, otherwise: Otherwise): number | Otherwise;
  word<Word extends string, Otherwise>(name: string, words: readonly Word[], otherwise: Otherwise): Word | Otherwise;
  /** An ISO 8601 duration as written. */
  duration(name: string): string | null;
}

/** The attributes of an element; of none at all where it is undefined. */
export function attributesOf(element: XmlElement | undefined, findings: Findings): Attributes {
  function read<Value, Otherwise>(name: string, wanted: string, parse: (text: string) => Value | undefined, otherwise: Otherwise): Value | Otherwise {
    const said = element && attributeOf(element, name)?.trim();
    if (!element || said === undefined) return otherwise;
    const value = parse(said);
    if (value === undefined) findings.say("scorm_value_invalid", element, { said, name, wanted });
    return value === undefined ? otherwise : value;
  }
  return {
    truth: (name, otherwise) => read(name, "true or false", truth, otherwise),
    number: (name, from, to, otherwise) => read(name, `a number from ${from} to ${to}`, (text) => numberWithin(text, from, to), otherwise),
    count: (name, otherwise) => read(name, "a whole number", (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined), otherwise),
    word: (name, words, otherwise) => read(name, `one of ${words.join(", ")}`, (text) => words.find((word) => word === text), otherwise),
    duration: (name) => read(name, "an ISO 8601 duration", (text) => (parseTimespan(text) === null ? undefined : text), null),
  };
}

/** A decimal between two bounds, or undefined. */
export function numberWithin(text: string, from: number, to: number): number | undefined {
  const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text.trim()) ? Number(text) : NaN;
  return number >= from && number <= to ? number : undefined;
}

function truth(text: string): boolean | undefined {
  return text === "true" || text === "1" ? true : text === "false" || text === "0" ? false : undefined;
}
