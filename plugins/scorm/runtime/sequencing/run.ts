import type { PreConditionAction } from "./definition.ts";
import type { ActivityState, SequencingState, SharedObjectives } from "./state.ts";
import { copyOf, copyOfShared } from "./state.ts";
import type { SequencingSwitches } from "./switches.ts";
import type { Trace } from "./trace.ts";
import type { Activity, ActivityTree } from "./tree.ts";

/** What every process works on: a course's tree and one learner's state, which the processes change in place. */
export interface SequencingRun {
  tree: ActivityTree;
  state: SequencingState;
  shared: SharedObjectives;
  /** Whether shared objectives belong to one attempt on the course (objectivesGlobalToSystem is false). */
  sharedUntilRetried?: boolean;
  switches: SequencingSwitches;
  /** Milliseconds since 1970, the same for the whole request. */
  nowMs: number;
  /** Shared objectives written since they were last rolled up. */
  written: Set<string>;
  /** In a run that changes no more: what its rules have answered so far. */
  answers?: RuleAnswers;
  trace?: Trace;
}

/** Whether pre-condition rules of an action hold, and whether an activity is not to be entered, as found once. */
export type RuleAnswers = Map<PreConditionAction | "entry", Map<Activity, boolean>>;

/** What is remembered of an activity. */
export function stateOf(run: SequencingRun, activity: Activity): ActivityState {
  const state = run.state.activities[activity.id];
  if (!state) throw new TypeError(`The state knows no activity ${activity.id}`);
  return state;
}

/** The Current Activity. */
export function currentOf(run: SequencingRun): Activity | null {
  return activityOf(run, run.state.current);
}

/** The activity of this identifier, null where there is none. */
export function activityOf({ tree }: SequencingRun, id: string | null): Activity | null {
  return (id === null ? undefined : tree.byId.get(id)) ?? null;
}

/** The same run on copies of its state, for asking what would happen; it leaves no trace. */
export function rehearsal(run: SequencingRun): SequencingRun {
  const { tree, switches, nowMs, sharedUntilRetried = false } = run;
  return { tree, switches, nowMs, sharedUntilRetried, state: copyOf(run.state), shared: copyOfShared(run.shared), written: new Set() };
}
