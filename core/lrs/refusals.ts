import { CadreError, type ErrorOptions } from "../kernel/errors.ts";
import type { StatementProblem } from "./statement/shape.ts";

/** Why a request is refused as a whole; it says the same in `problems`, with the clause of the specification that tells it to. */
export function refused(code: string, message: string, { clause, pointer = "", ...options }: Omit<ErrorOptions, "problems"> & { clause: string; pointer?: string }): CadreError {
  const problem: StatementProblem = { pointer, code, message, clause };
  return new CadreError(code, message, { ...options, problems: [problem] });
}

/** The refusal of a request whose statements are not valid (Data 2.2). */
export function invalidStatements(problems: StatementProblem[], count: number): CadreError {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
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
