import { availableChildren, isAvailable } from "./children.ts";
import { preConditionHolds } from "./checks.ts";
import { refusal, type ExceptionCode, type Refusal } from "./exceptions.ts";
import { flow, type Direction, type Flow } from "./flow.ts";
import { currentOf, stateOf, type SequencingRun } from "./run.ts";
import { commonAncestor, isBelow, pathUpTo, type Activity } from "./tree.ts";

/** SB.2.9, Choice Sequencing Request Process: what choosing `target` delivers. A cluster without flow has nothing to show (SB.2.9-9). */
export function choiceSequencingRequest(run: SequencingRun, target: Activity): Flow {
  return refusedOnTheWay(run, target) ?? shownBy(run, target);
}

function shownBy(run: SequencingRun, target: Activity): Flow {
  if (target.children.length === 0) return { deliver: target };
  const inside = flow(run, target, "forward", "into");
  return "deliver" in inside ? inside : refused(run, "SB.2.9-9", target);
}

function refusedOnTheWay(run: SequencingRun, target: Activity): Refusal | null {
  if (!isAvailable(run, target)) return refused(run, "SB.2.9-2", target);
  const hidden = target.path.find((activity) => preConditionHolds(run, activity, "hiddenFromChoice"));
  if (hidden) return refused(run, "SB.2.9-3", hidden);
  if (target.parent && !target.parent.sequencing.controlMode.choice) return refused(run, "SB.2.9-4", target.parent);
  const current = currentOf(run);
  if (current === target) return null;
  if (!current) return refusedDownTo(run, run.tree.root, target, "forward");
  if (current.parent !== null && current.parent === target.parent) return refusedAmongSiblings(run, current, target);
  const ancestor = commonAncestor(current, target);
  if (ancestor === current) return refusedDownTo(run, ancestor, target, "forward");
  const unleft = pathUpTo(current, ancestor).find(({ sequencing }) => !sequencing.controlMode.choiceExit);
  if (unleft) return refused(run, "SB.2.9-7", unleft);
  if (ancestor === target) return null;
  const direction = isAfter(run, target, current) ? "forward" : "backward";
  return refusedByConstraint(run, current, ancestor, target) ?? refusedDownTo(run, ancestor, target, direction);
}

/** Between activities of one cluster: every one that is passed is asked. */
function refusedAmongSiblings(run: SequencingRun, current: Activity, target: Activity): Refusal | null {
  const siblings = current.parent ? availableChildren(run, current.parent) : [];
  const [from, to] = [siblings.indexOf(current), siblings.indexOf(target)];
  const passed = to > from ? siblings.slice(from, to) : siblings.slice(to + 1, from + 1);
  return firstRefusal(passed, (activity) => choiceActivityTraversal(run, activity, to > from ? "forward" : "backward"));
}

/** From a cluster down to what is in it: forward, no activity may stop it; either way, clusters that prevent activation must be at work. */
function refusedDownTo(run: SequencingRun, ancestor: Activity, target: Activity, direction: Direction): Refusal | null {
  return firstRefusal(target.path.slice(ancestor.depth, -1), (activity) => {
    const stopped = direction === "forward" ? choiceActivityTraversal(run, activity, "forward") : null;
    const prevents = activity !== ancestor && activity.sequencing.constrainedChoice.preventActivation && !stateOf(run, activity).active;
    return stopped ?? (prevents ? refused(run, "SB.2.9-6", activity) : null);
  });
}

/** constrainChoice, which clusters alone have: from within such a cluster only what comes directly before or behind it may be chosen. */
function refusedByConstraint(run: SequencingRun, current: Activity, ancestor: Activity, target: Activity): Refusal | null {
  const constrained = pathUpTo(current, ancestor).find(({ children, sequencing }) => children.length > 0 && sequencing.constrainedChoice.constrainChoice);
  if (!constrained) return null;
  const next = choiceFlow(run, constrained, isAfter(run, target, constrained) ? "forward" : "backward");
  const within = target === next || target === constrained || isBelow(target, next);
  return within ? null : refused(run, "SB.2.9-8", constrained);
}

/** SB.2.9.1, Choice Flow Subprocess: the activity next to a constrained one, or itself where there is none. */
function choiceFlow(run: SequencingRun, constrained: Activity, direction: Direction): Activity {
  return choiceFlowTreeTraversal(run, constrained, direction) ?? constrained;
}

/** SB.2.9.2, Choice Flow Tree Traversal Subprocess: the next activity in this direction, in this cluster or the ones above. */
function choiceFlowTreeTraversal(run: SequencingRun, activity: Activity, direction: Direction): Activity | null {
  if (activity.parent === null) return null;
  const siblings = availableChildren(run, activity.parent);
  const next = siblings[siblings.indexOf(activity) + (direction === "forward" ? 1 : -1)];
  return next ?? choiceFlowTreeTraversal(run, activity.parent, direction);
}

/** SB.2.4, Choice Activity Traversal Subprocess: why a choice cannot pass an activity, or null. */
function choiceActivityTraversal(run: SequencingRun, activity: Activity, direction: Direction): Refusal | null {
  if (direction === "forward") return preConditionHolds(run, activity, "stopForwardTraversal") ? refused(run, "SB.2.4-1", activity) : null;
  if (activity.parent === null) return refused(run, "SB.2.4-3", activity);
  return activity.parent.sequencing.controlMode.forwardOnly ? refused(run, "SB.2.4-2", activity) : null;
}

/** Whether one activity comes after another, neither being above the other, in the order of this attempt. */
function isAfter(run: SequencingRun, one: Activity, other: Activity): boolean {
  const ancestor = commonAncestor(one, other);
  const children = availableChildren(run, ancestor);
  const place = (activity: Activity) => children.indexOf(activity.path[ancestor.depth + 1] ?? activity);
  return place(one) > place(other);
}

function firstRefusal(activities: readonly Activity[], asked: (activity: Activity) => Refusal | null): Refusal | null {
  for (const activity of activities) {
    const refused = asked(activity);
    if (refused) return refused;
  }
  return null;
}

function refused(run: SequencingRun, exception: ExceptionCode, activity: Activity): Refusal {
  run.trace?.(exception.slice(0, exception.indexOf("-")), activity, `the choice is refused here (${exception})`);
  return refusal(exception, activity);
}
