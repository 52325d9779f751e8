import type { ObjectiveOutcome2004, Outcome2004 } from "../scorm2004/index.ts";
import { record, recordUnknown } from "../sequencing/tracking.ts";
import { stateOf, type Activity, type ObjectiveField, type SequencingRun } from "../sequencing/index.ts";
import type { TreeObjective } from "../sequencing/tree.ts";

/**
 * Carries what content said into the tracking of its activity (RTE 4.2, "mapping to sequencing"): its objectives with all that is known of them,
 * preset or not (so that what one map reads another writes), and for the primary one cmi.success_status and its like; there a success that
 * content set in cmi.objectives goes before.
 */
export function transfer(run: SequencingRun, activity: Activity, outcome: Outcome2004): void {
  const state = stateOf(run, activity);
  state.suspended = outcome.exit === "suspend";
  state.saidUnknown = [];
  for (const objective of activity.objectives) {
    const said = objective.id === "" ? undefined : outcome.objectives[objective.id];
    if (said) transferObjective(run, activity, objective, said);
  }
  transferPrimary(run, activity, outcome);
}

function transferObjective(run: SequencingRun, activity: Activity, objective: TreeObjective, said: ObjectiveOutcome2004): void {
  const touched = new Set(said.touched);
  const speaks = (member: string, known: boolean) => touched.has(member) || known;
  const put = (member: string, field: ObjectiveField, value: number | null) => {
    if (speaks(member, value !== null)) record(run, activity, objective, field, value ?? undefined);
  };
  put("score.scaled", "measure", said.scaled);
  put("score.raw", "raw", said.raw);
  put("score.min", "min", said.min);
  put("score.max", "max", said.max);
  put("progress_measure", "progress", said.progress);
  const { success, completion } = said;
  if (speaks("success_status", success !== "unknown") && !objective.satisfiedByMeasure) setStatus(run, activity, objective, "satisfied", satisfied(success));
  if (speaks("completion_status", completion !== "unknown")) setStatus(run, activity, objective, "completed", completed(completion));
}

function transferPrimary(run: SequencingRun, activity: Activity, outcome: Outcome2004): void {
  const { primary } = activity;
  const own = outcome.objectives[primary.id];
  const numbers = { measure: outcome.measure, raw: outcome.raw, min: outcome.min, max: outcome.max, progress: outcome.progressMeasure } as const;
  for (const [field, value] of Object.entries(numbers)) if (value !== null) record(run, activity, primary, field as ObjectiveField, value);
  const { said: success } = outcome.successStatus;
  const recorded = primary.id !== "" && own?.touched.includes("success_status") === true;
  if (success !== null && !recorded && !primary.satisfiedByMeasure) setStatus(run, activity, primary, "satisfied", satisfied(success));
  const { said: completion } = outcome.completionStatus;
  if (completion !== null) setStatus(run, activity, primary, "completed", completed(completion));
}

/** A status that content set; "unknown" in so many words also forbids to fill it in. */
function setStatus(run: SequencingRun, activity: Activity, objective: TreeObjective, field: "satisfied" | "completed", value: boolean | undefined): void {
  if (value !== undefined) return record(run, activity, objective, field, value);
  recordUnknown(run, activity, objective, field);
  if (objective.primary) stateOf(run, activity).saidUnknown.push(field);
}

function satisfied(status: ObjectiveOutcome2004["success"]): boolean | undefined {
  return status === "unknown" ? undefined : status === "passed";
}

function completed(status: ObjectiveOutcome2004["completion"]): boolean | undefined {
  return status === "unknown" ? undefined : status === "completed";
}
