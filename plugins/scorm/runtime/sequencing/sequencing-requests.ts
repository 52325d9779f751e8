import { choiceSequencingRequest } from "./choice.ts";
import { refusal, type Refusal } from "./exceptions.ts";
import { flow, type Flow } from "./flow.ts";
import { activityOf, currentOf, stateOf, type SequencingRun } from "./run.ts";
import type { SequencingRequest } from "./requests.ts";

/** What a sequencing request comes to: besides a flow's outcomes, nothing more to deliver for now, or the end of the session. */
export type Sequenced = Flow | { endSession: boolean };

/** SB.2.12, Sequencing Request Process. It changes nothing, so that any request can be tried. */
export function sequencingRequest(run: SequencingRun, request: SequencingRequest): Sequenced {
  switch (request.kind) {
    case "start":
      return startSequencingRequest(run);
    case "resumeAll":
      return resumeAllSequencingRequest(run);
    case "continue":
      return continueSequencingRequest(run);
    case "previous":
      return previousSequencingRequest(run);
    case "retry":
      return retrySequencingRequest(run);
    case "exit":
      return exitSequencingRequest(run);
    case "choice": {
      const target = activityOf(run, request.target);
      return target ? choiceSequencingRequest(run, target) : refusal("SB.2.9-1", null);
    }
    case "jump":
      return jumpSequencingRequest(run, request.target);
  }
}

/** SB.2.5, Start Sequencing Request Process. */
function startSequencingRequest(run: SequencingRun): Flow {
  const { root } = run.tree;
  if (currentOf(run)) return refusal("SB.2.5-1", currentOf(run));
  return root.children.length === 0 ? { deliver: root } : flow(run, root, "forward", "into");
}

/** SB.2.6, Resume All Sequencing Request Process. */
function resumeAllSequencingRequest(run: SequencingRun): Flow {
  if (currentOf(run)) return refusal("SB.2.6-1", currentOf(run));
  const suspended = activityOf(run, run.state.suspended);
  return suspended ? { deliver: suspended } : refusal("SB.2.6-2", null);
}

/** SB.2.7, Continue Sequencing Request Process. */
function continueSequencingRequest(run: SequencingRun): Flow {
  const current = currentOf(run);
  if (!current) return refusal("SB.2.7-1", null);
  if (current.parent && !current.parent.sequencing.controlMode.flow) return refusal("SB.2.7-2", current.parent);
  return flow(run, current, "forward", "from");
}

/** SB.2.8, Previous Sequencing Request Process. */
function previousSequencingRequest(run: SequencingRun): Flow {
  const current = currentOf(run);
  if (!current) return refusal("SB.2.8-1", null);
  if (current.parent && !current.parent.sequencing.controlMode.flow) return refusal("SB.2.8-2", current.parent);
  return flow(run, current, "backward", "from");
}

/** SB.2.10, Retry Sequencing Request Process. */
function retrySequencingRequest(run: SequencingRun): Flow {
  const current = currentOf(run);
  if (!current) return refusal("SB.2.10-1", null);
  const { active, suspended } = stateOf(run, current);
  if (active || suspended) return refusal("SB.2.10-2", current);
  if (current.children.length === 0) return { deliver: current };
  const inside = flow(run, current, "forward", "into");
  return "deliver" in inside ? inside : refusal("SB.2.10-3", current);
}

/** SB.2.11, Exit Sequencing Request Process: leaving the root ends the session. */
function exitSequencingRequest(run: SequencingRun): { endSession: boolean } | Refusal {
  const current = currentOf(run);
  if (!current) return refusal("SB.2.11-1", null);
  return stateOf(run, current).active ? refusal("SB.2.11-2", current) : { endSession: current.parent === null };
}

/** SB.2.13, Jump Sequencing Request Process: asks no rule on the way. */
function jumpSequencingRequest(run: SequencingRun, id: string): Flow {
  const target = activityOf(run, id);
  return currentOf(run) && target ? { deliver: target } : refusal("SB.2.13-1", null);
}
