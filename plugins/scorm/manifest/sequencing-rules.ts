import type { XmlElement } from "cadre";
import type { Rule, RuleCondition, RuleConditionKind } from "../runtime/sequencing/definition.ts";
import { attributesOf } from "./attributes.ts";
import type { Findings } from "./diagnostics.ts";
import { childOf, childrenOf, identifierOf } from "./elements.ts";

const kinds: readonly RuleConditionKind[] = [
  "satisfied",
  "objectiveStatusKnown",
  "objectiveMeasureKnown",
  "objectiveMeasureGreaterThan",
  "objectiveMeasureLessThan",
  "completed",
  "activityProgressKnown",
  "attempted",
  "attemptLimitExceeded",
  "timeLimitExceeded",
  "outsideAvailableTimeRange",
  "always",
  "never",
];

/** Reads the rules of one kind; a rule without an action or with a condition that nobody knows is left out, for it would mean something else. */
export function readRules<Action extends string>(
  section: XmlElement | undefined,
  name: string,
  actions: readonly Action[],
  objectives: ReadonlySet<string>,
  findings: Findings,
): Rule<Action>[] {
  return (section ? childrenOf(section, name) : []).flatMap((element) => {
    const action = attributesOf(childOf(element, "ruleAction"), findings).word("action", actions, null);
    const section = childOf(element, "ruleConditions");
    const conditions = (section ? childrenOf(section, "ruleCondition") : []).map((condition) => readCondition(condition, objectives, findings));
    const combination = attributesOf(section, findings).word("conditionCombination", ["any", "all"], "all");
    const whole = conditions.filter((condition) => condition !== null);
    return action !== null && whole.length === conditions.length ? [{ action, combination, conditions: whole }] : [];
  });
}

/** The condition and operator that rules of both kinds have; null where nobody knows the condition. */
export function readConditionKind(element: XmlElement, findings: Findings): Pick<RuleCondition, "condition" | "not"> | null {
  const attributes = attributesOf(element, findings);
  const condition = attributes.word("condition", kinds, null);
  const not = attributes.word("operator", ["noOp", "not"], "noOp") === "not";
  return condition === null ? null : { condition, not };
}

function readCondition(element: XmlElement, objectives: ReadonlySet<string>, findings: Findings): RuleCondition | null {
  const kind = readConditionKind(element, findings);
  const wanted = identifierOf(element, "referencedObjective", findings);
  const objective = objectives.has(wanted) ? wanted : "";
  if (objective !== wanted) findings.say("scorm_objective_unknown", element, { wanted, meant: "the primary one is meant" });
  return kind && { ...kind, objective, measureThreshold: attributesOf(element, findings).number("measureThreshold", -1, 1, 0) };
}
