import type { Entry } from "../journal.ts";
import { replay, type Look, type Replay } from "../replay.ts";
import { createSession12 } from "./session.ts";
import type { Setup12 } from "./setup.ts";
import type { State12 } from "./state.ts";

export type Look12 = Look<State12>;

/** Runs a journal of SCORM 1.2 on a state (see `replay`). */
export function replay12(setup: Setup12, state: State12, entries: readonly Entry[], look?: Look12): Replay<State12> {
  return replay(state, entries, (now) => createSession12(setup, state, now), look);
}
