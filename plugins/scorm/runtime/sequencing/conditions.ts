import type { RuleCondition, RuleConditionKind } from "./definition.ts";
import { stateOf, type SequencingRun } from "./run.ts";
import { completedOf, measureOf, satisfiedOf } from "./tracking.ts";
import type { Activity, TreeObjective } from "./tree.ts";

/** True, false, or undefined for "unknown". */
export type Truth = boolean | undefined;

/** One condition of a sequencing rule, its operator applied (S&N, table of rule conditions). An unknown stays unknown when negated. */
export function conditionHolds(run: SequencingRun, activity: Activity, condition: RuleCondition): Truth {
  const truth = evaluate[condition.condition](run, activity, objectiveOf(activity, condition.objective), condition.measureThreshold);
  return condition.not && truth !== undefined ? !truth : truth;
}

/** Conditions joined: "any" is true with one that is, "all" false with one that is; no conditions are unknown. */
export function joined(combination: "any" | "all", truths: readonly Truth[]): Truth {
  const decisive = combination === "any";
  if (truths.includes(decisive)) return decisive;
  return truths.length === 0 || truths.includes(undefined) ? undefined : !decisive;
}

/** Whether the attempts that an activity's limit allows are used up. */
export function attemptLimitExceeded(run: SequencingRun, activity: Activity): boolean {
  const { attemptLimit } = activity.sequencing.limits;
  return attemptLimit !== null && stateOf(run, activity).attempts >= attemptLimit;
}

/** Whether the current attempt has lasted as long as its limit allows. */
export function timeLimitExceeded(run: SequencingRun, activity: Activity): boolean {
  const { attemptAbsoluteDurationMs: limitMs } = activity.sequencing.limits;
  const { attemptStartedMs } = stateOf(run, activity);
  return limitMs !== null && attemptStartedMs !== null && run.nowMs - attemptStartedMs >= limitMs;
}

function objectiveOf(activity: Activity, id: string): TreeObjective {
  return (id === "" ? undefined : activity.objectives.find((objective) => objective.id === id)) ?? activity.primary;
}

type Evaluation = (run: SequencingRun, activity: Activity, objective: TreeObjective, threshold: number) => Truth;

const compared = (holds: (measure: number, threshold: number) => boolean): Evaluation => (run, activity, objective, threshold) => {
  const measure = measureOf(run, activity, objective);
  return measure === undefined ? undefined : holds(measure, threshold);
};

const evaluate: Record<RuleConditionKind, Evaluation> = {
  satisfied: satisfiedOf,
  objectiveStatusKnown: (run, activity, objective) => satisfiedOf(run, activity, objective) !== undefined,
  objectiveMeasureKnown: (run, activity, objective) => measureOf(run, activity, objective) !== undefined,
  objectiveMeasureGreaterThan: compared((measure, threshold) => measure > threshold),
  objectiveMeasureLessThan: compared((measure, threshold) => measure < threshold),
  completed: completedOf,
  activityProgressKnown: (run, activity, objective) => completedOf(run, activity, objective) !== undefined,
  attempted: (run, activity) => stateOf(run, activity).attempts > 0,
  attemptLimitExceeded: (run, activity) => (activity.sequencing.limits.attemptLimit === null ? undefined : attemptLimitExceeded(run, activity)),
  timeLimitExceeded: (run, activity) => (activity.sequencing.limits.attemptAbsoluteDurationMs === null ? undefined : timeLimitExceeded(run, activity)),
  outsideAvailableTimeRange: () => undefined,
  always: () => true,
  never: () => false,
};
