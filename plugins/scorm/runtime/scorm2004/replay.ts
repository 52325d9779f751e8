import type { Entry } from "../journal.ts";
import { replay, type Look, type Replay } from "../replay.ts";
import { createSession2004 } from "./session.ts";
import type { Setup2004 } from "./setup.ts";
import type { State2004 } from "./state.ts";

export type Look2004 = Look<State2004>;

/** Runs a journal of SCORM 2004 on a state (see `replay`). */
export function replay2004(setup: Setup2004, state: State2004, entries: readonly Entry[], look?: Look2004): Replay<State2004> {
  return replay(
    state,
    entries,
    (now) => {
      const session = createSession2004(setup, state, now);
      return { ...session, finish: session.terminate };
    },
    look,
  );
}
