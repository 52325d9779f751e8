import type { CadreError } from "../../kernel/errors.ts";
import { refused } from "../refusals.ts";

/** One part of a multipart body: its headers by lower-case name, and its bytes as they came. */
export interface Part {
  headers: ReadonlyMap<string, string>;
  bytes: Buffer;
}

/** What stands before the semicolon of a Content-Type, in lower case. */
export function essenceOf(contentType = ""): string {
  return contentType.split(";")[0]!.trim().toLowerCase();
}

/**
 * The parts of a multipart body (RFC 2046 5.1.1), of the bytes that `body` holds; preamble and epilogue are passed over.
 * @throws invalid_multipart (400) saying what is missing, and of which part, or how many there may be
 */
export function partsOf(body: Buffer, contentType: string): Part[] {
  const boundary = boundaryOf(contentType);
  const line = Buffer.from(`\r\n--${boundary}`, "latin1");
  const begins = body.subarray(0, line.length - 2).equals(line.subarray(2));
  let delimiter = (begins && delimiterAt(body, -2, line.length)) || nextDelimiter(body, 0, line);
  if (!delimiter) throw invalidMultipart(`The body has no line "--${boundary}", which begins its first part.`);
  const parts: Part[] = [];
  while (!delimiter.closes) {
    const next = nextDelimiter(body, delimiter.end, line);
    if (!next) throw invalidMultipart(`Part ${parts.length + 1} does not end: there is no line "--${boundary}--" after it.`);
    if (parts.length === partsAtMost) throw invalidMultipart(`The body has more than the ${partsAtMost} parts allowed here.`);
    parts.push(partOf(body, delimiter.end, next.start, parts.length + 1));
    delimiter = next;
  }
  return parts;
}

/** A line that begins or ends a part; `start` and `end` are where the line ends before it and after it stand. */
interface Delimiter {
  start: number;
  end: number;
  closes: boolean;
}

const [space, tab, dash, cr, lf] = [32, 9, 45, 13, 10];
/** A part can have eight bytes, and takes some hundred of memory. */
const partsAtMost = 20_000;

function boundaryOf(contentType: string): string {
  const [, quoted, bare] = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(contentType) ?? [];
  const boundary = quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "";
  if (!/^[\x20-\x7e]{0,69}[\x21-\x7e]$/.test(boundary)) throw invalidMultipart("Content-Type names no boundary of 1 to 70 characters.");
  return boundary;
}

function nextDelimiter(body: Buffer, from: number, line: Buffer): Delimiter | undefined {
  for (let start = body.indexOf(line, from); start >= 0; start = body.indexOf(line, start + 1)) {
    const found = delimiterAt(body, start, line.length);
    if (found) return found;
  }
  return undefined;
}

/** What follows the boundary tells whether this is a delimiter: "--" for the last one, then space and the end of the line. */
function delimiterAt(body: Buffer, start: number, length: number): Delimiter | undefined {
  let end = start + length;
  const closes = body[end] === dash && body[end + 1] === dash;
  if (closes) end += 2;
  while (body[end] === space || body[end] === tab) end++;
  if (body[end] === cr && body[end + 1] === lf) return { start, end, closes };
  return closes && end >= body.length ? { start, end, closes } : undefined;
}

function partOf(body: Buffer, from: number, to: number, number: number): Part {
  const headersEnd = body.indexOf("\r\n\r\n", from);
  if (headersEnd < 0 || headersEnd + 2 > to) throw invalidMultipart(`Part ${number} has no empty line after its headers.`);
  const headers = new Map<string, string>();
  const text = body.toString("utf8", Math.min(from + 2, headersEnd), headersEnd).replace(/\r\n[ \t]+/g, " ");
  for (const line of text === "" ? [] : text.split("\r\n")) {
    const [, name, value] = /^([!-9;-~]+)[ \t]*:(.*)$/s.exec(line) ?? [];
    if (name === undefined) throw invalidMultipart(`Part ${number} has a line among its headers that is none.`);
    if (!headers.has(name.toLowerCase())) headers.set(name.toLowerCase(), value!.trim());
  }
  return { headers, bytes: body.subarray(Math.min(headersEnd + 4, to), to) };
}

function invalidMultipart(message: string): CadreError {
  return refused("invalid_multipart", message, { clause: "Communication 1.5.2" });
}
