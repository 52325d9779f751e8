import { CadreError } from "../../kernel/errors.ts";
import { actor, authority, identifiersOf } from "../statement/agents.ts";
import { isObject, note, type Check, type Examination, type Members } from "../statement/shape.ts";

/** Makes an agent of some kind out of a template in JSON; `{{name}}` within its strings stands for a value. */
type Making = (template: string, values: Readonly<Record<string, string | undefined>>) => Members;

/**
 * The authority that a template makes: JSON of an Agent, or of the anonymous Group of two that vouches where an application acts for a
 * person (Data 2.4.9). `{{name}}` within its strings stands for a value; values never become JSON of their own.
 * @throws invalid_authority (422) when it is no JSON, names a value that is not there, or makes no valid authority
 */
export const authorityFrom: Making = (template, values) => made(template, values, authority, "an Agent, or an anonymous Group of two");

/** The Agent or identified Group that a template makes. @throws invalid_authority (422) likewise */
export const agentFrom: Making = (template, values) => made(template, values, identified, "an Agent, or a Group with an identifier");

function made(template: string, values: Parameters<Making>[1], check: Check, what: string): Members {
  let found: unknown;
  try {
    found = JSON.parse(template, (_, value: unknown) => (typeof value === "string" ? filled(value, values) : value));
  } catch (error) {
    if (error instanceof CadreError) throw error;
    throw invalidAuthority("is no JSON");
  }
  const exam: Examination = { version: "2.0.0", problems: [] };
  check(found, "", exam);
  const [problem] = exam.problems;
  if (problem) throw invalidAuthority(`must be ${what}: ${problem.pointer || "it"} ${problem.message}`);
  return found as Members;
}

const identified: Check = (value, pointer, exam) => {
  actor(value, pointer, exam);
  if (isObject(value) && identifiersOf(value).length === 0) note(exam, pointer, "no_identifier", "Data 2.4.2.3", "must have an identifier");
};

function filled(text: string, values: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\{\{\s*([\w.:/-]+)\s*\}\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined || value === "") throw invalidAuthority(`names {{${name}}}, which is not there; there are ${Object.keys(values).join(", ")}`);
    return value;
  });
}

function invalidAuthority(message: string): CadreError {
  return new CadreError("invalid_authority", `The authority ${message}.`, { status: 422, problems: [{ pointer: "/authority", code: "invalid_authority", message: `The authority ${message}.` }] });
}
