import { stateOf, currentOf, type SequencingRun } from "./run.ts";
import { overallRollup } from "./rollup.ts";
import { completedOf, isCompletedByMeasure, record, satisfiedOf, settleByMeasure } from "./tracking.ts";
import { commonAncestor, pathUpTo, type Activity } from "./tree.ts";

/**
 * UP.4, End Attempt Process. Content that did not say whether it is complete and passed, and is not bound to, makes its activity complete and
 * satisfied; what content said to be unknown stays so.
 */
export function endAttempt(run: SequencingRun, activity: Activity): void {
  const state = stateOf(run, activity);
  if (activity.children.length > 0) state.suspended = activity.children.some((child) => stateOf(run, child).suspended);
  else if (!state.suspended) fillIn(run, activity);
  state.active = false;
  settleByMeasure(run, activity);
  run.trace?.("UP.4", activity, state.suspended ? "the attempt is suspended" : "the attempt has ended");
  overallRollup(run, activity);
}

function fillIn(run: SequencingRun, activity: Activity): void {
  const { tracked, completionSetByContent, objectiveSetByContent } = activity.sequencing.deliveryControls;
  const { saidUnknown } = stateOf(run, activity);
  if (!tracked) return;
  const mayComplete = !completionSetByContent && !saidUnknown.includes("completed") && !isCompletedByMeasure(run, activity);
  if (mayComplete && completedOf(run, activity) === undefined) {
    record(run, activity, activity.primary, "completed", true);
    run.trace?.("UP.4", activity, "content did not say whether it is complete, so it is");
  }
  const maySatisfy = !objectiveSetByContent && !saidUnknown.includes("satisfied") && !activity.primary.satisfiedByMeasure;
  if (!maySatisfy || satisfiedOf(run, activity) !== undefined) return;
  record(run, activity, activity.primary, "satisfied", true);
  run.trace?.("UP.4", activity, "content did not say whether it is passed, so it is");
}

/** UP.3, Terminate Descendent Attempts Process: ends what lies between the current activity and the common ancestor with `activity`, both not included. */
export function terminateDescendentAttempts(run: SequencingRun, activity: Activity): void {
  const current = currentOf(run);
  if (!current) return;
  for (const between of pathUpTo(current, commonAncestor(current, activity)).slice(1)) endAttempt(run, between);
}
