import type { XmlElement } from "cadre";
import { defaultSequencing, type RollupRule, type Sequencing } from "../runtime/sequencing/definition.ts";
import { attributesOf } from "./attributes.ts";
import type { Findings } from "./diagnostics.ts";
import { childOf, childrenOf } from "./elements.ts";
import { readConditionKind } from "./sequencing-rules.ts";

const actions = ["satisfied", "notSatisfied", "completed", "incomplete"] as const;
const sets = ["all", "any", "none", "atLeastCount", "atLeastPercent"] as const;
const requirements = ["always", "ifAttempted", "ifNotSkipped", "ifNotSuspended"] as const;

/** Reads imsss:rollupRules: the rules, and how the activity itself counts in its cluster. */
export function readRollupRules(section: XmlElement | undefined, findings: Findings): Pick<Sequencing, "rollup" | "rollupRules"> {
  const attributes = attributesOf(section, findings);
  return {
    rollupRules: (section ? childrenOf(section, "rollupRule") : []).flatMap((element) => readRollupRule(element, findings) ?? []),
    rollup: {
      objectiveSatisfied: attributes.truth("rollupObjectiveSatisfied", true),
      progressCompletion: attributes.truth("rollupProgressCompletion", true),
      objectiveMeasureWeight: attributes.number("objectiveMeasureWeight", 0, 1, 1),
    },
  };
}

function readRollupRule(element: XmlElement, findings: Findings): RollupRule | null {
  const attributes = attributesOf(element, findings);
  const action = attributesOf(childOf(element, "rollupAction"), findings).word("action", actions, null);
  const section = childOf(element, "rollupConditions");
  const conditions = (section ? childrenOf(section, "rollupCondition") : []).map((condition) => readConditionKind(condition, findings));
  const whole = conditions.filter((condition) => condition !== null);
  if (action === null || whole.length < conditions.length) return null;
  return {
    action,
    childActivitySet: attributes.word("childActivitySet", sets, "all"),
    minimumCount: attributes.count("minimumCount", 0),
    minimumPercent: attributes.number("minimumPercent", 0, 1, 0),
    combination: attributesOf(section, findings).word("conditionCombination", ["any", "all"], "any"),
    conditions: whole,
  };
}

/** Reads adlseq:rollupConsiderations. */
export function readRollupConsiderations(element: XmlElement | undefined, findings: Findings): Sequencing["rollupConsiderations"] {
  const attributes = attributesOf(element, findings);
  const required = (name: string) => attributes.word(name, requirements, "always");
  return {
    requiredForSatisfied: required("requiredForSatisfied"),
    requiredForNotSatisfied: required("requiredForNotSatisfied"),
    requiredForCompleted: required("requiredForCompleted"),
    requiredForIncomplete: required("requiredForIncomplete"),
    measureSatisfactionIfActive: attributes.truth("measureSatisfactionIfActive", defaultSequencing().rollupConsiderations.measureSatisfactionIfActive),
  };
}
