import type { Setup12 } from "./setup.ts";
import { parseTimespan } from "./timespan.ts";

/** Values of the data model: `cmi` maps an element's full name to its text, `counts` an array's name to its length. Elements without a value are absent. */
export interface Values12 {
  cmi: Record<string, string>;
  counts: Record<string, number>;
}

/** How the last session ended: by an exit the content set, by LMSFinish with no exit set (`silent`), or without LMSFinish (`interrupted`). */
export type Ending = "suspend" | "time-out" | "logout" | "normal" | "silent" | "interrupted";

/** The session between LMSInitialize and LMSFinish. */
export interface OpenSession12 {
  mode: Setup12["mode"];
  startedMs: number;
  /** Time of the last journal entry. */
  lastMs: number;
  /** Elapsed time so far, silences cut to `idleLimitMs`. */
  activeMs: number;
  /** exit and session_time, which live as long as the session. */
  values: Record<string, string>;
  /** Where a browsing or reviewing session writes instead of the record; null in normal mode. */
  scratch: Values12 | null;
}

/**
 * Everything kept of one learner's run of one SCO, as plain JSON. Store it as text or `json`, not `jsonb`: content may write
 * U+0000 and unpaired surrogates, which `jsonb` refuses.
 */
export interface State12 extends Values12 {
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
  session: OpenSession12 | null;
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
export function valuesOf({ cmi, counts }: Values12): Values12 {
  return { cmi: { ...cmi }, counts: { ...counts } };
}

/** lesson_status as the content would read it from the record. */
export function lessonStatus({ cmi }: Values12): string {
  return cmi["cmi.core.lesson_status"] ?? "not attempted";
}

/**
 * The time one session adds to total_time: the content's last session_time; where it set none, the time from LMSInitialize to the last
 * journal entry, so that a session whose LMSFinish never came counts too (switch `elapsedTime`). It is added once, when the session ends.
 */
export function sessionTimeMs(setup: Setup12, session: OpenSession12): number {
  const said = session.values["cmi.core.session_time"];
  if (said !== undefined) return parseTimespan(said) ?? 0;
  return setup.switches.elapsedTime === "never" ? 0 : session.activeMs;
}

/** total_time with the open session's part: what a report shows at any moment. */
export function timeSpentMs(setup: Setup12, state: State12): number {
  const open = state.session && !state.session.scratch ? sessionTimeMs(setup, state.session) : 0;
  return state.totalTimeMs + open;
}
