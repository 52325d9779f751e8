import { stateOf, type SequencingRun } from "./run.ts";
import type { Activity } from "./tree.ts";

/** An activity's Available Children: those selected, in the order drawn; for a cluster not at work, the ones its next attempt will have. */
export function availableChildren(run: SequencingRun, activity: Activity): readonly Activity[] {
  const { active, suspended, children, nextChildren } = stateOf(run, activity);
  return named(run, active || suspended ? children : nextChildren) ?? activity.children;
}

/** The children of the attempt that is or was, which are the ones that roll up. */
export function attemptedChildren(run: SequencingRun, activity: Activity): readonly Activity[] {
  return named(run, stateOf(run, activity).children) ?? activity.children;
}

/** Whether an activity and all above it are among the available. */
export function isAvailable(run: SequencingRun, activity: Activity): boolean {
  return activity.path.every((step) => step.parent === null || availableChildren(run, step.parent).includes(step));
}

/** Draws the children of every cluster's first attempt. */
export function drawAllChildren(run: SequencingRun): void {
  for (const activity of run.tree.activities) {
    drawChildren(run, activity);
    const state = stateOf(run, activity);
    state.children = state.nextChildren;
  }
}

/** At the beginning of an attempt: what was drawn holds from now on, and the next attempt's children are drawn. */
export function turnToNextChildren(run: SequencingRun, activity: Activity): void {
  const state = stateOf(run, activity);
  state.children = state.nextChildren;
  drawChildren(run, activity);
}

function drawChildren(run: SequencingRun, activity: Activity): void {
  selectChildren(run, activity);
  randomizeChildren(run, activity);
}

/** SR.1, Select Children Process: "once" before the first attempt, or before each new one. The order stays as it is. */
function selectChildren(run: SequencingRun, activity: Activity): void {
  const { selectionTiming: timing, selectCount } = activity.sequencing.randomization;
  const state = stateOf(run, activity);
  if (selectCount === null || !isDue(timing, state.begun) || activity.children.length === 0) return;
  const chosen = new Set(shuffled(run, activity.children.map(({ id }) => id)).slice(0, selectCount));
  state.nextChildren = activity.children.flatMap(({ id }) => (chosen.has(id) ? [id] : []));
  run.trace?.("SR.1", activity, `${chosen.size} of ${activity.children.length} children are selected: ${state.nextChildren.join(", ")}`);
}

/** SR.2, Randomize Children Process: puts the available children into a random order, "once" or before each new attempt. */
function randomizeChildren(run: SequencingRun, activity: Activity): void {
  const { randomizationTiming: timing, reorderChildren } = activity.sequencing.randomization;
  const state = stateOf(run, activity);
  if (!reorderChildren || !isDue(timing, state.begun) || activity.children.length === 0) return;
  state.nextChildren = shuffled(run, state.nextChildren ?? activity.children.map(({ id }) => id));
  run.trace?.("SR.2", activity, `the children are in the order ${state.nextChildren.join(", ")}`);
}

function isDue(timing: "never" | "once" | "onEachNewAttempt", begun: number): boolean {
  return timing === "onEachNewAttempt" || (timing === "once" && begun === 0);
}

function named({ tree }: SequencingRun, ids: readonly string[] | null): readonly Activity[] | null {
  return ids && ids.flatMap((id) => tree.byId.get(id) ?? []);
}

/** Fisher and Yates. */
function shuffled(run: SequencingRun, ids: readonly string[]): string[] {
  const order = [...ids];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(nextRandom(run) * (last + 1));
    [order[last], order[other]] = [order[other] ?? "", order[last] ?? ""];
  }
  return order;
}

/** A number from 0 to below 1, by the state's generator (mulberry32), so that the server and a replay draw the same. */
function nextRandom({ state }: SequencingRun): number {
  state.random = (state.random + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state.random ^ (state.random >>> 15), 1 | state.random);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
