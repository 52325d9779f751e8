import { CadreError, type Problem } from "../kernel/errors.ts";

// PostgreSQL holds neither in a text, nor in JSON.
const unstorable = /[\0\p{Surrogate}]/u;
const deepest = 200;

/** The text with U+FFFD for whatever in it no table can hold: U+0000, and halves of surrogate pairs. */
export const storable = (text: string): string => text.replace(/[\0\p{Surrogate}]/gu, "\ufffd");

/**
 * Refuses what a schema may leave open and no table can hold: U+0000 and half a surrogate pair, in texts and in the names of
 * members, and nesting deeper than 200. @throws invalid_input (422) naming every place
 */
export function requireStorable<T>(value: T, where: string): T {
  const problems: Problem[] = [];
  const left: Place[] = [{ value, pointer: "", depth: 0 }]; // no recursion: how deep it goes is a stranger's choice
  for (let place = left.pop(); place; place = left.pop()) {
    const { value, pointer, depth } = place;
    if (typeof value === "string" && unstorable.test(value)) problems.push({ pointer, code: "unstorable_text", message: "holds U+0000 or half a surrogate pair" });
    if (typeof value !== "object" || value === null) continue;
    if (depth === deepest) problems.push({ pointer, code: "nested_too_deep", message: `is nested deeper than ${deepest} levels` });
    for (const [name, member] of depth === deepest ? [] : Object.entries(value)) {
      if (unstorable.test(name)) problems.push({ pointer, code: "unstorable_text", message: "has a member whose name holds U+0000 or half a surrogate pair" });
      left.push({ value: member, pointer: `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, depth: depth + 1 });
    }
  }
  const [first] = problems;
  if (first) throw new CadreError("invalid_input", `The ${where} is not valid: ${first.pointer || "it"} ${first.message}.`, { status: 422, problems });
  return value;
}

interface Place {
  value: unknown;
  /** RFC 6901. */
  pointer: string;
  depth: number;
}
