import type { ObjectiveField } from "./definition.ts";
import { stateOf, type SequencingRun } from "./run.ts";
import { put, type ObjectiveStatus, type ObjectiveValue } from "./state.ts";
import type { Activity, TreeObjective } from "./tree.ts";

/**
 * What is known of a field; undefined is "unknown". Where a map reads a shared objective, that one's value holds instead of the activity's own,
 * and that it is unknown holds too; only completion and progress are the activity's own as long as nobody shares any.
 */
export function fieldOf<Field extends ObjectiveField>(run: SequencingRun, activity: Activity, objective: TreeObjective, field: Field): ObjectiveStatus[Field] {
  const source = objective.reads.get(field);
  const shared = source === undefined ? undefined : run.shared[source]?.[field];
  const ownCounts = source === undefined || field === "completed" || field === "progress";
  return shared ?? (ownCounts ? stateOf(run, activity).objectives[objective.id]?.[field] : undefined);
}

/** Whether an objective is satisfied. Activities that are not tracked know nothing. */
export function satisfiedOf(run: SequencingRun, activity: Activity, objective = activity.primary): boolean | undefined {
  return activity.sequencing.deliveryControls.tracked ? satisfiedAsRead(run, activity, objective) : undefined;
}

/** Whether an objective is satisfied as content reads it, tracked or not; decided by its measure where the manifest says so. */
export function satisfiedAsRead(run: SequencingRun, activity: Activity, objective: TreeObjective): boolean | undefined {
  if (!objective.satisfiedByMeasure) return fieldOf(run, activity, objective, "satisfied");
  if (objective.primary && isStillOpen(run, activity)) return undefined;
  const measure = fieldOf(run, activity, objective, "measure");
  return measure === undefined ? undefined : measure >= objective.minNormalizedMeasure;
}

/** An objective's normalized measure. */
export function measureOf(run: SequencingRun, activity: Activity, objective = activity.primary): number | undefined {
  return activity.sequencing.deliveryControls.tracked ? fieldOf(run, activity, objective, "measure") : undefined;
}

/** Whether an activity (or, in the 4th edition, one of its objectives) is complete; the activity's decided by its progress measure where the manifest says so. */
export function completedOf(run: SequencingRun, activity: Activity, objective = activity.primary): boolean | undefined {
  if (!activity.sequencing.deliveryControls.tracked) return undefined;
  if (!objective.primary || !isCompletedByMeasure(run, activity)) return fieldOf(run, activity, objective, "completed");
  const progress = fieldOf(run, activity, objective, "progress");
  return progress === undefined ? undefined : progress >= activity.sequencing.completion.minProgressMeasure;
}

/** How much of an activity is done, 0 to 1. */
export function progressOf(run: SequencingRun, activity: Activity, objective = activity.primary): number | undefined {
  return activity.sequencing.deliveryControls.tracked ? fieldOf(run, activity, objective, "progress") : undefined;
}

/**
 * Sets a field of an activity's own objective (undefined: unknown again) and of the shared ones that its maps write. Without effect on
 * activities that are not tracked. What was never known here is not forgotten elsewhere.
 */
export function record(run: SequencingRun, activity: Activity, objective: TreeObjective, field: ObjectiveField, value: ObjectiveValue): void {
  const own = stateOf(run, activity).objectives[objective.id];
  if (value !== undefined || own?.[field] !== undefined) write(run, activity, objective, field, value);
}

/** Makes a field unknown, here and in the shared objectives that its maps write, whoever set it: what content does by saying "unknown". */
export function recordUnknown(run: SequencingRun, activity: Activity, objective: TreeObjective, field: ObjectiveField): void {
  write(run, activity, objective, field, undefined);
}

function write(run: SequencingRun, activity: Activity, objective: TreeObjective, field: ObjectiveField, value: ObjectiveValue): void {
  const own = stateOf(run, activity).objectives[objective.id];
  if (!own || !activity.sequencing.deliveryControls.tracked) return;
  put(own, field, value);
  for (const target of objective.writes.get(field) ?? []) {
    const shared = (run.shared[target] ??= {});
    if (!put(shared, field, value)) continue;
    run.written.add(target);
    run.trace?.("TM", activity, `shared objective “${target}”: ${field} is ${value ?? "unknown"}`);
  }
}

/** Brings the fields that measures decide up to date, so that maps and reports carry them. */
export function settleByMeasure(run: SequencingRun, activity: Activity): void {
  for (const objective of activity.objectives) {
    if (objective.satisfiedByMeasure) record(run, activity, objective, "satisfied", satisfiedOf(run, activity, objective));
  }
  if (isCompletedByMeasure(run, activity)) record(run, activity, activity.primary, "completed", completedOf(run, activity));
}

/** Whether progress measures decide an activity's completion. */
export function isCompletedByMeasure(run: SequencingRun, activity: Activity): boolean {
  return activity.sequencing.completion.completedByMeasure && run.switches.completionByMeasure;
}

/** A cluster still at work whose measure is not to decide whether it is satisfied before it is left (measureSatisfactionIfActive, RB.1.2 a). */
function isStillOpen(run: SequencingRun, activity: Activity): boolean {
  return activity.children.length > 0 && !activity.sequencing.rollupConsiderations.measureSatisfactionIfActive && stateOf(run, activity).active;
}
