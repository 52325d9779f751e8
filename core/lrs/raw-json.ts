import { randomUUID } from "node:crypto";
import type { CadreError } from "../kernel/errors.ts";
import { refused } from "./refusals.ts";

/** Where a member of an object stands in its JSON text: `start` at the name's quote, `valueStart` and `end` around the value. */
export interface RawMember {
  name: string;
  start: number;
  valueStart: number;
  end: number;
}

/** An element of a JSON array, or the whole of what is no array. */
export interface RawElement {
  /** As it was sent. */
  text: string;
  /** Of an object, by their places in `text`. */
  members: RawMember[];
  /** Whether a double holds every number in it, told without an exponent. */
  certain: boolean;
  /** Of all objects within it together, itself included. */
  memberCount: number;
}

/**
 * The elements of an array, each of so many levels at most; one element when the text is no array. `text` must be valid JSON.
 * @throws json_too_deep (400)
 */
export function elementsOf(text: string, maxDepth = 200): RawElement[] {
  const start = skipSpace(text, 0);
  if (text[start] !== "[") return [elementAt(text, start, new Scan(maxDepth)).element];
  const elements: RawElement[] = [];
  for (let at = skipSpace(text, start + 1); text[at] !== "]"; ) {
    const { element, end } = elementAt(text, at, new Scan(maxDepth, `/${elements.length}`));
    elements.push(element);
    at = nextItem(text, end);
  }
  return elements;
}

/** The members of the object that `text` is, in the order sent. `text` must be valid JSON without space before it. */
export function membersOf(text: string): RawMember[] {
  return elementAt(text, 0, new Scan()).element.members;
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
  const scan = new Scan();
  endOfValue(text, skipSpace(text, 0), 0, scan);
  if (scan.certain) return text;
  let [marked, done] = ["", 0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) at = endOfString(text, at) - 1;
    else if (code === 45 || isDigit(code)) {
      const end = endOfNumber(text, code === 45 ? at + 1 : at, scan);
      marked += `${text.slice(done, at)}"${exactMarker}${text.slice(at, end)}"`;
      done = end;
      at = end - 1;
    }
  }
  return marked + text.slice(done);
}

/** Where each string of a JSON text stands, from its quote to behind its other one; one that is not closed is none. No pattern: of millions of characters it would keep millions of ways back. */
export function* stringsOf(text: string): Generator<[start: number, end: number]> {
  for (let start = text.indexOf('"'); start >= 0; ) {
    const end = endOfString(text, start);
    if (end === 0) return;
    yield [start, end];
    start = text.indexOf('"', end);
  }
}

/** What no text of a stranger begins with: made anew in every process. */
export const exactMarker = `number ${randomUUID()} `;
const markedNumber = new RegExp(`"${exactMarker}([^"]*)"`, "g");

/** One spelling for every spelling of a decimal number: 1, 1.0 and 10e-1 are all "1e0". */
export function canonicalNumber(lexeme: string): string {
  const [, sign = "", whole = "", fraction = "", minus = "", power = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]\+?(-?)0*(\d+))?$/.exec(lexeme) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = withoutLastZeros(digits);
  if (significant === "") return "0";
  const shift = digits.length - significant.length - fraction.length;
  // To reckon with millions of digits takes seconds: so large a power is only the same when it is written with the same digits before it.
  return `${sign}${significant}e${power.length > 1000 ? `${minus}${power} ${shift}` : BigInt(minus + power) + BigInt(shift)}`;
}

/** The digits without the zeros at their end. No pattern: it would be tried from every zero on. */
export function withoutLastZeros(digits: string): string {
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === 48) end--;
  return digits.slice(0, end);
}

/** What one pass over an element looks out for. */
class Scan {
  certain = true;
  /** Members of objects within the element's own members. */
  inner = 0;
  readonly maxDepth: number;
  readonly pointer: string;
  constructor(maxDepth = Infinity, pointer = "") {
    this.maxDepth = maxDepth;
    this.pointer = pointer;
  }
}

function elementAt(text: string, from: number, scan: Scan): { element: RawElement; end: number } {
  const members: RawMember[] = [];
  let end: number;
  if (text.charCodeAt(from) === 123) {
    let at = skipSpace(text, from + 1);
    while (text.charCodeAt(at) !== 125) {
      const nameEnd = endOfString(text, at);
      const valueStart = skipSpace(text, skipSpace(text, nameEnd) + 1);
      const valueEnd = endOfValue(text, valueStart, 1, scan);
      const name = text.slice(at + 1, nameEnd - 1);
      members.push({ name: name.includes("\\") ? (JSON.parse(`"${name}"`) as string) : name, start: at - from, valueStart: valueStart - from, end: valueEnd - from });
      at = nextItem(text, valueEnd);
    }
    end = at + 1;
  } else end = endOfValue(text, from, 0, scan);
  return { element: { text: text.slice(from, end), members, certain: scan.certain, memberCount: members.length + scan.inner }, end };
}

function nextItem(text: string, from: number): number {
  const at = skipSpace(text, from);
  return text[at] === "," ? skipSpace(text, at + 1) : at;
}

/** Where what is no space begins. */
export function skipSpace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 32 || code === 10 || code === 13 || code === 9; code = text.charCodeAt(at)) at++;
  return at;
}

/** Where the string ends whose quote is at `from`; 0 where it is not closed. */
export function endOfString(text: string, from: number): number {
  for (let quote = text.indexOf('"', from + 1); ; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return quote + 1;
  }
}

/** `depth` is that of what the value stands in. */
function endOfValue(text: string, from: number, depth: number, scan: Scan): number {
  const outside = depth;
  for (let at = from; ; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) at = endOfString(text, at) - 1;
    else if (code === 123 || code === 91) {
      if (++depth > scan.maxDepth) throw tooDeep(scan);
    } else if (code === 125 || code === 93) depth--;
    else if (isDigit(code)) at = endOfNumber(text, at, scan) - 1;
    else if (code >= 97) at = endOfWord(text, at) - 1;
    else {
      if (code === 58) scan.inner++;
      continue; // space, comma, colon, and the sign of a number
    }
    if (depth === outside) return at + 1;
  }
}

/** Fifteen digits fit in a double, whatever they are. */
function endOfNumber(text: string, from: number, scan: Scan): number {
  let at = from;
  let code = text.charCodeAt(at);
  while (isDigit(code) || code === 46) code = text.charCodeAt(++at);
  if (at - from > 15 || code === 101 || code === 69) {
    scan.certain = false;
    while (isDigit(code) || code === 101 || code === 69 || code === 43 || code === 45) code = text.charCodeAt(++at);
  }
  return at;
}

function endOfWord(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) >= 97 && text.charCodeAt(at) <= 122) at++;
  return at;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function tooDeep({ maxDepth, pointer }: Scan): CadreError {
  return refused("json_too_deep", `The JSON is nested deeper than ${maxDepth}.`, { data: { maxDepth }, pointer, clause: "Communication 3.2" });
}
