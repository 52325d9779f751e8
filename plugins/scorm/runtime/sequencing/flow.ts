import { availableChildren } from "./children.ts";
import { checkActivity, preConditionHolds } from "./checks.ts";
import { refusal, type Refusal } from "./exceptions.ts";
import type { SequencingRun } from "./run.ts";
import type { Activity } from "./tree.ts";

export type Direction = "forward" | "backward";

/** Where a flow leads: to an activity to deliver, behind the last one, or nowhere. */
export type Flow = { deliver: Activity } | { behindTheLast: true } | Refusal;

/** A step through the tree: where it leads, and in which direction it goes on. */
type Step = { next: Activity; direction: Direction } | { behindTheLast: true } | Refusal;

/** SB.2.3, Flow Subprocess: the first activity that can be delivered in this direction, beginning at `activity` ("into": with its children, "from": behind it). */
export function flow(run: SequencingRun, activity: Activity, direction: Direction, start: "into" | "from"): Flow {
  const step = flowTreeTraversal(run, activity, direction, start, null);
  return "next" in step ? flowActivityTraversal(run, step.next, step.direction, turned(direction, step.direction)) : step;
}

/**
 * SB.2.1, Flow Tree Traversal Subprocess: the activity next to this one. `previous` is "backward" where a backward walk entered a cluster
 * that only goes forward, whose children are therefore met from the first on; behind the last of them it goes on backward.
 */
function flowTreeTraversal(run: SequencingRun, activity: Activity, direction: Direction, start: "into" | "from", previous: Direction | null): Step {
  const { parent } = activity;
  const siblings = parent ? availableChildren(run, parent) : [activity];
  const position = siblings.indexOf(activity);
  const reversed = previous === "backward" && parent !== null && position === siblings.length - 1;
  const from = reversed ? (siblings[0] ?? activity) : activity;
  const toward = reversed ? "backward" : direction;
  const enters = start === "into" && activity.children.length > 0;
  if (enters) return entered(run, activity, toward);
  if (toward === "forward") {
    const next = siblings[position + 1];
    if (parent === null) return run.switches.continueBehindTheLast === "ends the session" ? { behindTheLast: true } : refusal("SB.2.1-1", activity);
    return next ? { next, direction: "forward" } : flowTreeTraversal(run, parent, "forward", "from", null);
  }
  if (parent === null) return refusal("SB.2.1-3", activity);
  if (!reversed && parent.sequencing.controlMode.forwardOnly) return refusal("SB.2.1-4", activity);
  const before = siblings[siblings.indexOf(from) - 1];
  return before ? { next: before, direction: "backward" } : flowTreeTraversal(run, parent, "backward", "from", null);
}

/** Into a cluster: at its first child, or backward at its last; one that only goes forward is entered at its first even then. */
function entered(run: SequencingRun, cluster: Activity, direction: Direction): Step {
  const children = availableChildren(run, cluster);
  const atFirst = direction === "forward" || cluster.sequencing.controlMode.forwardOnly;
  const next = atFirst ? children[0] : children.at(-1);
  return next ? { next, direction: atFirst ? "forward" : "backward" } : refusal("SB.2.1-2", cluster);
}

/** SB.2.2, Flow Activity Traversal Subprocess: `activity` itself if it can be delivered, else what follows it or is in it. */
function flowActivityTraversal(run: SequencingRun, activity: Activity, direction: Direction, previous: Direction | null): Flow {
  if (activity.parent && !activity.parent.sequencing.controlMode.flow) return refused(run, "SB.2.2-1", activity);
  if (preConditionHolds(run, activity, "skip")) {
    const step = flowTreeTraversal(run, activity, direction, "from", previous);
    if (!("next" in step)) return step;
    const stillReversed = previous === "backward" && step.direction === "backward" ? null : previous;
    return flowActivityTraversal(run, step.next, step.direction, stillReversed);
  }
  if (checkActivity(run, activity)) return refused(run, "SB.2.2-2", activity);
  if (activity.children.length === 0) {
    run.trace?.("SB.2.2", activity, `the walk ${direction} ends at an activity that can be delivered`);
    return { deliver: activity };
  }
  const step = flowTreeTraversal(run, activity, direction, "into", null);
  return "next" in step ? flowActivityTraversal(run, step.next, step.direction, turned(direction, step.direction)) : step;
}

function turned(before: Direction, after: Direction): Direction | null {
  return before === "backward" && after === "forward" ? "backward" : null;
}

function refused(run: SequencingRun, exception: "SB.2.2-1" | "SB.2.2-2", activity: Activity): Refusal {
  run.trace?.("SB.2.2", activity, exception === "SB.2.2-1" ? "its cluster has no flow" : "it is not to be entered, so the walk ends");
  return refusal(exception, activity);
}
