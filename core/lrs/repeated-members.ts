import { endOfString, skipSpace, type RawElement } from "./raw-json.ts";
import { member } from "./statement/shape.ts";

/**
 * Where an object has two members of one name, at any depth: a JSON pointer into it; undefined where none has. JSON parsers disagree on
 * which of the two counts. `value` is what `element` was parsed to, which has fewer members then.
 */
export function repeatedMember({ text, memberCount }: RawElement, value: unknown): string | undefined {
  return membersWithin(value) === memberCount ? undefined : firstRepeated(text);
}

function membersWithin(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const each of value) count += membersWithin(each);
  else for (const name in value) count += 1 + membersWithin((value as Record<string, unknown>)[name]);
  return count;
}

/** An object that is read with the names it had so far, or an array with how many elements; the name or index is that of what is read. */
type Level = { names: Set<string>; at: string } | { names: undefined; at: number };

function firstRepeated(text: string): string | undefined {
  const levels: Level[] = [];
  for (let at = 0; at < text.length; at++) {
    const level = levels.at(-1);
    const token = text[at];
    if (token === "{") levels.push({ names: new Set(), at: "" });
    else if (token === "[") levels.push({ names: undefined, at: 0 });
    else if (token === "}" || token === "]") levels.pop();
    else if (token === "," && level?.names === undefined) level!.at++;
    else if (token === '"') {
      const end = endOfString(text, at);
      if (level?.names && text[skipSpace(text, end)] === ":") {
        level.at = JSON.parse(text.slice(at, end)) as string;
        if (level.names.size === level.names.add(level.at).size) return levels.reduce((pointer, { at: place }) => member(pointer, String(place)), "");
      }
      at = end - 1;
    }
  }
  return undefined;
}
