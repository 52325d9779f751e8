import { form, isLocalized, isReal, mismatch, oneOf, text, type Rule, type Spot } from "./rules.ts";

/** The types of interactions (RTE 4.2.9.1). */
export const interactionTypes = ["true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert", "numeric", "other"];

/** `learner_response`, by the type of its interaction. */
export const learnerResponse: Rule = (value, spot) => ruleOf(responses, spot)(value, spot);

/** `correct_responses.n.pattern`: by the type of its interaction; types with one right answer have one pattern, and choices and sequences never the same twice. */
export const pattern: Rule = (value, spot) => {
  const type = typeOf(spot);
  if (spot.index > 0 && single.includes(type)) return { code: "351", why: `an interaction of type ${type} has one pattern` };
  const wrong = ruleOf(patterns, spot)(value, spot);
  if (wrong) return wrong;
  return distinct[type] && others(spot).some((other) => distinct[type]?.(other) === distinct[type]?.(value)) ? { code: "351", why: "the same pattern is there already" } : null;
};

// A performance of 250 steps is 126,000 characters, and more must not be an error.
const longest = 256_000;
const single = ["true-false", "likert", "numeric", "other"];
const distinct: Record<string, (value: string) => string> = { choice: (value) => value.split("[,]").sort().join("[,]"), sequencing: (value) => value };

// Braces and brackets belong to the notation.
const short = (value: string): boolean => value.trim() !== "" && !/[{}[\]]/.test(value);

const list = (item: (value: string) => boolean) => (value: string): boolean => value === "" || value.split("[,]").every(item);
const unique = (value: string): boolean => new Set(value.split("[,]")).size === value.split("[,]").length;
const pair = (value: string): boolean => value.split("[.]").length === 2 && value.split("[.]").every(short);

/** A step: its name, or its answer, or both; the answer is text, a number or a range. */
const step = (value: string): boolean => {
  const [name = "", answer, more] = value.split("[.]");
  return answer !== undefined && more === undefined && (name === "" || short(name)) && (name !== "" || answer !== "");
};

const choice = form("not identifiers set apart by [,], each once", (value) => list(short)(value) && unique(value));
const sequencing = form("not identifiers set apart by [,]", list(short));
const matching = form("not pairs source[.]target set apart by [,]", list(pair));
const performance = form("not steps name[.]answer set apart by [,]", list(step));
const likert = form("not an identifier", short);
const items = form("an item begins with what is no language", list(isLocalized));
const localized = form("what it begins with names no language", isLocalized);

/** Takes the leading flags off a pattern, then asks `rest`; 406 for a flag that is neither true nor false. */
const flagged = (names: string[], rest: Rule): Rule => (value, spot) => {
  const [, flag, , said] = new RegExp(`^(\\{(${names.join("|")})=([^}]*)\\})`).exec(value) ?? [];
  if (flag === undefined) return rest(value, spot);
  if (said !== "true" && said !== "false") return mismatch(`${flag.slice(0, 60)} says neither true nor false`);
  return flagged(names, rest)(value.slice(flag.length), spot);
};

/** One number, or min[:]max with either open. */
const range = form("not a number, and not min[:]max in this order", (value) => {
  const [min = "", max, more] = value.split("[:]");
  if (max === undefined) return isReal(min);
  if (more !== undefined || (min !== "" && !isReal(min)) || (max !== "" && !isReal(max))) return false;
  return min === "" || max === "" || Number(min) <= Number(max);
});

const responses: Record<string, Rule> = {
  "true-false": oneOf("true", "false"),
  choice,
  "fill-in": items,
  "long-fill-in": localized,
  matching,
  performance,
  sequencing,
  likert,
  numeric: form("not a real number", isReal),
  other: text,
};

const patterns: Record<string, Rule> = {
  ...responses,
  "fill-in": flagged(["case_matters", "order_matters"], items),
  "long-fill-in": flagged(["case_matters"], localized),
  performance: flagged(["order_matters"], performance),
  numeric: range,
};

function ruleOf(rules: Record<string, Rule>, spot: Spot): Rule {
  return (value, at) => (value.length > longest ? mismatch(`longer than ${longest} characters (${value.length})`) : (rules[typeOf(spot)]?.(value, at) ?? null));
}

function typeOf({ values, records }: Spot): string {
  return values.cmi[`${records[0]}.type`] ?? "";
}

function others({ values, records, index }: Spot): string[] {
  const array = `${records[0]}.correct_responses`;
  return Array.from({ length: values.counts[array] ?? 0 }, (_, n) => (n === index ? undefined : values.cmi[`${array}.${n}.pattern`])).filter((found) => found !== undefined);
}
