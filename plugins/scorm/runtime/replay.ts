import { freshEntries, looks, type Divergence, type Entry } from "./journal.ts";

/** What a journal made of a state; on a gap nothing is applied and `expectedSeq` names the entry that is missing. */
export type Replay<State> =
  | { ok: true; state: State; applied: Entry[]; divergences: Divergence[] }
  | { ok: false; code: "scorm_journal_gap"; expectedSeq: number };

/** Looks at the state before and after a stretch of entries, of which the last happened at `tMs`. */
export type Look<State> = (before: State, after: State, tMs: number) => void;

/** What a replay needs of a session, in either data model. */
export interface Replayed<State> {
  initialize(parameter: unknown): string;
  setValue(element: unknown, value: unknown): string;
  commit(parameter: unknown): string;
  finish(parameter: unknown): string;
  tick(): void;
  getLastError(): string;
  state(): State;
}

/**
 * Runs the entries that `state` does not have yet through the session that `open` makes of it, the same code as the browser ran. Pure; entries
 * up to `state.seq` are ignored, disorder and repeats within `entries` do no harm. What this run refuses is left out and reported, the rest
 * goes on. `look` is called after each commit, around each beginning and end of a session, and at the end.
 */
export function replay<State extends { seq: number }>(state: State, entries: readonly Entry[], open: (now: () => number) => Replayed<State>, look?: Look<State>): Replay<State> {
  const { fresh, expectedSeq, gap } = freshEntries(state.seq, entries);
  if (gap) return { ok: false, code: "scorm_journal_gap", expectedSeq };
  let nowMs = 0;
  const session = open(() => nowMs);
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

function perform<State>(session: Replayed<State>, entry: Entry): string {
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
