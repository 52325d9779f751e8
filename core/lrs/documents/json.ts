import { CadreError } from "../../kernel/errors.ts";
import { membersOf } from "../raw-json.ts";
import { isObject } from "../statement/shape.ts";

/** Whether a document says it is JSON. */
export function isJson(contentType: string): boolean {
  return contentType.split(";")[0]!.trim().toLowerCase() === "application/json";
}

/** The JSON that `content` is, as it was written; `whose` document is named in the refusal. @throws invalid_json (400) */
export function jsonText(content: Uint8Array, whose: string): string {
  return parsed(content, whose).text;
}

/** The text of the JSON object that a document is. @throws not_mergeable (400) when it is another thing, or not told to be JSON */
export function objectText({ content, contentType }: { content: Uint8Array; contentType: string }, whose: string): string {
  if (!isJson(contentType)) throw notMergeable(`${whose} is ${contentType}, and only application/json can be merged`);
  const { text, value } = parsed(content, whose);
  if (!isObject(value)) throw notMergeable(`${whose} is JSON, but no object`);
  return text.trim();
}

/** One object with the members of both, those of `posted` where both have one (Communication 2.2). Both are JSON text; every number stays as it was written. */
export function merged(stored: string, posted: string): string {
  const members = new Map<string, string>();
  for (const text of [stored, posted]) for (const { name, valueStart, end } of membersOf(text)) members.set(name, text.slice(valueStart, end));
  return `{${[...members].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`;
}

function parsed(content: Uint8Array, whose: string): { text: string; value: unknown } {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
    return { text, value: JSON.parse(text) as unknown };
  } catch (error) {
    throw new CadreError("invalid_json", `${whose} says it is JSON, and is not: ${(error as Error).message}.`, { cause: error });
  }
}

function notMergeable(message: string): CadreError {
  return new CadreError("not_mergeable", `${message}. PUT replaces a document of any kind.`);
}
