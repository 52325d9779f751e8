import type { Control, Course2004, CourseItem } from "../../../plugins/scorm/runtime/engine/index.ts";
import { defaultSequencing, primaryObjective, type Objective, type Sequencing } from "../../../plugins/scorm/runtime/sequencing/index.ts";
import type { PostConditionAction, PreConditionAction, RollupRule, Rule, RuleCondition, Timing } from "../../../plugins/scorm/runtime/sequencing/definition.ts";

/** What a test says of an activity; the rest is as the standard has it by default. Clusters flow unless told otherwise. */
export interface Settings extends Partial<Sequencing["controlMode"]>, Partial<Sequencing["constrainedChoice"]>, Partial<Sequencing["rollupConsiderations"]>, Partial<Sequencing["deliveryControls"]> {
  /** "skip if satisfied and not completed of o1": pre-, exit and post-condition rules. */
  rules?: string[];
  /** "completed if any satisfied": "all", "any", "none", a count or a percentage. */
  rollup?: string[];
  attempts?: number;
  limitMs?: number;
  weight?: number;
  /** Whether it counts in its cluster's satisfaction and completion. */
  contributes?: boolean;
  primary?: Partial<Objective>;
  objectives?: (Partial<Objective> & { id: string })[];
  completion?: Partial<Sequencing["completion"]>;
  select?: [count: number, timing: Timing];
  shuffle?: Timing;
  hides?: Control[];
  visible?: boolean;
}

const leafless = { visible: true, scormType: "sco", hiddenControls: [], dataFromLms: "", timeLimitAction: "", maxTimeAllowed: "", completionThreshold: null, sharedData: [] } as const;

/** An activity; a cluster if there are children. */
export function activity(identifier: string, settings: Settings = {}, ...children: CourseItem[]): CourseItem {
  const { visible = true, hides = [] } = settings;
  const sequencing = sequencingOf(settings, children.length > 0);
  const { completedByMeasure, minProgressMeasure } = sequencing.completion;
  const completionThreshold = completedByMeasure ? minProgressMeasure : null;
  return { ...leafless, identifier, title: identifier, visible, hiddenControls: hides, completionThreshold, sharedData: [], sequencing, children };
}

/** A course of these activities; its root is called "course". */
export function course(settings: Settings & Partial<Pick<Course2004, "edition" | "objectivesGlobalToSystem">>, ...items: CourseItem[]): Course2004 {
  const { edition = "4th", objectivesGlobalToSystem = true } = settings;
  const scopes = { objectivesGlobalToSystem, sharedDataGlobalToSystem: true };
  return { edition, identifier: "course", title: "Course", sequencing: sequencingOf(settings, true), ...scopes, items };
}

/** Activities about which nothing is said. */
export function plain(...identifiers: string[]): CourseItem[] {
  return identifiers.map((identifier) => activity(identifier));
}

/** What a map reads of, and writes to, a shared objective. */
export function mapTo(target: string, maps: Partial<Omit<Objective["maps"][number], "target">>): Objective["maps"] {
  return [{ target, read: [], write: [], ...maps }];
}

function sequencingOf(settings: Settings, isCluster: boolean): Sequencing {
  const given = { flow: isCluster, ...settings };
  const all = defaultSequencing();
  const over = <Section extends object>(section: Section): Section =>
    Object.fromEntries(Object.entries(section).map(([name, value]) => [name, (given as Record<string, unknown>)[name] ?? value])) as Section;
  const rules = (settings.rules ?? []).map(ruleOf);
  const of = <Action extends string>(actions: readonly string[]) => rules.filter(({ action }) => actions.includes(action)) as Rule<Action>[];
  return {
    ...all,
    controlMode: over(all.controlMode),
    constrainedChoice: over(all.constrainedChoice),
    rollupConsiderations: over(all.rollupConsiderations),
    deliveryControls: over(all.deliveryControls),
    preConditionRules: of<PreConditionAction>(["skip", "disabled", "hiddenFromChoice", "stopForwardTraversal"]),
    exitConditionRules: of<"exit">(["exit"]),
    postConditionRules: of<PostConditionAction>(["exitParent", "exitAll", "retry", "retryAll", "continue", "previous"]),
    limits: { attemptLimit: settings.attempts ?? null, attemptAbsoluteDurationMs: settings.limitMs ?? null },
    rollupRules: (settings.rollup ?? []).map(rollupRuleOf),
    rollup: { objectiveSatisfied: settings.contributes ?? true, progressCompletion: settings.contributes ?? true, objectiveMeasureWeight: settings.weight ?? 1 },
    objectives: [{ ...primaryObjective(), ...settings.primary }, ...(settings.objectives ?? []).map((one) => ({ ...primaryObjective(), primary: false, ...one }))],
    randomization: {
      selectionTiming: settings.select?.[1] ?? "never",
      selectCount: settings.select?.[0] ?? null,
      randomizationTiming: settings.shuffle ?? "never",
      reorderChildren: settings.shuffle !== undefined,
    },
    completion: { ...all.completion, ...settings.completion },
  };
}

function ruleOf(text: string): Rule<string> {
  const [, action = "", said = ""] = /^(\w+) if (.*)$/.exec(text) ?? [];
  return { action, ...conditionsOf(said) };
}

function rollupRuleOf(text: string): RollupRule {
  const [, action = "", set = "", said = ""] = /^(\w+) if (all|any|none|[\d.]+%?) (.*)$/.exec(text) ?? [];
  const percent = set.endsWith("%");
  const childActivitySet = /^\d/.test(set) ? (percent ? "atLeastPercent" : "atLeastCount") : (set as "all");
  const number = Number.parseFloat(set) || 0;
  return { action: action as RollupRule["action"], childActivitySet, minimumCount: percent ? 0 : number, minimumPercent: percent ? number / 100 : 0, ...conditionsOf(said) };
}

/** "not satisfied of o1 and attempted", "objectiveMeasureGreaterThan 0.5". */
function conditionsOf(said: string): Pick<Rule<string>, "combination" | "conditions"> {
  const conditions = said.split(/ (?:and|or) /).map((one): RuleCondition => {
    const [, not, condition = "", threshold = "0", objective = ""] = /^(not )?(\w+)(?: (-?[\d.]+))?(?: of (\w+))?$/.exec(one) ?? [];
    return { condition: condition as RuleCondition["condition"], not: not !== undefined, objective, measureThreshold: Number(threshold) };
  });
  return { combination: said.includes(" or ") ? "any" : "all", conditions };
}
