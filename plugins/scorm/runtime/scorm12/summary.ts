import { indexes, interactionsIn, type Interaction } from "../interactions.ts";
import { scoreOf, type Score } from "./score.ts";
import type { Setup12 } from "./setup.ts";
import { lessonStatus, timeSpentMs, type Ending, type State12 } from "./state.ts";

/** One record of cmi.objectives. */
export interface Objective12 {
  id: string;
  status: string;
  score: Score | null;
}

const interactionMembers = ["id", "type", "time", "weighting", "student_response", "result", "latency"] as const;

/** One record of cmi.interactions, as the content wrote it. */
export type Interaction12 = Interaction<(typeof interactionMembers)[number]>;

/** What reports and grades need of a state. `success` and `completed` are null where the status does not tell. */
export interface Summary12 {
  attempt: number;
  lessonStatus: string;
  statusSetBy: State12["statusSetBy"];
  completed: boolean | null;
  success: boolean | null;
  score: Score | null;
  location: string;
  /** With the open session's part. */
  timeSpentMs: number;
  open: boolean;
  ended: Ending | null;
  objectives: Objective12[];
  interactions: Interaction12[];
}

/** Reads a state for people: "passed" completes as well, "failed" leaves completion open, "browsed" says nothing. */
export function summary12(setup: Setup12, state: State12): Summary12 {
  const status = lessonStatus(state);
  return {
    attempt: state.attempt,
    lessonStatus: status,
    statusSetBy: state.statusSetBy,
    ...outcomeOf(status),
    score: scoreOf(state.cmi, "cmi.core.score"),
    location: state.cmi["cmi.core.lesson_location"] ?? "",
    timeSpentMs: timeSpentMs(setup, state),
    open: state.session !== null,
    ended: state.ended,
    objectives: objectivesOf(state),
    interactions: interactionsOf(state),
  };
}

/** What a 1.2 status says of completion and success. */
export function outcomeOf(status: string): { completed: boolean | null; success: boolean | null } {
  const completed = status === "completed" || status === "passed" ? true : status === "incomplete" || status === "not attempted" ? false : null;
  return { completed, success: status === "passed" ? true : status === "failed" ? false : null };
}

/** The objectives in their order; records without an id are named by their index. */
export function objectivesOf({ cmi, counts }: State12): Objective12[] {
  return indexes(counts["cmi.objectives"]).map((n) => ({
    id: cmi[`cmi.objectives.${n}.id`] ?? String(n),
    status: cmi[`cmi.objectives.${n}.status`] ?? "",
    score: scoreOf(cmi, `cmi.objectives.${n}.score`),
  }));
}

/** The interactions in their order. */
export function interactionsOf(state: State12): Interaction12[] {
  return interactionsIn(state, interactionMembers);
}
