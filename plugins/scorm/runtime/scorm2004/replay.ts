import { freshEntries, looks, type Divergence, type Entry } from "../journal.ts";
import { createSession2004, type Session2004 } from "./session.ts";
import type { Setup2004 } from "./setup.ts";
import type { State2004 } from "./state.ts";

/** What a journal made of a state; on a gap nothing is applied and `expectedSeq` names the entry that is missing. */
export type Replay2004 =
  | { ok: true; state: State2004; applied: Entry[]; divergences: Divergence[] }
  | { ok: false; code: "scorm_journal_gap"; expectedSeq: number };

/** Looks at the state before and after a stretch of entries, of which the last happened at `tMs`. */
export type Look2004 = (before: State2004, after: State2004, tMs: number) => void;

/**
 * Runs the entries that `state` does not have yet through the same code as the browser did. Pure; entries up to `state.seq` are ignored,
 * disorder and repeats within `entries` do no harm. What this run refuses is left out and reported, the rest goes on.
 * `look` is called after each Commit, around each Initialize and Terminate, and at the end.
 */
export function replay2004(setup: Setup2004, state: State2004, entries: readonly Entry[], look?: Look2004): Replay2004 {
  const { fresh, expectedSeq, gap } = freshEntries(state.seq, entries);
  if (gap) return { ok: false, code: "scorm_journal_gap", expectedSeq };
  let nowMs = 0;
  const session = createSession2004(setup, state, () => nowMs);
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

function perform(session: Session2004, entry: Entry): string {
  switch (entry[2]) {
    case "initialize":
      return session.initialize("");
    case "set":
      return session.setValue(entry[3], entry[4]);
    case "commit":
      return session.commit("");
    case "finish":
      return session.terminate("");
    case "tick":
      session.tick();
      return "true";
  }
}
