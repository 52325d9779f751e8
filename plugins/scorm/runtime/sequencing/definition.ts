/** What is tracked of an objective, and what maps carry between an activity's own objectives and the learner's shared ones. */
export type ObjectiveField = "satisfied" | "measure" | "raw" | "min" | "max" | "completed" | "progress";

/** A `mapInfo`: which fields an objective reads from a shared objective, and which it writes to it. */
export interface ObjectiveMap {
  target: string;
  read: ObjectiveField[];
  write: ObjectiveField[];
}

/** An objective of an activity; the primary one is what rolls up. */
export interface Objective {
  /** "" where a primary objective has none. */
  id: string;
  primary: boolean;
  satisfiedByMeasure: boolean;
  /** −1 to 1. */
  minNormalizedMeasure: number;
  maps: ObjectiveMap[];
}

export type RuleConditionKind =
  | "satisfied"
  | "objectiveStatusKnown"
  | "objectiveMeasureKnown"
  | "objectiveMeasureGreaterThan"
  | "objectiveMeasureLessThan"
  | "completed"
  | "activityProgressKnown"
  | "attempted"
  | "attemptLimitExceeded"
  | "timeLimitExceeded"
  | "outsideAvailableTimeRange"
  | "always"
  | "never";

/** One condition of a rule, on the objective named or, with "", on the primary one. */
export interface RuleCondition {
  condition: RuleConditionKind;
  not: boolean;
  objective: string;
  /** −1 to 1. */
  measureThreshold: number;
}

export const preConditionActions = ["skip", "disabled", "hiddenFromChoice", "stopForwardTraversal"] as const;
export const postConditionActions = ["exitParent", "exitAll", "retry", "retryAll", "continue", "previous"] as const;

export type PreConditionAction = (typeof preConditionActions)[number];
export type PostConditionAction = (typeof postConditionActions)[number];

/** A sequencing rule: what to do when its conditions hold. */
export interface Rule<Action extends string> {
  action: Action;
  combination: "any" | "all";
  conditions: RuleCondition[];
}

export type RollupAction = "satisfied" | "notSatisfied" | "completed" | "incomplete";

/** How children's states make their cluster's. */
export interface RollupRule {
  action: RollupAction;
  childActivitySet: "all" | "any" | "none" | "atLeastCount" | "atLeastPercent";
  minimumCount: number;
  /** 0 to 1. */
  minimumPercent: number;
  combination: "any" | "all";
  conditions: Pick<RuleCondition, "condition" | "not">[];
}

/** When a child counts in its cluster's rollup. */
export type Required = "always" | "ifAttempted" | "ifNotSkipped" | "ifNotSuspended";
export type Timing = "never" | "once" | "onEachNewAttempt";

/** The sequencing of one activity as its manifest says it, defaults filled in; plain JSON. */
export interface Sequencing {
  controlMode: {
    choice: boolean;
    choiceExit: boolean;
    flow: boolean;
    forwardOnly: boolean;
    useCurrentAttemptObjectiveInfo: boolean;
    useCurrentAttemptProgressInfo: boolean;
  };
  constrainedChoice: { preventActivation: boolean; constrainChoice: boolean };
  preConditionRules: Rule<PreConditionAction>[];
  exitConditionRules: Rule<"exit">[];
  postConditionRules: Rule<PostConditionAction>[];
  /** Null where there is no limit; durations in ms. */
  limits: { attemptLimit: number | null; attemptAbsoluteDurationMs: number | null };
  rollupRules: RollupRule[];
  rollup: { objectiveSatisfied: boolean; progressCompletion: boolean; /** 0 to 1. */ objectiveMeasureWeight: number };
  rollupConsiderations: {
    requiredForSatisfied: Required;
    requiredForNotSatisfied: Required;
    requiredForCompleted: Required;
    requiredForIncomplete: Required;
    measureSatisfactionIfActive: boolean;
  };
  /** The primary objective first. */
  objectives: Objective[];
  randomization: { selectionTiming: Timing; /** Null: all. */ selectCount: number | null; randomizationTiming: Timing; reorderChildren: boolean };
  deliveryControls: { tracked: boolean; completionSetByContent: boolean; objectiveSetByContent: boolean };
  /** adlcp:completionThreshold; measures and weight from 0 to 1. */
  completion: { completedByMeasure: boolean; minProgressMeasure: number; progressWeight: number };
}

/** One activity of a course's tree. */
export interface ActivityDefinition {
  id: string;
  sequencing: Sequencing;
  children: ActivityDefinition[];
}

/** The sequencing of an activity about which the manifest says nothing (S&N, tables of defaults). */
export function defaultSequencing(): Sequencing {
  const required = "always" as const;
  return {
    controlMode: { choice: true, choiceExit: true, flow: false, forwardOnly: false, useCurrentAttemptObjectiveInfo: true, useCurrentAttemptProgressInfo: true },
    constrainedChoice: { preventActivation: false, constrainChoice: false },
    preConditionRules: [],
    exitConditionRules: [],
    postConditionRules: [],
    limits: { attemptLimit: null, attemptAbsoluteDurationMs: null },
    rollupRules: [],
    rollup: { objectiveSatisfied: true, progressCompletion: true, objectiveMeasureWeight: 1 },
    rollupConsiderations: {
      requiredForSatisfied: required,
      requiredForNotSatisfied: required,
      requiredForCompleted: required,
      requiredForIncomplete: required,
      measureSatisfactionIfActive: true,
    },
    objectives: [primaryObjective()],
    randomization: { selectionTiming: "never", selectCount: null, randomizationTiming: "never", reorderChildren: false },
    deliveryControls: { tracked: true, completionSetByContent: false, objectiveSetByContent: false },
    completion: { completedByMeasure: false, minProgressMeasure: 1, progressWeight: 1 },
  };
}

/** A primary objective about which nothing is said. */
export function primaryObjective(): Objective {
  return { id: "", primary: true, satisfiedByMeasure: false, minNormalizedMeasure: 1, maps: [] };
}
