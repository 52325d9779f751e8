import { statSync } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { CadreError, messageOf } from "../kernel/errors.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Values<O extends Options> = { [Name in keyof O]?: O[Name]["type"] extends "boolean" ? boolean : string };

/** A command's options and words. @throws bad_usage with its usage for an option it does not know, and for words beyond `words` */
export function parse<const O extends Options>(usage: string, args: readonly string[], options: O, words = 0): { values: Values<O>; words: string[] } {
  let parsed: { values: object; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw badUsage(usage, messageOf(error).split(". ")[0] ?? "");
  }
  const [tooMany] = parsed.positionals.slice(words);
  if (tooMany !== undefined) throw badUsage(usage, `There is no use for "${tooMany}" here`);
  return { values: parsed.values as Values<O>, words: parsed.positionals };
}

/** @throws file_missing unless there is a file at this path */
export function requireFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new CadreError("file_missing", `There is no file ${path}.`);
  if (found.isDirectory()) throw new CadreError("file_missing", `${path} is a folder, not a file.`);
}

/** What is said when a command can't be understood. */
export function badUsage(usage: string, reason: string): CadreError {
  return new CadreError("bad_usage", `${reason}.\nUsage: cadre ${usage}`);
}
