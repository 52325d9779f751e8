import type { ObjectiveField } from "./definition.ts";
import type { ActivityTree } from "./tree.ts";

/** What is known of an objective; what is not known is absent. Measures: −1 to 1, progress: 0 to 1. */
export interface ObjectiveStatus {
  satisfied?: boolean;
  measure?: number;
  raw?: number;
  min?: number;
  max?: number;
  completed?: boolean;
  progress?: number;
}

export type ObjectiveValue = boolean | number | undefined;

/** What the sequencer remembers of one activity. An activity's completion and progress are those of its primary objective. */
export interface ActivityState {
  /** Attempt Count of a tracked activity; one without attempts has Activity Progress Status false. */
  attempts: number;
  /** Counts attempts also where they are not tracked: what content keeps belongs to one of them. */
  begun: number;
  active: boolean;
  suspended: boolean;
  /** In the order of the definition's objectives. */
  objectives: ObjectiveStatus[];
  /** What content of the current attempt set to "unknown" in so many words. */
  saidUnknown: ("satisfied" | "completed")[];
  /** When the current attempt began, ms since 1970; null before the first. */
  attemptStartedMs: number | null;
  /** The children of the current attempt in their order, where selection or randomization has a say; else null. */
  children: string[] | null;
  /** What the next attempt will have as `children`. */
  nextChildren: string[] | null;
}

/** The sequencing of one learner's attempt on a course, as plain JSON. */
export interface SequencingState {
  version: 1;
  current: string | null;
  /** The activity that Resume All delivers. */
  suspended: string | null;
  activities: Record<string, ActivityState>;
  /** State of the generator behind selection and randomization, a 32-bit integer. */
  random: number;
}

/** Objectives that activities share, by id; kept per learner, or per attempt on the course where the manifest says so. */
export type SharedObjectives = Record<string, ObjectiveStatus>;

/** The state before anything happened; `seed` is any 32-bit integer. Selection and randomization are still to be drawn (see `drawChildren`). */
export function firstSequencingState(tree: ActivityTree, seed: number): SequencingState {
  const activities = Object.fromEntries(
    tree.activities.map(({ id, objectives }): [string, ActivityState] => [
      id,
      { attempts: 0, begun: 0, active: false, suspended: false, objectives: objectives.map(() => ({})), saidUnknown: [], attemptStartedMs: null, children: null, nextChildren: null },
    ]),
  );
  return { version: 1, current: null, suspended: null, activities, random: seed | 0 };
}

/** A copy that can be changed without effect on the first; an order of magnitude faster than `structuredClone`. */
export function copyOf(state: SequencingState): SequencingState {
  const activities: Record<string, ActivityState> = {};
  for (const id in state.activities) {
    const activity = state.activities[id];
    if (activity) activities[id] = { ...activity, objectives: activity.objectives.map((objective) => ({ ...objective })) };
  }
  return { ...state, activities };
}

/** A copy of shared objectives. */
export function copyOfShared(shared: SharedObjectives): SharedObjectives {
  const copy: SharedObjectives = {};
  for (const id in shared) copy[id] = { ...shared[id] };
  return copy;
}

/** Sets or, with undefined, forgets a field; says whether anything changed. */
export function put(status: ObjectiveStatus, field: ObjectiveField, value: ObjectiveValue): boolean {
  if (status[field] === value) return false;
  if (value === undefined) delete status[field];
  else Object.assign(status, { [field]: value });
  return true;
}
