import { CadreError } from "../../kernel/errors.ts";
import { identityOf } from "../keys.ts";
import { actor, agent as agentShape } from "../statement/agents.ts";
import { isIri, isUuid } from "../statement/formats.ts";
import type { Check, Examination, Members, StatementProblem } from "../statement/shape.ts";
import { microsecondsOf, timestampOf } from "../statement/timestamps.ts";
import type { XapiVersion } from "../statement/versions.ts";

/** Reads one parameter's text; answers `Wrong` where it can't be. */
export type ParameterReader = (text: string, version: XapiVersion) => unknown;

/** What is wrong with a parameter, as its name is followed by: "must be a UUID". */
export interface Wrong {
  wrong: string;
  /** Which clause says so, where it is that of a value within. */
  clause?: string;
}

/** The values of the parameters that `readers` know by name, each there once at most, and what is wrong with the others (Communication 3.2). */
export function valuesOf(parameters: URLSearchParams, readers: Record<string, ParameterReader>, version: XapiVersion): { values: Record<string, unknown>; problems: StatementProblem[] } {
  const problems: StatementProblem[] = [];
  const values: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (const [name, value] of parameters) {
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    const result = !read ? { wrong: unknown(name, readers) } : seen.has(name) ? { wrong: "is there twice" } : read(value, version);
    seen.add(name);
    if (isWrong(result)) problems.push(wrongParameter(name, result.wrong, result.clause));
    else values[name] = result;
  }
  return { values, problems };
}

export function wrongParameter(name: string, message: string, clause = "Communication 3.2"): StatementProblem {
  return { pointer: `/${name}`, code: "invalid_parameter", message, clause };
}

/** The refusal of a request for its parameters. */
export function invalidParameters(problems: StatementProblem[]): CadreError {
  const [first] = problems;
  return new CadreError("invalid_parameters", `The parameter ${first!.pointer.slice(1)} ${first!.message}.`, { problems });
}

export const yesOrNo: ParameterReader = (text) => (text === "true" ? true : text === "false" ? false : { wrong: "must be true or false" });
/** In lower case. */
export const uuid: ParameterReader = (text) => (isUuid(text) ? text.toLowerCase() : { wrong: "must be a UUID" });
export const iri: ParameterReader = (text) => (isIri(text) ? text : { wrong: "must be an IRI with a scheme" });
export const someText: ParameterReader = (text) => (text === "" ? { wrong: "must not be empty" } : text);

/** Microseconds since 1970. */
export const time: ParameterReader = (text) => {
  const timestamp = timestampOf(text);
  return timestamp ? microsecondsOf(timestamp) : { wrong: "must be an ISO 8601 timestamp" };
};

/** Who an Agent or identified Group is, as `identityOf` tells. */
export const identity: ParameterReader = (text, version) => {
  const found = checked(text, version, actor);
  return isWrong(found) ? { ...found, wrong: `must be an Agent or identified Group${found.wrong}` } : (identityOf(found) ?? { wrong: "must not be an anonymous Group" });
};

/** An Agent, and no Group. */
export const agent: ParameterReader = (text, version) => {
  const found = checked(text, version, agentShape);
  return isWrong(found) ? { ...found, wrong: `must be an Agent${found.wrong}` } : found;
};

function checked(text: string, version: XapiVersion, check: Check): Members | Wrong {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { wrong: " in JSON" };
  }
  const exam: Examination = { version, problems: [] };
  check(parsed, "", exam);
  const [problem] = exam.problems as [StatementProblem?];
  return problem ? { wrong: `: ${problem.pointer || "it"} ${problem.message}`, clause: problem.clause } : (parsed as Members);
}

function unknown(name: string, readers: Record<string, ParameterReader>): string {
  const meant = Object.keys(readers).find((other) => other.toLowerCase() === name.toLowerCase());
  return meant ? `must be written ${meant}` : "is not known here";
}

function isWrong(result: unknown): result is Wrong {
  return typeof result === "object" && result !== null && "wrong" in result;
}
