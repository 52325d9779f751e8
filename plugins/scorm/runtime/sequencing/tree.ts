import type { ActivityDefinition, Objective, ObjectiveField, PreConditionAction, Rule, Sequencing } from "./definition.ts";

/** An objective with its maps looked up by field. */
export interface TreeObjective extends Objective {
  /** Which shared objective a field is read from. */
  reads: ReadonlyMap<ObjectiveField, string>;
  /** Which shared objectives a field is written to. */
  writes: ReadonlyMap<ObjectiveField, readonly string[]>;
}

/** An activity in its place in the tree. */
export interface Activity {
  id: string;
  /** Counts from 0 in the order of a forward walk through all activities. */
  index: number;
  /** `index` of the last activity below it, or its own. */
  lastIndex: number;
  depth: number;
  parent: Activity | null;
  /** All children in the manifest's order, chosen or not. */
  children: readonly Activity[];
  /** From the root to this activity, both included. */
  path: readonly Activity[];
  sequencing: Sequencing;
  objectives: readonly TreeObjective[];
  primary: TreeObjective;
  /** The pre-condition rules by what they do. */
  preConditions: Readonly<Record<PreConditionAction, readonly Rule<PreConditionAction>[]>>;
}

/** The tree of a course; never changed. */
export interface ActivityTree {
  root: Activity;
  /** In the order of a forward walk. */
  activities: readonly Activity[];
  byId: ReadonlyMap<string, Activity>;
  /** The activities whose primary objective reads a shared objective. */
  readers: ReadonlyMap<string, readonly Activity[]>;
}

/** Builds the tree of a definition. */
export function treeOf(definition: ActivityDefinition): ActivityTree {
  const activities: Activity[] = [];
  const readers = new Map<string, Activity[]>();
  const root = planted(definition, null, activities);
  for (const activity of activities) {
    for (const target of new Set(activity.primary.reads.values())) readers.set(target, [...(readers.get(target) ?? []), activity]);
  }
  return { root, activities, byId: new Map(activities.map((activity) => [activity.id, activity])), readers };
}

/** Whether `activity` lies below `ancestor`. */
export function isBelow(activity: Activity, ancestor: Activity): boolean {
  return activity.index > ancestor.index && activity.index <= ancestor.lastIndex;
}

/** The deepest activity that is, or has below it, both. */
export function commonAncestor(one: Activity, other: Activity): Activity {
  let ancestor = one;
  while (ancestor !== other && !isBelow(other, ancestor) && ancestor.parent) ancestor = ancestor.parent;
  return ancestor;
}

/** From `activity` up to `ancestor`, the first included, the last not. */
export function pathUpTo(activity: Activity, ancestor: Activity): Activity[] {
  return activity.path.slice(ancestor.depth + 1).reverse();
}

function planted(definition: ActivityDefinition, parent: Activity | null, activities: Activity[]): Activity {
  const children: Activity[] = [];
  const path: Activity[] = parent ? [...parent.path] : [];
  const objectives = definition.sequencing.objectives.map(lookedUp);
  const primary = objectives.find((objective) => objective.primary);
  if (!primary) throw new TypeError(`The activity ${definition.id} has no primary objective`);
  const { id, sequencing } = definition;
  const rulesThat = (action: PreConditionAction) => sequencing.preConditionRules.filter((rule) => rule.action === action);
  const activity: Activity = {
    id,
    index: activities.length,
    lastIndex: 0,
    depth: path.length,
    parent,
    children,
    path,
    sequencing,
    objectives,
    primary,
    preConditions: { skip: rulesThat("skip"), disabled: rulesThat("disabled"), hiddenFromChoice: rulesThat("hiddenFromChoice"), stopForwardTraversal: rulesThat("stopForwardTraversal") },
  };
  path.push(activity);
  activities.push(activity);
  children.push(...definition.children.map((child) => planted(child, activity, activities)));
  activity.lastIndex = activities.length - 1;
  return activity;
}

function lookedUp(objective: Objective): TreeObjective {
  const reads = new Map<ObjectiveField, string>();
  const writes = new Map<ObjectiveField, string[]>();
  for (const { target, read, write } of objective.maps) {
    for (const field of read) if (!reads.has(field)) reads.set(field, target);
    for (const field of write) writes.set(field, [...(writes.get(field) ?? []), target]);
  }
  return { ...objective, reads, writes };
}
