import { CadreError, isCadreError, type ErrorOptions } from "../kernel/errors.ts";
import { problemsAtMost, type StatementProblem } from "./statement/shape.ts";

/** Why a request is refused as a whole; it says the same in `problems`, with the clause of the specification that tells it to. */
export function refused(code: string, message: string, { clause, pointer = "", ...options }: Omit<ErrorOptions, "problems"> & { clause: string; pointer?: string }): CadreError {
  const problem: StatementProblem = { pointer, code, message, clause };
  return new CadreError(code, message, { ...options, problems: [problem] });
}

/** The refusal of a request whose statements are not valid (Data 2.2), with the first `problemsAtMost` problems. */
export function invalidStatements(found: StatementProblem[], count: number): CadreError {
  const problems = found.slice(0, problemsAtMost);
  const [first] = problems;
  const more = problems.length === problemsAtMost ? " (and many more)" : problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  const what = count === 1 ? "The statement is" : "The statements are";
  return new CadreError("invalid_statements", `${what} not valid: ${first!.pointer || "it"} ${first!.message} (${first!.clause})${more}.`, { problems });
}

/** The refusal of a request that xAPI does not know. */
export function wrongRequest(message: string, clause = "Communication 2.1", pointer?: string): CadreError {
  return refused("wrong_request", message, { clause, pointer });
}

/** The refusal of a body of more bytes than are allowed. */
export function bodyTooLarge(maxBytes: number): CadreError {
  return refused("body_too_large", `The body is larger than the ${maxBytes} bytes allowed here.`, { status: 413, data: { maxBytes }, clause: "Communication 3.2" });
}

/**
 * The same refusal with a problem at least, and the clause of the specification in each, where there is one that tells an LRS to refuse
 * with this code. What is no refusal stays as it is.
 */
export function withClauses(error: unknown): unknown {
  if (!isCadreError(error) || !(error.code in clauses)) return error;
  const { code, message, status, data, cause } = error;
  const problems = error.problems.length > 0 ? error.problems : [{ pointer: "", code, message }];
  return new CadreError(code, message, { status, data, cause, problems: problems.map((problem) => ({ clause: clauses[code], ...problem })) });
}

/** Of refusals that do not say themselves which clause tells to. */
const clauses: Readonly<Record<string, string>> = {
  agent_forgotten: "Communication 3.2",
  bad_body: "Communication 3.2",
  body_too_large: "Communication 3.2",
  condition_required: "Communication 3.1",
  credentials_required: "Communication 3.2",
  document_exists: "Communication 3.1",
  invalid_json: "Communication 2.2",
  no_such_document: "Communication 3.2",
  no_such_statement: "Communication 2.1.3",
  not_mergeable: "Communication 2.2",
  outside_limits: "Communication 3.2",
  precondition_failed: "Communication 3.1",
  scope_missing: "Communication 3.2",
  version_not_spoken: "Communication 3.3",
  version_required: "Communication 3.3",
};
