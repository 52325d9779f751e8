import { indexes, interactionsIn, type Interaction } from "../interactions.ts";
import type { Score } from "../scorm12/score.ts";
import type { Setup2004 } from "./setup.ts";
import { timeSpentMs, type Ending, type State2004 } from "./state.ts";
import { completionOf, numberOf, successOf, type CompletionStatus, type SuccessStatus } from "./status.ts";

/** One record of cmi.objectives. */
export interface Objective2004 {
  index: number;
  /** Records without an id are named by their index. */
  id: string;
  success: SuccessStatus;
  completion: CompletionStatus;
  score: Score | null;
  /** From 0 to 1. */
  progress: number | null;
  description?: string;
}

const interactionMembers = ["id", "type", "timestamp", "weighting", "learner_response", "result", "latency", "description"] as const;

/** One record of cmi.interactions, as the content wrote it. */
export type Interaction2004 = Interaction<(typeof interactionMembers)[number]>;

/** What reports and grades need of a state. */
export interface Summary2004 {
  attempt: number;
  completion: CompletionStatus;
  success: SuccessStatus;
  /** As the content set it; `scaled` from -1 to 1. */
  score: Score | null;
  /** From 0 to 1. */
  progress: number | null;
  location: string;
  /** With the open session's part. */
  timeSpentMs: number;
  open: boolean;
  ended: Ending | null;
  objectives: Objective2004[];
  interactions: Interaction2004[];
}

/** Reads a state for people, the statuses with what thresholds make of them. */
export function summary2004(setup: Setup2004, state: State2004): Summary2004 {
  return {
    attempt: state.attempt,
    completion: completionOf(setup, state).value,
    success: successOf(setup, state).value,
    score: scoreOf(state, "cmi.score"),
    progress: numberOf(state.cmi["cmi.progress_measure"]),
    location: state.cmi["cmi.location"] ?? "",
    timeSpentMs: timeSpentMs(setup, state),
    open: state.session !== null,
    ended: state.ended,
    objectives: objectivesOf(state),
    interactions: interactionsOf(state),
  };
}

/** The score under `path` (as "cmi.score") as the content set it; null where it set nothing. */
export function scoreOf({ cmi }: State2004, path: string): Score | null {
  const parts = (["scaled", "raw", "min", "max"] as const).flatMap((part) => {
    const value = numberOf(cmi[`${path}.${part}`]);
    return value === null ? [] : [[part, value] as const];
  });
  return parts.length === 0 ? null : Object.fromEntries(parts);
}

/** The objectives in their order. */
export function objectivesOf(state: State2004): Objective2004[] {
  return indexes(state.counts["cmi.objectives"]).map((index) => {
    const of = (member: string) => state.cmi[`cmi.objectives.${index}.${member}`];
    return {
      index,
      id: of("id") ?? String(index),
      success: (of("success_status") ?? "unknown") as SuccessStatus,
      completion: (of("completion_status") ?? "unknown") as CompletionStatus,
      score: scoreOf(state, `cmi.objectives.${index}.score`),
      progress: numberOf(of("progress_measure")),
      description: of("description"),
    };
  });
}

/** The interactions in their order. */
export function interactionsOf(state: State2004): Interaction2004[] {
  return interactionsIn(state, interactionMembers);
}
