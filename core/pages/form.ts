import type { CadreError, Problem } from "../kernel/errors.ts";

/** A form as the partials `field` and `error-summary` show it; a problem without a field is the form's as a whole. */
export interface Form {
  values: Record<string, unknown>;
  problems: { field: string; message: string }[];
}

/** A form to be filled in, or filled in again after `error`. Leave out of `values` what must not be sent back: passwords. */
export function formOf(values: Record<string, unknown>, error?: CadreError): Form {
  if (!error) return { values, problems: [] };
  if (error.problems.length === 0) return { values, problems: [{ field: "", message: error.message }] };
  const first = new Map<string, string>();
  for (const problem of error.problems) {
    const field = problem.pointer.split("/")[1] ?? "";
    if (!first.has(field)) first.set(field, isBlank(values[field]) && problem.code === "pattern" ? needed : sentenceOf(problem));
  }
  return { values, problems: [...first].map(([field, message]) => ({ field, message })) };
}

const needed = "This is needed.";
const isBlank = (value: unknown): boolean => typeof value === "string" && value.trim() === "";

/** The words of a schema's keyword for a person at a form; a command's own words stay as they are. */
function sentenceOf({ code, message }: Problem): string {
  if (code === "required" || (code === "min_length" && message.includes("1 char")) || code === "min_items") return needed;
  if (code === "format" && message.includes("email")) return "This is no email address.";
  if (code === "max_length") return `This is too long: ${/\d+/.exec(message)?.[0] ?? "fewer"} characters at most.`;
  if (code === "pattern" || code === "format") return "This can't be used here.";
  if (code === "enum") return "Choose one of the list.";
  if (code === "minimum" || code === "maximum") return `This must be ${/-?[\d.]+/.exec(message)?.[0] ?? ""} or ${code === "minimum" ? "more" : "less"}.`;
  if (code === "type" && message.includes("integer")) return "This must be a whole number.";
  if (code === "type") return `This ${message}.`;
  return message;
}
