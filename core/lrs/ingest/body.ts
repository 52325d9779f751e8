import type { CadreError } from "../../kernel/errors.ts";
import { essenceOf, partsOf, type Part } from "../attachments/multipart.ts";
import { bodyTooLarge, refused, wrongRequest } from "../refusals.ts";

/** What the body of a POST or PUT brought: the statements' JSON text, and with multipart/mixed the parts after it. */
export interface StatementBody {
  text: string;
  parts?: Part[];
}

/**
 * Reads a body in application/json or multipart/mixed (Communication 1.5); `maxBytes` holds for the statements in it.
 * @throws wrong_request (400) for another type, invalid_multipart (400), invalid_json (400) for what is no UTF-8, body_too_large (413)
 */
export function statementBody(contentType: string | undefined, body: Buffer, maxBytes: number): StatementBody {
  const type = essenceOf(contentType);
  if (type === "application/json") return { text: textOf(body, maxBytes) };
  if (type !== "multipart/mixed") throw wrongRequest(`Send application/json or multipart/mixed; this was ${type || "without a content type"}.`, "Communication 1.5");
  const [first, ...parts] = partsOf(body, contentType!);
  const firstType = essenceOf(first?.headers.get("content-type"));
  if (!first || firstType !== "application/json") throw wrongRequest(`Part 1 must be the statements in application/json; it is ${first ? firstType || "without a Content-Type" : "not there"}.`, "Communication 1.5.2");
  return { text: textOf(first.bytes, maxBytes), parts };
}

/** The statement of a PUT under its parameter's id, which the body may leave out but not contradict (Communication 2.1.1). */
export function withId(body: string, id: string): string {
  const parsed = parsedJson(body);
  if (Array.isArray(parsed)) throw wrongRequest("PUT stores one statement, not several.");
  const own = (parsed as { id?: unknown } | null)?.id;
  if (own === undefined && typeof parsed === "object" && parsed !== null) return body.replace("{", Object.keys(parsed).length > 0 ? `{"id":"${id}",` : `{"id":"${id}"`);
  if (typeof own === "string" && own.toLowerCase() !== id.toLowerCase()) throw wrongRequest("The statement's id is not the one of the parameter statementId.", "Communication 2.1.1", "/id");
  return body;
}

/** @throws invalid_json (400) saying what is wrong where */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidJson(`The body is no JSON: ${(error as Error).message}.`, error);
  }
}

function invalidJson(message: string, cause: unknown): CadreError {
  return refused("invalid_json", message, { cause, clause: "Communication 1.4" });
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function textOf(bytes: Buffer, maxBytes: number): string {
  if (bytes.length > maxBytes) throw bodyTooLarge(maxBytes);
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw invalidJson("The body is not valid UTF-8.", error);
  }
}
