import { attemptedChildren } from "./children.ts";
import { preConditionHolds } from "./checks.ts";
import { conditionHolds, joined, type Truth } from "./conditions.ts";
import type { Required, RollupAction, RollupRule } from "./definition.ts";
import { stateOf, type SequencingRun } from "./run.ts";
import type { Activity } from "./tree.ts";

/** RB.1.4, Rollup Rule Check Subprocess: the first rule of this action that holds for a cluster, or null. Where no child counts, "all" and "none" hold. */
export function rollupRuleCheck(run: SequencingRun, cluster: Activity, rules: readonly RollupRule[], action: RollupAction): RollupRule | null {
  const asked = rules.filter((rule) => rule.action === action);
  if (asked.length === 0) return null;
  const counted = attemptedChildren(run, cluster).filter((child) => checkChildForRollup(run, child, action));
  return asked.find((rule) => holdsFor(rule, counted.map((child) => evaluateRollupConditions(run, child, rule)))) ?? null;
}

function holdsFor({ childActivitySet, minimumCount, minimumPercent }: RollupRule, truths: readonly Truth[]): boolean {
  const known = truths.some((truth) => truth !== undefined);
  const count = truths.filter((truth) => truth === true).length;
  switch (childActivitySet) {
    case "all":
      return count === truths.length;
    case "any":
      return count > 0;
    case "none":
      return truths.every((truth) => truth === false);
    case "atLeastCount":
      return known && count >= minimumCount;
    case "atLeastPercent":
      return known && count / truths.length >= minimumPercent;
  }
}

/** RB.1.4.1, Evaluate Rollup Conditions Subprocess: a rule's conditions for one child. */
function evaluateRollupConditions(run: SequencingRun, child: Activity, rule: RollupRule): Truth {
  const truths = rule.conditions.map(({ condition, not }) => conditionHolds(run, child, { condition, not, objective: "", measureThreshold: 0 }));
  return joined(rule.combination, truths);
}

/** RB.1.4.2, Check Child for Rollup Subprocess: whether a child counts for an action. */
function checkChildForRollup(run: SequencingRun, child: Activity, action: RollupAction): boolean {
  const { deliveryControls, rollup, rollupConsiderations: considerations } = child.sequencing;
  const contributes = action === "satisfied" || action === "notSatisfied" ? rollup.objectiveSatisfied : rollup.progressCompletion;
  return deliveryControls.tracked && contributes && isRequired(run, child, considerations[requirementOf[action]]);
}

const requirementOf = {
  satisfied: "requiredForSatisfied",
  notSatisfied: "requiredForNotSatisfied",
  completed: "requiredForCompleted",
  incomplete: "requiredForIncomplete",
} as const;

function isRequired(run: SequencingRun, child: Activity, required: Required): boolean {
  const { attempts, suspended } = stateOf(run, child);
  switch (required) {
    case "always":
      return true;
    case "ifAttempted":
      return attempts > 0;
    case "ifNotSuspended":
      return attempts === 0 || !suspended;
    case "ifNotSkipped":
      return !preConditionHolds(run, child, "skip");
  }
}
