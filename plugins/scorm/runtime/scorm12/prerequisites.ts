/** Where an item stands, as a script names it (SCORM 1.2 CAM 2.3.2.5.1). */
export type PrerequisiteStatus = "passed" | "completed" | "browsed" | "failed" | "not attempted" | "incomplete";

/** What must be so before an item opens. */
export type Prerequisite =
  | { is: "done"; item: string }
  | { is: "status"; item: string; status: PrerequisiteStatus; negated: boolean }
  | { is: "not"; of: Prerequisite }
  | { is: "all" | "any"; of: Prerequisite[] }
  | { is: "some"; atLeast: number; of: Prerequisite[] };

/** A script as it was read; or why it cannot be. */
export type ParsedPrerequisites = { ok: true; prerequisite: Prerequisite; items: string[]; /** Operators were written as AND, OR and NOT. */ inWords: boolean } | { ok: false; why: string };

/**
 * Reads an `aicc_script`: items joined by `&` and `|` (`&` binds closer), `~` for not, parentheses, `item=status` and `item<>status`, and
 * `2*{a,b,c}` for two or more of a set. A status may be quoted, in any case, or its first letter alone. Null for an empty script. Pure.
 */
export function parsePrerequisites(script: string): ParsedPrerequisites | null {
  const tokens = script.match(/"[^"]*"|<>|[&|~=(){},*]|[^\s&|~=<>(){},*"]+|\S/g) ?? [];
  if (tokens.length === 0) return null;
  if (tokens.length > mostTokens) return { ok: false, why: "it is too long" };
  const items = new Set<string>();
  let at = 0;
  let inWords = false;

  const isNext = (sign: string): boolean => {
    const token = tokens[at];
    if (token === sign) return true;
    const inWord = token !== undefined && token.toLowerCase() === wordOf[sign];
    if (inWord) inWords = true;
    return inWord;
  };
  const take = (sign: string): boolean => isNext(sign) && ++at > 0;
  const need = (sign: string): void => {
    if (!take(sign)) throw new Unreadable(tokens[at] === undefined ? `“${sign}” is missing at its end` : `“${sign}” is missing before “${tokens[at]}”`);
  };

  const joined = (sign: "&" | "|", is: "all" | "any", part: () => Prerequisite): Prerequisite => {
    const of = [part()];
    while (take(sign)) of.push(part());
    return of.length === 1 ? of[0]! : { is, of };
  };
  const any = (): Prerequisite => joined("|", "any", all);
  const all = (): Prerequisite => joined("&", "all", one);

  function one(): Prerequisite {
    if (take("~")) return { is: "not", of: one() };
    if (take("(")) {
      const inner = any();
      need(")");
      return inner;
    }
    if (tokens[at + 1] === "*" && /^\d{1,4}$/.test(tokens[at] ?? "")) return some();
    const item = tokens[at];
    if (item === undefined || /^(?:<>|[&|~=<>(){},*"])/.test(item)) throw new Unreadable(item === undefined ? "an item is missing at its end" : `an item is missing before “${item}”`);
    at++;
    items.add(item);
    const negated = take("<>");
    if (!negated && !take("=")) return { is: "done", item };
    return { is: "status", item, negated, status: status() };
  }

  function some(): Prerequisite {
    const atLeast = Number(tokens[at]);
    at += 2;
    need("{");
    const of = [any()];
    while (take(",")) of.push(any());
    need("}");
    return { is: "some", atLeast, of };
  }

  function status(): PrerequisiteStatus {
    const first = (tokens[at++] ?? "").replaceAll('"', "").trim().toLowerCase();
    const words = first === "not" && tokens[at]?.toLowerCase() === "attempted" ? `${first} ${tokens[at++]?.toLowerCase()}` : first;
    const found = statuses.find((status) => status === words || status.charAt(0) === words);
    if (!found) throw new Unreadable(`“${words}” is no status`);
    return found;
  }

  try {
    const prerequisite = any();
    if (at < tokens.length) throw new Unreadable(`“${tokens[at]}” is one too many`);
    return { ok: true, prerequisite, items: [...items], inWords };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, why: error.message };
    throw error;
  }
}

/** Whether it is so; an item alone must be passed or completed. Pure. */
export function isMet(prerequisite: Prerequisite, statusOf: (item: string) => PrerequisiteStatus): boolean {
  switch (prerequisite.is) {
    case "done":
      return ["passed", "completed"].includes(statusOf(prerequisite.item));
    case "status":
      return (statusOf(prerequisite.item) === prerequisite.status) !== prerequisite.negated;
    case "not":
      return !isMet(prerequisite.of, statusOf);
    case "all":
      return prerequisite.of.every((each) => isMet(each, statusOf));
    case "any":
      return prerequisite.of.some((each) => isMet(each, statusOf));
    case "some":
      return prerequisite.of.filter((each) => isMet(each, statusOf)).length >= prerequisite.atLeast;
  }
}

const statuses: readonly PrerequisiteStatus[] = ["passed", "completed", "browsed", "failed", "not attempted", "incomplete"];
const wordOf: Readonly<Record<string, string>> = { "&": "and", "|": "or", "~": "not" };
/** Nesting goes no deeper than this, so that no script exhausts the stack. */
const mostTokens = 1000;

class Unreadable extends Error {}
