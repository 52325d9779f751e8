import { scoreOf, type Score } from "./score.ts";
import type { Setup12 } from "./setup.ts";
import { lessonStatus, timeSpentMs, type Ending, type State12 } from "./state.ts";

/** One record of cmi.objectives. */
export interface Objective12 {
  id: string;
  status: string;
  score: Score | null;
}

/** One record of cmi.interactions, as the content wrote it. */
export interface Interaction12 {
  index: number;
  id?: string;
  type?: string;
  time?: string;
  weighting?: string;
  student_response?: string;
  result?: string;
  latency?: string;
  objectives: string[];
  patterns: string[];
}

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
export function interactionsOf({ cmi, counts }: State12): Interaction12[] {
  return indexes(counts["cmi.interactions"]).map((index) => {
    const record = `cmi.interactions.${index}`;
    const list = (array: string, member: string) => indexes(counts[`${record}.${array}`]).map((m) => cmi[`${record}.${array}.${m}.${member}`] ?? "");
    return {
      index,
      id: cmi[`${record}.id`],
      type: cmi[`${record}.type`],
      time: cmi[`${record}.time`],
      weighting: cmi[`${record}.weighting`],
      student_response: cmi[`${record}.student_response`],
      result: cmi[`${record}.result`],
      latency: cmi[`${record}.latency`],
      objectives: list("objectives", "id"),
      patterns: list("correct_responses", "pattern"),
    };
  });
}

function indexes(count = 0): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
