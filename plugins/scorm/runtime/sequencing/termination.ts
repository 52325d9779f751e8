import { endAttempt, terminateDescendentAttempts } from "./attempts.ts";
import { sequencingRulesCheck } from "./checks.ts";
import { refusal, type Refusal } from "./exceptions.ts";
import { overallRollup } from "./rollup.ts";
import type { SequencingRequest, TerminationRequest } from "./requests.ts";
import { currentOf, stateOf, type SequencingRun } from "./run.ts";
import type { Activity } from "./tree.ts";

/** What is to be sequenced after a termination: a rule's request, or null for the one that was asked. */
export interface Terminated {
  sequencing: SequencingRequest | null;
}

/** TB.2.3, Termination Request Process. */
export function terminationRequest(run: SequencingRun, request: TerminationRequest): Terminated | Refusal {
  const current = currentOf(run);
  if (!current) return refusal("TB.2.3-1", null);
  if ((request === "exit" || request === "abandon") && !stateOf(run, current).active) return refusal("TB.2.3-2", current);
  switch (request) {
    case "exit":
      return exit(run, current);
    case "exitAll":
      return exitAll(run, null);
    case "suspendAll":
      return suspendAll(run, current);
    case "abandon":
      stateOf(run, current).active = false;
      return { sequencing: null };
    case "abandonAll":
      return abandonAll(run, current);
  }
}

function exit(run: SequencingRun, current: Activity): Terminated | Refusal {
  endAttempt(run, current);
  sequencingExitActionRules(run, current);
  let left = currentOf(run) ?? current;
  for (;;) {
    const action = sequencingPostConditionRules(run, left);
    switch (action) {
      case "exitAll":
        return exitAll(run, null);
      case "retryAll":
        return exitAll(run, { kind: "retry" });
      case "exitParent":
        if (!left.parent) return refusal("TB.2.3-4", left);
        left = left.parent;
        run.state.current = left.id;
        endAttempt(run, left);
        break;
      case "retry":
        return left.parent ? { sequencing: { kind: "retry" } } : exitAll(run, { kind: "retry" });
      case "continue":
      case "previous":
        return { sequencing: { kind: left.parent ? action : "exit" } };
      case null:
        return { sequencing: left.parent ? null : { kind: "exit" } };
    }
  }
}

function exitAll(run: SequencingRun, after: SequencingRequest | null): Terminated {
  const { root } = run.tree;
  const current = currentOf(run) ?? root;
  if (stateOf(run, current).active) endAttempt(run, current);
  terminateDescendentAttempts(run, root);
  endAttempt(run, root);
  run.state.current = root.id;
  run.trace?.("TB.2.3", root, "all attempts have ended");
  if (after?.kind === "retry" && run.sharedUntilRetried) forgetShared(run);
  return { sequencing: after ?? { kind: "exit" } };
}

/** Shared objectives that last as long as an attempt on the course are gone before it is tried again. */
function forgetShared({ shared }: SequencingRun): void {
  for (const id of Object.keys(shared)) delete shared[id];
}

function suspendAll(run: SequencingRun, current: Activity): Terminated | Refusal {
  const { active, suspended } = stateOf(run, current);
  const resumed = active || suspended ? current : current.parent;
  if (!resumed) return refusal("TB.2.3-3", current);
  overallRollup(run, current);
  run.state.suspended = resumed.id;
  for (const activity of resumed.path) Object.assign(stateOf(run, activity), { active: false, suspended: true });
  run.state.current = run.tree.root.id;
  run.trace?.("TB.2.3", resumed, "it is suspended with all clusters it is in");
  return { sequencing: { kind: "exit" } };
}

function abandonAll(run: SequencingRun, current: Activity): Terminated {
  for (const activity of current.path) stateOf(run, activity).active = false;
  run.state.current = run.tree.root.id;
  return { sequencing: { kind: "exit" } };
}

/** TB.2.1, Sequencing Exit Action Rules Subprocess: ends the topmost cluster around the activity whose exit rule holds, and makes it the current one. */
function sequencingExitActionRules(run: SequencingRun, current: Activity): void {
  const left = current.path.slice(0, -1).find((cluster) => sequencingRulesCheck(run, cluster, cluster.sequencing.exitConditionRules) !== null);
  if (!left) return;
  terminateDescendentAttempts(run, left);
  endAttempt(run, left);
  run.state.current = left.id;
  run.trace?.("TB.2.1", left, "its exit rule holds, so it is left");
}

/** TB.2.2, Sequencing Post Condition Rules Subprocess: what the activity just left asks for; nothing when it is suspended. */
function sequencingPostConditionRules(run: SequencingRun, left: Activity) {
  if (stateOf(run, left).suspended) return null;
  const action = sequencingRulesCheck(run, left, left.sequencing.postConditionRules);
  if (action) run.trace?.("TB.2.2", left, `it asks for ${action}`);
  return action;
}
