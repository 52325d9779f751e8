import { terminateDescendentAttempts } from "./attempts.ts";
import { checkActivity } from "./checks.ts";
import { turnToNextChildren } from "./children.ts";
import type { ObjectiveField } from "./definition.ts";
import { refusal, type Refusal } from "./exceptions.ts";
import { activityOf, currentOf, stateOf, type SequencingRun } from "./run.ts";
import { emptyObjectives } from "./state.ts";
import { commonAncestor, pathUpTo, type Activity } from "./tree.ts";

/** DB.1.1, Delivery Request Process: why an activity cannot be delivered, or null. */
export function deliveryRequest(run: SequencingRun, activity: Activity): Refusal | null {
  if (activity.children.length > 0) return refusal("DB.1.1-1", activity);
  const closed = activity.path.find((step) => checkActivity(run, step));
  return closed ? refusal("DB.1.1-3", closed) : null;
}

/** DB.2, Content Delivery Environment Process: begins or resumes attempts from the root down to the activity, which becomes the current one. */
export function contentDeliveryEnvironment(run: SequencingRun, activity: Activity): Refusal | null {
  const current = currentOf(run);
  if (current && stateOf(run, current).active) return refusal("DB.2-1", current);
  if (run.state.suspended !== activity.id) clearSuspendedActivity(run, activity);
  terminateDescendentAttempts(run, activity);
  for (const step of activity.path) begin(run, step);
  run.state.current = activity.id;
  run.state.suspended = null;
  return null;
}

function begin(run: SequencingRun, activity: Activity): void {
  const state = stateOf(run, activity);
  if (state.active) return;
  const resumed = state.suspended;
  Object.assign(state, { active: true, suspended: false });
  if (!resumed) beginAttempt(run, activity);
  run.trace?.("DB.2", activity, resumed ? `attempt ${state.begun} is resumed` : `attempt ${state.begun} begins`);
}

/** A new attempt knows nothing of its own yet; nor of its children's, where only what they did in it is to count (useCurrentAttempt…Info). */
function beginAttempt(run: SequencingRun, activity: Activity): void {
  const state = stateOf(run, activity);
  state.begun += 1;
  if (activity.sequencing.deliveryControls.tracked) state.attempts += 1;
  state.attemptStartedMs = run.nowMs;
  state.saidUnknown = [];
  state.objectives = emptyObjectives(activity);
  turnToNextChildren(run, activity);
  forgetBelow(run, activity);
}

/**
 * useCurrentAttemptObjectiveInfo and …ProgressInfo: what children did in an earlier attempt of their cluster no longer counts in this one. What
 * lies deeper is forgotten only below a child that forgets, and as that child's own control mode has it.
 */
function forgetBelow(run: SequencingRun, cluster: Activity, fields: readonly ObjectiveField[] = [...objectiveFields, ...progressFields]): void {
  const { useCurrentAttemptObjectiveInfo, useCurrentAttemptProgressInfo } = cluster.sequencing.controlMode;
  const forgotten = fields.filter((field) => (isOfProgress(field) ? useCurrentAttemptProgressInfo : useCurrentAttemptObjectiveInfo));
  if (forgotten.length === 0) return;
  for (const child of cluster.children) {
    for (const status of Object.values(stateOf(run, child).objectives)) for (const field of forgotten) delete status[field];
    forgetBelow(run, child, forgotten);
  }
}

const objectiveFields = ["satisfied", "measure", "raw", "min", "max"] as const;
const progressFields = ["completed", "progress"] as const;
const isOfProgress = (field: ObjectiveField) => field === "completed" || field === "progress";

/** DB.2.1, Clear Suspended Activity Subprocess: what was suspended elsewhere is so no longer; the clusters around both go on. */
function clearSuspendedActivity(run: SequencingRun, activity: Activity): void {
  const suspended = activityOf(run, run.state.suspended);
  if (!suspended) return;
  const ancestor = commonAncestor(activity, suspended);
  for (const step of pathUpTo(suspended, ancestor)) {
    const state = stateOf(run, step);
    state.suspended = step.children.some((child) => stateOf(run, child).suspended);
  }
  run.trace?.("DB.2.1", suspended, "it is suspended no longer, for another activity is delivered");
}
