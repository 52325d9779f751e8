/** Values of a data model: `cmi` maps an element's full name to its text, `counts` an array's name to its length. Elements without a value are absent. */
export interface Values {
  cmi: Record<string, string>;
  counts: Record<string, number>;
}

/** How content was opened. */
export type Mode = "normal" | "browse" | "review";

/** The session between the call that begins it and the one that ends it. */
export interface OpenSession {
  mode: Mode;
  startedMs: number;
  /** Time of the last journal entry. */
  lastMs: number;
  /** Elapsed time so far, silences cut to `idleLimitMs`. */
  activeMs: number;
  /** What lives as long as the session: the exit, session_time and, in SCORM 2004, adl.nav.request. */
  values: Record<string, string>;
  /** Where a browsing or reviewing session writes instead of the record; null in normal mode. */
  scratch: Values | null;
}

/** "credit" only in normal mode: browsing and reviewing never count. */
export function creditOf({ mode, credit }: { mode: Mode; credit: "credit" | "no-credit" }): "credit" | "no-credit" {
  return mode === "normal" ? credit : "no-credit";
}

/** Whether our clock tells the time where the content tells none. */
export interface TimedSetup {
  switches: { elapsedTime: "when content is silent" | "never" };
}

/** Tells the time of sessions under a data model that has it in `element`. */
export function timesIn(element: string, parseTimespan: (text: string) => number | null) {
  /**
   * The time one session adds to total_time: the content's last session_time; where it set none, the time from its beginning to the last
   * journal entry, so that a session whose end never came counts too (switch `elapsedTime`). It is added once, when the session ends.
   */
  function sessionTimeMs({ switches }: TimedSetup, session: OpenSession): number {
    const said = session.values[element];
    if (said !== undefined) return parseTimespan(said) ?? 0;
    return switches.elapsedTime === "never" ? 0 : session.activeMs;
  }

  /** total_time with the open session's part: what a report shows at any moment. */
  function timeSpentMs(setup: TimedSetup, { totalTimeMs, session }: { totalTimeMs: number; session: OpenSession | null }): number {
    return totalTimeMs + (session && !session.scratch ? sessionTimeMs(setup, session) : 0);
  }

  return { sessionTimeMs, timeSpentMs };
}
