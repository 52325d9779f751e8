import type { Setup2004 } from "./setup.ts";
import { parseTimespan } from "./timespan.ts";

/** Values of the data model: `cmi` maps an element's full name to its text, `counts` an array's name to its length. Elements without a value are absent. */
export interface Values2004 {
  cmi: Record<string, string>;
  counts: Record<string, number>;
}

/** How the last session ended: by the exit the content set ("normal" also for "" and none), or without Terminate. */
export type Ending = "suspend" | "time-out" | "logout" | "normal" | "interrupted";

/** The session between Initialize and Terminate. */
export interface OpenSession2004 {
  mode: Setup2004["mode"];
  startedMs: number;
  /** Time of the last journal entry. */
  lastMs: number;
  /** Elapsed time so far, silences cut to `idleLimitMs`. */
  activeMs: number;
  /** cmi.exit, cmi.session_time and adl.nav.request, which live as long as the session. */
  values: Record<string, string>;
  /** Where a browsing or reviewing session writes instead of the record; null in normal mode. */
  scratch: Values2004 | null;
}

/** What the session that ended in this launch left behind for the sequencer. */
export interface Left2004 {
  values: OpenSession2004["values"];
  timeMs: number;
}

/**
 * Everything kept of one learner's attempt on one SCO, as plain JSON. Store it as text or `json`, not `jsonb`: content may write
 * U+0000 and unpaired surrogates, which `jsonb` refuses.
 */
export interface State2004 extends Values2004 {
  version: 1;
  /** Counts from 1. */
  attempt: number;
  /** `seq` of the last journal entry taken in, within the current launch. */
  seq: number;
  /** Time of this attempt's sessions that have ended. */
  totalTimeMs: number;
  ended: Ending | null;
  session: OpenSession2004 | null;
  /** Set from the end of this launch's session on: content may not initialize twice. */
  left: Left2004 | null;
  /** The elements of objectives that the content set in this attempt, as against those that were preset. */
  touched: Record<string, true>;
}

/** A state with nothing in it but the objectives that the sequencer has. */
export function firstState(setup: Setup2004, attempt = 1): State2004 {
  const state: State2004 = { version: 1, attempt, seq: 0, totalTimeMs: 0, ended: null, session: null, left: null, touched: {}, cmi: {}, counts: {} };
  preset(setup, state);
  return state;
}

/** Puts what the sequencer reads for its objectives into `values` in place: rows that are not there are added, what it knows of those that are is renewed. */
export function preset(setup: Setup2004, values: Values2004): void {
  for (const { id, success, completion, scaled, raw, min, max, progress } of setup.objectives) {
    const row = `cmi.objectives.${rowOf(values, id)}`;
    const known = {
      id,
      success_status: success === "unknown" ? null : success,
      completion_status: completion === "unknown" ? null : completion,
      "score.scaled": scaled,
      "score.raw": raw,
      "score.min": min,
      "score.max": max,
      progress_measure: progress,
    };
    for (const [member, value] of Object.entries(known)) if (value !== null) values.cmi[`${row}.${member}`] = String(value);
  }
}

function rowOf({ cmi, counts }: Values2004, id: string): number {
  const count = counts["cmi.objectives"] ?? 0;
  for (let n = 0; n < count; n += 1) if (cmi[`cmi.objectives.${n}.id`] === id) return n;
  counts["cmi.objectives"] = count + 1;
  return count;
}

/**
 * The time one session adds to total_time: the content's last session_time; where it set none, the time from Initialize to the last
 * journal entry, so that a session whose Terminate never came counts too (switch `elapsedTime`). It is added once, when the session ends.
 */
export function sessionTimeMs(setup: Setup2004, session: OpenSession2004): number {
  const said = session.values["cmi.session_time"];
  if (said !== undefined) return parseTimespan(said) ?? 0;
  return setup.switches.elapsedTime === "never" ? 0 : session.activeMs;
}

/** total_time with the open session's part: what a report shows at any moment. */
export function timeSpentMs(setup: Setup2004, state: State2004): number {
  const open = state.session && !state.session.scratch ? sessionTimeMs(setup, state.session) : 0;
  return state.totalTimeMs + open;
}
