import type { ObjectiveField } from "./definition.ts";
import type { Activity, ActivityTree } from "./tree.ts";

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
  /** By the objective's id, "" for a primary one without. */
  objectives: Record<string, ObjectiveStatus>;
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
  return fitted(tree, { version: 1, current: null, suspended: null, activities: {}, random: seed | 0 });
}

/**
 * A copy of a state for a tree that may be another version's: what is known of activities and objectives that are there by the same ids is
 * kept, the rest begins empty or goes; nothing is current or suspended that is not there.
 */
export function fitted(tree: ActivityTree, state: SequencingState): SequencingState {
  const activities = dictionary<ActivityState>({});
  const there = (id: string | null) => (id !== null && tree.byId.has(id) ? id : null);
  for (const activity of tree.activities) {
    const known = own(state.activities, activity.id) ?? untouched;
    const objectives = emptyObjectives(activity);
    for (const id in objectives) objectives[id] = { ...own(known.objectives, id) };
    activities[activity.id] = { ...known, saidUnknown: [...known.saidUnknown], objectives };
  }
  return { ...state, activities, current: there(state.current), suspended: there(state.suspended) };
}

/** Nothing known of any objective of an activity. */
export function emptyObjectives({ objectives }: Activity): Record<string, ObjectiveStatus> {
  return dictionary(Object.fromEntries(objectives.map(({ id }) => [id, {}])));
}

/** A copy with nothing but its own keys: ids come from packages, and one may be called "constructor". */
export function dictionary<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.assign(Object.create(null) as Record<string, Value>, record);
}

const untouched: ActivityState = { attempts: 0, begun: 0, active: false, suspended: false, objectives: {}, saidUnknown: [], attemptStartedMs: null, children: null, nextChildren: null };

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A copy that can be changed without effect on the first; an order of magnitude faster than `structuredClone`. */
export function copyOf(state: SequencingState): SequencingState {
  const activities = dictionary<ActivityState>({});
  for (const id in state.activities) {
    const activity = state.activities[id];
    if (activity) activities[id] = { ...activity, objectives: copyOfShared(activity.objectives) };
  }
  return { ...state, activities };
}

/** A copy of objectives by id. */
export function copyOfShared(shared: SharedObjectives): SharedObjectives {
  const copy: SharedObjectives = dictionary({});
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
