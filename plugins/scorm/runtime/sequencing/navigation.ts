import { availableChildren } from "./children.ts";
import { refusal, type Refusal } from "./exceptions.ts";
import { activityOf, currentOf, stateOf, type SequencingRun } from "./run.ts";
import type { NavigationRequest, SequencingRequest, TerminationRequest } from "./requests.ts";
import { commonAncestor, pathUpTo, type Activity } from "./tree.ts";

/** What a navigation request comes to. */
export interface Navigation {
  termination: TerminationRequest | null;
  sequencing: SequencingRequest;
}

/** NB.2.1, Navigation Request Process: whether the request is a valid one now, and what to end and to sequence for it. */
export function navigationRequest(run: SequencingRun, request: NavigationRequest): Navigation | Refusal {
  const current = currentOf(run);
  switch (request.kind) {
    case "start":
      return current ? refusal("NB.2.1-1", current) : { termination: null, sequencing: { kind: "start" } };
    case "resumeAll":
      if (current) return refusal("NB.2.1-1", current);
      return run.state.suspended === null ? refusal("NB.2.1-3", null) : { termination: null, sequencing: { kind: "resumeAll" } };
    case "continue":
      if (!current) return refusal("NB.2.1-2", null);
      return current.parent?.sequencing.controlMode.flow ? ending(run, current, { kind: "continue" }) : refusal("NB.2.1-4", current);
    case "previous":
      return current ? previous(run, current) : refusal("NB.2.1-2", null);
    case "choice":
      return choice(run, current, request.target);
    case "jump":
      return jump(run, current, request.target);
    case "exit":
    case "abandon":
      if (!current) return refusal("NB.2.1-2", null);
      return stateOf(run, current).active ? { termination: request.kind, sequencing: { kind: "exit" } } : refusal("NB.2.1-12", current);
    case "exitAll":
    case "abandonAll":
    case "suspendAll":
      return current ? { termination: request.kind, sequencing: { kind: "exit" } } : refusal("NB.2.1-2", null);
    default:
      return refusal("NB.2.1-13", current);
  }
}

function previous(run: SequencingRun, current: Activity): Navigation | Refusal {
  if (!current.parent) return refusal("NB.2.1-6", current);
  const { flow, forwardOnly } = current.parent.sequencing.controlMode;
  return flow && !forwardOnly ? ending(run, current, { kind: "previous" }) : refusal("NB.2.1-5", current.parent);
}

function choice(run: SequencingRun, current: Activity | null, id: string): Navigation | Refusal {
  const target = activityOf(run, id);
  if (!target) return refusal("NB.2.1-11", null);
  if (target.parent && !target.parent.sequencing.controlMode.choice) return refusal("NB.2.1-10", target.parent);
  const request = { kind: "choice", target: id } as const;
  if (!current) return { termination: null, sequencing: request };
  const ancestor = commonAncestor(current, target);
  // Choosing the activity itself, or a cluster around it, leaves that one too.
  const left = ancestor === target ? [...pathUpTo(current, ancestor), target] : pathUpTo(current, ancestor);
  const unleft = left.find((activity) => stateOf(run, activity).active && !activity.sequencing.controlMode.choiceExit);
  return unleft ? refusal("NB.2.1-8", unleft) : ending(run, current, request);
}

function jump(run: SequencingRun, current: Activity | null, id: string): Navigation | Refusal {
  const target = run.switches.jump ? activityOf(run, id) : null;
  if (!target || (target.parent && !availableChildren(run, target.parent).includes(target))) return refusal("NB.2.1-11", target);
  if (!current) return refusal("NB.2.1-2", null);
  return ending(run, current, { kind: "jump", target: id });
}

/** The current activity is ended first, if it still runs. */
function ending(run: SequencingRun, current: Activity, sequencing: SequencingRequest): Navigation {
  return { termination: stateOf(run, current).active ? "exit" : null, sequencing };
}
