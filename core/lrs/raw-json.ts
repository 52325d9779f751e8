import { randomUUID } from "node:crypto";
import { CadreError } from "../kernel/errors.ts";

/** Where a member of an object stands in its JSON text: `start` at the name's quote, `valueStart` and `end` around the value. */
export interface RawMember {
  name: string;
  start: number;
  valueStart: number;
  end: number;
}

/** The texts of an array's elements, as they were sent; of one element when the text is no array. `text` must be valid JSON. */
export function elementTexts(text: string, maxDepth = 200): string[] {
  const start = skipSpace(text, 0);
  if (text[start] !== "[") return [text.slice(start, endOfValue(text, start, maxDepth))];
  const elements: string[] = [];
  for (let at = skipSpace(text, start + 1); text[at] !== "]"; ) {
    const end = endOfValue(text, at, maxDepth);
    elements.push(text.slice(at, end));
    at = nextItem(text, end);
  }
  return elements;
}

/** The members of the object that `text` is, in the order sent. `text` must be valid JSON without space before it. */
export function membersOf(text: string): RawMember[] {
  const members: RawMember[] = [];
  for (let at = skipSpace(text, 1); text[at] !== "}"; ) {
    const nameEnd = endOfString(text, at);
    const valueStart = skipSpace(text, skipSpace(text, nameEnd) + 1);
    const end = endOfValue(text, valueStart, Infinity);
    const name = text.slice(at + 1, nameEnd - 1);
    members.push({ name: name.includes("\\") ? (JSON.parse(`"${name}"`) as string) : name, start: at, valueStart, end });
    at = nextItem(text, end);
  }
  return members;
}

/** The object's text with one member's value changed, everything else as it was; unchanged when it has no such member. */
export function withMember(text: string, name: string, change: (value: string) => string): string {
  const found = membersOf(text).findLast((member) => member.name === name);
  return found ? text.slice(0, found.valueStart) + change(text.slice(found.valueStart, found.end)) + text.slice(found.end) : text;
}

/** Reads JSON such that `written` gives every number back as it was; a number that a double might not hold is a string with `exactMarker`. */
export function read(text: string): unknown {
  return JSON.parse(withExactNumbers(text));
}

/** The JSON text of what `read` gave, changed or not; on one line, or indented by so many spaces. */
export function written(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return text.includes(exactMarker) ? text.replace(markedNumber, "$1") : text;
}

/**
 * JSON text whose numbers that a double might not hold exactly, or that have an exponent, have become strings: `exactMarker` and
 * the number as it was written. The text itself when it has none.
 */
export function withExactNumbers(text: string): string {
  if (!hasUncertainNumber(text)) return text;
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => (token.startsWith('"') ? token : `"${exactMarker}${token}"`));
}

/** What no text of a stranger begins with: made anew in every process. */
export const exactMarker = `number ${randomUUID()} `;
const markedNumber = new RegExp(`"${exactMarker}([^"]*)"`, "g");

/** One spelling for every spelling of a decimal number: 1, 1.0 and 10e-1 are all "1e0". */
export function canonicalNumber(lexeme: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(lexeme) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  return `${sign}${significant}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)}`;
}

function hasUncertainNumber(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) at = endOfString(text, at) - 1;
    else if (code >= 48 && code <= 57) {
      const start = at;
      for (let next = code; (next >= 48 && next <= 57) || next === 46; ) next = text.charCodeAt(++at);
      if (at - start > 15 || text[at] === "e" || text[at] === "E") return true;
    }
  }
  return false;
}

function nextItem(text: string, from: number): number {
  const at = skipSpace(text, from);
  return text[at] === "," ? skipSpace(text, at + 1) : at;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 32 || code === 10 || code === 13 || code === 9; code = text.charCodeAt(at)) at++;
  return at;
}

function endOfString(text: string, from: number): number {
  for (let quote = text.indexOf('"', from + 1); ; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return quote + 1;
  }
}

function endOfValue(text: string, from: number, maxDepth: number): number {
  const first = text.charCodeAt(from);
  if (first === 34) return endOfString(text, from);
  if (first !== 123 && first !== 91) return endOfScalar(text, from);
  let depth = 0;
  for (let at = from; ; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) at = endOfString(text, at) - 1;
    else if (code === 123 || code === 91) {
      if (++depth > maxDepth) throw new CadreError("json_too_deep", `The JSON is nested deeper than ${maxDepth}.`, { data: { maxDepth } });
    } else if ((code === 125 || code === 93) && --depth === 0) return at + 1;
  }
}

function endOfScalar(text: string, from: number): number {
  let at = from;
  while (at < text.length && !",]} \n\r\t".includes(text[at]!)) at++;
  return at;
}
