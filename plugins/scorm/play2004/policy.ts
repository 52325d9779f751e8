import type { LearnerRequest } from "cadre";
import type { Engine, EngineAnswer } from "../runtime/engine/index.ts";
import type { NavigationRequest } from "../runtime/sequencing/index.ts";
import { outcome2004, type Setup2004, type State2004 } from "../runtime/scorm2004/index.ts";

/**
 * Brings a learner who comes to an activity: to the one that runs or is suspended, else where the course begins. Where that shows nothing,
 * for a course of free choice has no beginning and one may have gone away between two activities, it goes on from there, or to the first
 * that may be chosen.
 */
export function comeIn(engine: Engine): EngineAnswer {
  const answer = engine.start();
  if (answer.delivery !== null) return answer;
  const valid = engine.valid();
  if (valid.continue) {
    const next = engine.navigate({ kind: "continue" });
    if (next.delivery !== null || next.ended) return next;
  }
  const here = engine.current();
  if (here !== null) return backTo(engine, here);
  const first = engine.contents(valid).find(({ opens, enabled }) => opens && enabled);
  return first ? engine.navigate({ kind: "choice", target: first.identifier }) : answer;
}

/** The same for who left a page behind: what it kept is taken up first. */
export function comeBack(engine: Engine, last: LeftPage | undefined): EngineAnswer {
  if (last && last.state.seq > 0 && last.unit === engine.current()) engine.keep(last);
  return comeIn(engine);
}

/** Goes where a learner who comes in asked to; null where they are there already, or the sequencer does not let them. */
export function goTo(engine: Engine, last: LeftPage | undefined, unit: string): EngineAnswer | null {
  if (unit === engine.current() || !engine.valid().choice[unit]) return null;
  const choice = { kind: "choice", target: unit } as const;
  return last && last.unit === engine.current() ? engine.leave(last, choice) : engine.navigate(choice);
}

/** The page that a learner last had, by the activity that it played. */
type LeftPage = Session & { unit: string };

/** Shows an activity once more that has ended, for there is nothing else to show: by choice, else by the jump that is the LMS's own. */
export function backTo(engine: Engine, activity: string): EngineAnswer {
  const chosen = engine.navigate({ kind: "choice", target: activity });
  return chosen.delivery === null ? engine.navigate({ kind: "jump", target: activity }) : chosen;
}

/** What a session came to, with the setup it ran under. */
export interface Session {
  setup: Setup2004;
  state: State2004;
}

/**
 * What going away means: an attempt on the only activity of a course is over when its content says so, or has ended without keeping a
 * place to come back to; everything else is suspended. Null where nothing runs, which then waits as it is.
 */
function wayOut(engine: Engine, activities: number, session: Session): NavigationRequest | null {
  const valid = engine.valid();
  if (activities === 1 && isOver(session)) return { kind: "exitAll" };
  return valid.exit ? { kind: "suspendAll" } : null;
}

/** A session's end that asks for nothing: only where there is nothing else to go to is it the end of the course. */
export function afterEnd(activities: number, session: Session): NavigationRequest | null {
  return activities === 1 && outcome2004(session.setup, session.state).navRequest === null && isOver(session) ? { kind: "exitAll" } : null;
}

/** A learner's request in the sequencer's words. */
export function requestOf(engine: Engine, request: LearnerRequest, activities: number, session: Session): NavigationRequest | null {
  if ("target" in request) return request;
  return request.kind === "leave" ? wayOut(engine, activities, session) : { kind: request.kind };
}

function isOver({ setup, state }: Session): boolean {
  const { exit } = outcome2004(setup, state);
  if (state.session) return false;
  if (exit === "suspend") return false;
  if (exit !== "") return true;
  return state.cmi["cmi.location"] === undefined && state.cmi["cmi.suspend_data"] === undefined;
}
