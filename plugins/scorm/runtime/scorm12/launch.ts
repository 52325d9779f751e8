import type { Setup12 } from "./setup.ts";
import { copyOf, firstState, lessonStatus, sessionTimeMs, type Ending, type State12 } from "./state.ts";

/**
 * The state from which a new launch starts, made on the server from what the last one left (null: nothing yet). The rule:
 * - never run: entry "ab-initio";
 * - last session ended with exit "suspend", or was interrupted (tab closed, machine died): the attempt goes on, entry "resume", everything kept;
 * - LMSFinish without any exit set: the attempt goes on, entry "", everything kept, for much real content saves its place and never sets an exit;
 * - exit "", "logout" or "time-out": a new attempt, entry "". It begins without location, suspend_data and interactions; status, score, objectives,
 *   time, comments and preferences stay, so that looking again never costs a completion. With switch `newAttempt: "never"` all stays.
 * A session still open is closed as interrupted and its time added. `seq` starts again at 0: journals belong to a launch.
 */
export function launch12(setup: Setup12, previous: State12 | null): State12 {
  if (!previous) return firstState(setup);
  const state = copyOf(previous);
  if (state.session) endSession(setup, state, "interrupted");
  state.seq = 0;
  if (state.ended === null) return state;
  state.entry = state.ended === "suspend" || state.ended === "interrupted" ? "resume" : "";
  const leftForGood = state.ended === "normal" || state.ended === "logout" || state.ended === "time-out";
  if (leftForGood && setup.switches.newAttempt !== "never") beginAttempt(state);
  return state;
}

/**
 * Ends the open session of `state` in place: adds its time once and applies what LMSFinish decides (not when interrupted).
 * A browsing session leaves nothing but "browsed" where nothing was attempted; a reviewing one nothing at all.
 */
export function endSession(setup: Setup12, state: State12, by: "finish" | "interrupted"): void {
  const { session } = state;
  if (!session) return;
  state.session = null;
  if (session.scratch) {
    if (session.mode === "browse" && lessonStatus(state) === "not attempted") setStatus(state, "browsed");
    return;
  }
  state.totalTimeMs += sessionTimeMs(setup, session);
  state.ended = by === "interrupted" ? "interrupted" : endingOf(session.values["cmi.core.exit"]);
  state.entry = state.ended === "suspend" || state.ended === "interrupted" ? "resume" : "";
  if (by === "finish") decideStatus(setup, state);
}

function endingOf(exit: string | undefined): Ending {
  if (exit === undefined) return "silent";
  return exit === "suspend" || exit === "time-out" || exit === "logout" ? exit : "normal";
}

/** What LMSFinish makes of lesson_status (RTE 3.4.4, cmi.core.lesson_status); only in normal mode for credit. */
function decideStatus(setup: Setup12, state: State12): void {
  if (setup.mode !== "normal" || setup.credit !== "credit") return;
  if (lessonStatus(state) === "not attempted") setStatus(state, "completed");
  const raw = state.cmi["cmi.core.score.raw"] ?? "";
  const compared = setup.switches.masteryScore === "follow manifest" || state.statusSetBy !== "content";
  const mastery = setup.masteryScore.trim() === "" ? NaN : Number(setup.masteryScore);
  if (compared && Number.isFinite(mastery) && raw !== "") setStatus(state, Number(raw) >= mastery ? "passed" : "failed");
}

function setStatus(state: State12, status: string): void {
  if (lessonStatus(state) === status) return;
  state.cmi["cmi.core.lesson_status"] = status;
  state.statusSetBy = "lms";
}

function beginAttempt(state: State12): void {
  state.attempt += 1;
  state.ended = null;
  const over = (name: string) => name === "cmi.suspend_data" || name === "cmi.core.lesson_location" || name.startsWith("cmi.interactions");
  state.cmi = Object.fromEntries(Object.entries(state.cmi).filter(([name]) => !over(name)));
  state.counts = Object.fromEntries(Object.entries(state.counts).filter(([name]) => !over(name)));
}
