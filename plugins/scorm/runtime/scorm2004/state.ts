import { timesIn, type OpenSession, type Values } from "../session-state.ts";
import type { Setup2004 } from "./setup.ts";
import { parseTimespan } from "./timespan.ts";

/** How the last session ended: by the exit the content set ("normal" also for "" and none), or without Terminate. */
export type Ending = "suspend" | "time-out" | "logout" | "normal" | "interrupted";

/** What the session that ended in this launch left behind for the sequencer. */
export interface Left2004 {
  values: OpenSession["values"];
  timeMs: number;
}

/**
 * Everything kept of one learner's attempt on one SCO, as plain JSON. Store it as text or `json`, not `jsonb`: content may write
 * U+0000 and unpaired surrogates, which `jsonb` refuses.
 */
export interface State2004 extends Values {
  version: 1;
  /** Counts from 1. */
  attempt: number;
  /** `seq` of the last journal entry taken in, within the current launch. */
  seq: number;
  /** Time of this attempt's sessions that have ended. */
  totalTimeMs: number;
  ended: Ending | null;
  session: OpenSession | null;
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
export function preset(setup: Setup2004, values: Values): void {
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

function rowOf({ cmi, counts }: Values, id: string): number {
  const count = counts["cmi.objectives"] ?? 0;
  for (let n = 0; n < count; n += 1) if (cmi[`cmi.objectives.${n}.id`] === id) return n;
  counts["cmi.objectives"] = count + 1;
  return count;
}

export const { sessionTimeMs, timeSpentMs } = timesIn("cmi.session_time", parseTimespan);
