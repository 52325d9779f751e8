import { attemptedChildren } from "./children.ts";
import { inWords } from "./checks.ts";
import type { RollupAction, RollupRule } from "./definition.ts";
import { rollupRuleCheck } from "./rollup-rules.ts";
import type { SequencingRun } from "./run.ts";
import { isCompletedByMeasure, measureOf, progressOf, record, settleByMeasure } from "./tracking.ts";
import type { Activity } from "./tree.ts";

/**
 * RB.1.5, Overall Rollup Process: from the activity up to the root, and then wherever a shared objective that was written is read by a child's
 * primary objective, until nothing more changes (bounded by the tree's depth).
 */
export function overallRollup(run: SequencingRun, activity: Activity): void {
  const before = activity.children.length > 0 ? activity.path : activity.path.slice(0, -1);
  let pending = before;
  for (let round = 0; pending.length > 0 && round <= run.tree.activities.length; round += 1) {
    for (const cluster of [...pending].sort((one, other) => other.depth - one.depth)) rollUp(run, cluster);
    pending = clustersReading(run);
    run.written.clear();
  }
}

/** The clusters with a child that reads what was written, and all above them. */
function clustersReading({ tree, written }: SequencingRun): readonly Activity[] {
  const readers = [...written].flatMap((target) => tree.readers.get(target) ?? []);
  return [...new Set(readers.flatMap(({ path }) => path.slice(0, -1)))];
}

function rollUp(run: SequencingRun, cluster: Activity): void {
  if (!cluster.sequencing.deliveryControls.tracked) return;
  measureRollup(run, cluster);
  completionMeasureRollup(run, cluster);
  if (cluster.primary.satisfiedByMeasure) objectiveRollupUsingMeasure(run, cluster);
  else objectiveRollupUsingRules(run, cluster);
  if (isCompletedByMeasure(run, cluster)) activityProgressRollupUsingMeasure(run, cluster);
  else activityProgressRollupUsingRules(run, cluster);
}

/** RB.1.1 a, Measure Rollup Process: the children's measures by their weights; a child without one counts as 0, all without one make it unknown. */
function measureRollup(run: SequencingRun, cluster: Activity): void {
  const parts = attemptedChildren(run, cluster).filter(isTracked);
  const measure = weighted(parts.map((child) => [measureOf(run, child), child.sequencing.rollup.objectiveMeasureWeight]));
  record(run, cluster, cluster.primary, "measure", measure);
  if (measure !== undefined) run.trace?.("RB.1.1 a", cluster, `the measure is ${measure}`);
}

/** RB.1.1 b, Completion Measure Rollup Process (4th edition). */
function completionMeasureRollup(run: SequencingRun, cluster: Activity): void {
  if (!run.switches.completionByMeasure) return;
  const parts = attemptedChildren(run, cluster).filter(isTracked);
  const progress = weighted(parts.map((child) => [progressOf(run, child), child.sequencing.completion.progressWeight]));
  record(run, cluster, cluster.primary, "progress", progress);
  if (progress !== undefined) run.trace?.("RB.1.1 b", cluster, `the progress measure is ${progress}`);
}

/** RB.1.2 a, Objective Rollup Using Measure Process. */
function objectiveRollupUsingMeasure(run: SequencingRun, cluster: Activity): void {
  settleByMeasure(run, cluster);
  run.trace?.("RB.1.2 a", cluster, "whether it is satisfied is decided by its measure");
}

/** RB.1.2 b, Objective Rollup Using Rules Process: where both may hold, satisfied wins. */
function objectiveRollupUsingRules(run: SequencingRun, cluster: Activity): void {
  rollUpUsingRules(run, cluster, { process: "RB.1.2 b", field: "satisfied", actions: ["satisfied", "notSatisfied"], otherwise: defaultObjectiveRules });
}

/** RB.1.3 a, Activity Progress Rollup Using Measure Process (4th edition). */
function activityProgressRollupUsingMeasure(run: SequencingRun, cluster: Activity): void {
  settleByMeasure(run, cluster);
  run.trace?.("RB.1.3 a", cluster, "whether it is complete is decided by its progress measure");
}

/** RB.1.3 b, Activity Progress Rollup Using Rules Process: where both may hold, completed wins. */
function activityProgressRollupUsingRules(run: SequencingRun, cluster: Activity): void {
  rollUpUsingRules(run, cluster, { process: "RB.1.3 b", field: "completed", actions: ["completed", "incomplete"], otherwise: defaultProgressRules });
}

interface RuledRollup {
  process: string;
  field: "satisfied" | "completed";
  /** What makes the field true, and what makes it false; the first goes before the second. */
  actions: readonly [RollupAction, RollupAction];
  /** The rules that hold without a word. */
  otherwise: readonly RollupRule[];
}

function rollUpUsingRules(run: SequencingRun, cluster: Activity, { process, field, actions, otherwise }: RuledRollup): void {
  const own = cluster.sequencing.rollupRules.filter(({ action }) => actions.includes(action));
  const rules = own.length > 0 ? own : otherwise;
  const action = actions.find((one) => holds(run, cluster, rules, one, process));
  if (action) record(run, cluster, cluster.primary, field, action === actions[0]);
}

function holds(run: SequencingRun, cluster: Activity, rules: readonly RollupRule[], action: RollupAction, process: string): boolean {
  const rule = rollupRuleCheck(run, cluster, rules, action);
  if (rule) run.trace?.(process, cluster, `it becomes ${action}`, `${rule.childActivitySet} children: ${inWords(withObjectives(rule))}`);
  return rule !== null;
}

function defaultRule(action: RollupAction, condition: "satisfied" | "objectiveStatusKnown" | "completed" | "activityProgressKnown"): RollupRule {
  return { action, childActivitySet: "all", minimumCount: 0, minimumPercent: 0, combination: "any", conditions: [{ condition, not: false }] };
}

const defaultObjectiveRules = [defaultRule("satisfied", "satisfied"), defaultRule("notSatisfied", "objectiveStatusKnown")];
const defaultProgressRules = [defaultRule("completed", "completed"), defaultRule("incomplete", "activityProgressKnown")];

function withObjectives(rule: RollupRule) {
  return { ...rule, conditions: rule.conditions.map((condition) => ({ ...condition, objective: "", measureThreshold: 0 })) };
}

function isTracked({ sequencing }: Activity): boolean {
  return sequencing.deliveryControls.tracked;
}

function weighted(parts: readonly (readonly [measure: number | undefined, weight: number])[]): number | undefined {
  const weights = parts.reduce((sum, [, weight]) => sum + weight, 0);
  if (weights === 0 || parts.every(([measure]) => measure === undefined)) return undefined;
  return parts.reduce((sum, [measure, weight]) => sum + (measure ?? 0) * weight, 0) / weights;
}
