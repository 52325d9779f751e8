import type { State2004 } from "../scorm2004/index.ts";
import { dictionary, type SequencingState, type SharedObjectives } from "../sequencing/index.ts";

/** What belongs to a learner beyond one course: shared objectives and shared data of courses that keep them there. */
export interface LearnerStore {
  objectives: SharedObjectives;
  /** By the bucket's id. */
  sharedData: Record<string, string>;
}

/** What an activity's content kept, and the attempt (as `begun` counts) that it belongs to. */
export interface KeptState {
  attempt: number;
  state: State2004;
}

/** Everything kept of one learner's attempt on one course, as plain JSON. Store it as text or `json`, not `jsonb` (see State2004). */
export interface EngineState {
  version: 1;
  sequencing: SequencingState;
  /** Shared objectives and data of a course that keeps them to itself. */
  own: LearnerStore;
  /** By activity. */
  kept: Record<string, KeptState>;
}

/** A copy of a store that may be changed. */
export function storeOf({ objectives, sharedData }: LearnerStore): LearnerStore {
  return { objectives: dictionary(structuredClone(objectives)), sharedData: dictionary(sharedData) };
}

/** Empties a store in place. */
export function forgetAll({ objectives, sharedData }: LearnerStore): void {
  for (const id of Object.keys(objectives)) delete objectives[id];
  for (const id of Object.keys(sharedData)) delete sharedData[id];
}

/** A store with nothing in it. */
export function emptyStore(): LearnerStore {
  return { objectives: {}, sharedData: {} };
}
