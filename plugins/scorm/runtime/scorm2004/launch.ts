import type { Setup2004 } from "./setup.ts";
import { firstState, preset, sessionTimeMs, type Ending, type State2004 } from "./state.ts";

/**
 * The state from which a new launch starts, made on the server from what the last one left (null: nothing yet). `setup.entry`, which the
 * sequencer decides, says how: "ab-initio" begins a new attempt with nothing kept; "resume" and "" go on with the same, everything kept
 * but what the sequencer's objectives read now. A session still open is closed as interrupted and its time added.
 * `seq` starts again at 0: journals belong to a launch.
 */
export function launch2004(setup: Setup2004, previous: State2004 | null): State2004 {
  if (!previous) return firstState(setup);
  if (setup.entry === "ab-initio") return firstState(setup, previous.attempt + (begun(previous) ? 1 : 0));
  const state = structuredClone(previous);
  if (state.session) endSession(setup, state, "interrupted");
  state.seq = 0;
  state.left = null;
  // What an earlier launch wrote to shared data is the sequencer's by now.
  state.cmi = Object.fromEntries(Object.entries(state.cmi).filter(([name]) => !name.startsWith("adl.data.")));
  preset(setup, state);
  return state;
}

/** Ends the open session of `state` in place and adds its time once; a browsing or reviewing one leaves nothing but what it asked for. */
export function endSession(setup: Setup2004, state: State2004, by: "finish" | "interrupted"): void {
  const { session } = state;
  if (!session) return;
  const timeMs = session.scratch ? 0 : sessionTimeMs(setup, session);
  state.session = null;
  state.left = { values: session.values, timeMs };
  if (session.scratch) return;
  state.totalTimeMs += timeMs;
  state.ended = by === "interrupted" ? "interrupted" : endingOf(session.values["cmi.exit"]);
}

function begun(state: State2004): boolean {
  return state.ended !== null || state.session !== null;
}

function endingOf(exit = ""): Ending {
  return exit === "suspend" || exit === "time-out" || exit === "logout" ? exit : "normal";
}
