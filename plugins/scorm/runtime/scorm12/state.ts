import { timesIn, type OpenSession, type Values } from "../session-state.ts";
import type { Setup12 } from "./setup.ts";
import { parseTimespan } from "./timespan.ts";

/** How the last session ended: by an exit the content set, by LMSFinish with no exit set (`silent`), or without LMSFinish (`interrupted`). */
export type Ending = "suspend" | "time-out" | "logout" | "normal" | "silent" | "interrupted";

/**
 * Everything kept of one learner's run of one SCO, as plain JSON. Store it as text or `json`, not `jsonb`: content may write
 * U+0000 and unpaired surrogates, which `jsonb` refuses.
 */
export interface State12 extends Values {
  version: 1;
  /** Counts from 1. */
  attempt: number;
  /** `seq` of the last journal entry taken in, within the current launch. */
  seq: number;
  /** What the content reads as cmi.core.entry. */
  entry: "ab-initio" | "resume" | "";
  /** Whether the content ever set lesson_status, or we did. */
  statusSetBy: "content" | "lms" | null;
  /** Time of the sessions that have ended. */
  totalTimeMs: number;
  ended: Ending | null;
  session: OpenSession | null;
}

/** A state with nothing in it but the objectives that the package declares. */
export function firstState(setup: Setup12): State12 {
  const cmi = Object.fromEntries(setup.objectives.map((id, index) => [`cmi.objectives.${index}.id`, id]));
  const counts: Record<string, number> = setup.objectives.length > 0 ? { "cmi.objectives": setup.objectives.length } : {};
  return { version: 1, attempt: 1, seq: 0, entry: "ab-initio", statusSetBy: null, totalTimeMs: 0, ended: null, session: null, cmi, counts };
}

/** A copy that shares nothing with the original; by hand, for `structuredClone` costs more than a whole replay. */
export function copyOf(state: State12): State12 {
  const { session } = state;
  return { ...state, ...valuesOf(state), session: session && { ...session, values: { ...session.values }, scratch: session.scratch && valuesOf(session.scratch) } };
}

/** A copy of the values alone. */
export function valuesOf({ cmi, counts }: Values): Values {
  return { cmi: { ...cmi }, counts: { ...counts } };
}

/** lesson_status as the content would read it from the record. */
export function lessonStatus({ cmi }: Values): string {
  return cmi["cmi.core.lesson_status"] ?? "not attempted";
}

export const { sessionTimeMs, timeSpentMs } = timesIn("cmi.core.session_time", parseTimespan);
