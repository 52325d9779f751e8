import { attemptLimitExceeded, conditionHolds, joined, timeLimitExceeded } from "./conditions.ts";
import type { PreConditionAction, Rule } from "./definition.ts";
import { stateOf, type SequencingRun } from "./run.ts";
import type { Activity } from "./tree.ts";

/** UP.1, Limit Conditions Check Process: whether a new attempt would go beyond a limit. Activities at work or suspended are not asked. */
function limitConditionsCheck(run: SequencingRun, activity: Activity): boolean {
  const { active, suspended } = stateOf(run, activity);
  if (!activity.sequencing.deliveryControls.tracked || active || suspended) return false;
  if (attemptLimitExceeded(run, activity)) {
    run.trace?.("UP.1", activity, `all ${activity.sequencing.limits.attemptLimit} attempts are used up`);
    return true;
  }
  if (run.switches.timeLimits === "told to content" || !timeLimitExceeded(run, activity)) return false;
  run.trace?.("UP.1", activity, "the time for an attempt is used up");
  return true;
}

/** UP.2, Sequencing Rules Check Process: the action of the first of these rules that holds, or null. */
export function sequencingRulesCheck<Action extends string>(run: SequencingRun, activity: Activity, rules: readonly Rule<Action>[]): Action | null {
  for (const rule of rules) {
    if (sequencingRuleCheck(run, activity, rule)) {
      run.trace?.("UP.2", activity, `the rule holds: ${rule.action}`, inWords(rule));
      return rule.action;
    }
  }
  return null;
}

/** UP.2.1, Sequencing Rule Check Subprocess: whether a rule's conditions hold; unknown is not enough. */
function sequencingRuleCheck(run: SequencingRun, activity: Activity, rule: Rule<string>): boolean {
  return joined(rule.combination, rule.conditions.map((condition) => conditionHolds(run, activity, condition))) === true;
}

/** The pre-condition rules of one action, applied by UP.2. */
export function preConditionHolds(run: SequencingRun, activity: Activity, action: PreConditionAction): boolean {
  const rules = activity.preConditions[action];
  return rules.length > 0 && answered(run, activity, action, () => sequencingRulesCheck(run, activity, rules) !== null);
}

/** UP.5, Check Activity Process: whether an activity is not to be entered, by a disabled rule or a limit. */
export function checkActivity(run: SequencingRun, activity: Activity): boolean {
  return answered(run, activity, "entry", () => preConditionHolds(run, activity, "disabled") || limitConditionsCheck(run, activity));
}

function answered({ answers }: SequencingRun, activity: Activity, question: PreConditionAction | "entry", find: () => boolean): boolean {
  if (!answers) return find();
  const known = answers.get(question) ?? new Map<Activity, boolean>();
  answers.set(question, known);
  const answer = known.get(activity) ?? find();
  known.set(activity, answer);
  return answer;
}

/** A rule as a sentence's part: "skip if satisfied and not completed". */
export function inWords(rule: Rule<string>): string {
  const conditions = rule.conditions.map(({ not, condition, objective, measureThreshold }) => {
    const about = objective === "" ? "" : ` of “${objective}”`;
    const bound = condition.endsWith("Than") ? ` ${measureThreshold}` : "";
    return `${not ? "not " : ""}${condition}${bound}${about}`;
  });
  return `${rule.action} if ${conditions.join(rule.combination === "any" ? " or " : " and ")}`;
}
