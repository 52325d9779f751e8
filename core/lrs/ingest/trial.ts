import type { Db } from "../../db/database.ts";
import { isCadreError, type CadreError } from "../../kernel/errors.ts";
import { earlierOf, statementConflict } from "./ingest.ts";
import { withClauses } from "../refusals.ts";
import type { Sent } from "./storage.ts";
import type { StatementProblem } from "../statement/shape.ts";

/** What a POST would be answered with, and what would become of each of its statements. */
export interface Trial {
  /** The status of that answer. */
  status: number;
  /** Why it would be a refusal; null when it would not. */
  code: string | null;
  message: string | null;
  /** Each with the place of the statement it is about, from 0; null for what is about the request. */
  errors: (StatementProblem & { statement: number | null })[];
  /** Those that could be read, in the order sent. */
  statements: { id: string | null; outcome: Outcome }[];
}

type Outcome = "stored" | "there already" | "conflict" | "not stored";

/** Tries what `check` lets through against what is stored already, in a moment that may be over when the POST comes. */
export async function trial(db: Db, check: () => Promise<Sent>): Promise<Trial> {
  let sent: Sent;
  try {
    sent = await check();
  } catch (error) {
    if (!isCadreError(error) || error.status >= 500) throw error;
    return refusal(withClauses(error) as CadreError, []);
  }
  const { statements } = sent;
  const earlier = await earlierOf(db, statements);
  const conflicts = statements.filter((_, index) => earlier[index]?.same === false);
  const outcomes = (otherwise: Outcome) =>
    statements.map(({ statement: { id } }, index) => ({ id: typeof id === "string" ? id.toLowerCase() : null, outcome: outcomeOf(earlier[index], otherwise) }));
  if (conflicts.length > 0) return refusal(statementConflict(conflicts), outcomes("not stored"));
  return { status: 200, code: null, message: null, errors: [], statements: outcomes("stored") };
}

function outcomeOf(earlier: { same: boolean } | undefined, otherwise: Outcome): Outcome {
  if (!earlier) return otherwise;
  return earlier.same ? "there already" : "conflict";
}

function refusal({ status, code, message, problems }: CadreError, statements: Trial["statements"]): Trial {
  const errors = (problems as StatementProblem[]).map((problem) => ({ ...problem, statement: placeOf(problem.pointer) }));
  return { status, code, message, errors, statements };
}

/** No member of a statement is named by a number, so a pointer that begins with one is of the several. */
function placeOf(pointer: string): number | null {
  if (pointer === "") return null;
  return Number(/^\/(\d+)(?:\/|$)/.exec(pointer)?.[1] ?? 0);
}
