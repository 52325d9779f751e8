import { CadreError } from "../../kernel/errors.ts";
import { authority } from "../statement/agents.ts";
import type { Examination, Members } from "../statement/shape.ts";

/**
 * The authority that a template makes: JSON of an Agent, or of the anonymous Group of two that vouches where an application acts for a
 * person (Data 2.4.9). `{{name}}` within its strings stands for a value; values never become JSON of their own.
 * @throws invalid_authority (422) when it is no JSON, names a value that is not there, or makes no valid authority
 */
export function authorityFrom(template: string, values: Readonly<Record<string, string | undefined>>): Members {
  let made: unknown;
  try {
    made = JSON.parse(template, (_, value: unknown) => (typeof value === "string" ? filled(value, values) : value));
  } catch (error) {
    if (error instanceof CadreError) throw error;
    throw invalidAuthority("is no JSON");
  }
  const exam: Examination = { version: "2.0.0", problems: [] };
  authority(made, "", exam);
  const [problem] = exam.problems;
  if (problem) throw invalidAuthority(`must be an Agent, or an anonymous Group of two: ${problem.pointer || "it"} ${problem.message}`);
  return made as Members;
}

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
