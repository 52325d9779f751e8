import { freshEntries, looks, type Divergence, type Entry } from "../journal.ts";
import { createSession12, type Session12 } from "./session.ts";
import type { Setup12 } from "./setup.ts";
import type { State12 } from "./state.ts";

/** What a journal made of a state; on a gap nothing is applied and `expectedSeq` names the entry that is missing. */
export type Replay12 =
  | { ok: true; state: State12; applied: Entry[]; divergences: Divergence[] }
  | { ok: false; code: "scorm_journal_gap"; expectedSeq: number };

/** Looks at the state before and after a stretch of entries, of which the last happened at `tMs`. */
export type Look12 = (before: State12, after: State12, tMs: number) => void;

/**
 * Runs the entries that `state` does not have yet through the same code as the browser did. Pure; entries up to `state.seq` are ignored,
 * disorder and repeats within `entries` do no harm. What this run refuses is left out and reported, the rest goes on.
 * `look` is called after each LMSCommit, around each LMSInitialize and LMSFinish, and at the end.
 */
export function replay12(setup: Setup12, state: State12, entries: readonly Entry[], look?: Look12): Replay12 {
  const { fresh, expectedSeq, gap } = freshEntries(state.seq, entries);
  if (gap) return { ok: false, code: "scorm_journal_gap", expectedSeq };
  let nowMs = 0;
  const session = createSession12(setup, state, () => nowMs);
  const divergences: Divergence[] = [];
  let seen = state;
  for (const stretch of look ? looks(fresh) : [fresh]) {
    for (const entry of stretch) {
      nowMs = entry[1];
      if (perform(session, entry) === "true") continue;
      divergences.push({ seq: entry[0], kind: entry[2], ...(entry[2] === "set" && { element: entry[3] }), code: session.getLastError() });
    }
    const last = stretch.at(-1);
    if (!last) continue;
    const before = seen;
    seen = { ...session.state(), seq: last[0] };
    look?.(before, seen, last[1]);
  }
  return { ok: true, state: seen, applied: fresh, divergences };
}

function perform(session: Session12, entry: Entry): string {
  switch (entry[2]) {
    case "initialize":
      return session.initialize("");
    case "set":
      return session.setValue(entry[3], entry[4]);
    case "commit":
      return session.commit("");
    case "finish":
      return session.finish("");
    case "tick":
      session.tick();
      return "true";
  }
}
