import { endAttempt, terminateDescendentAttempts } from "./attempts.ts";
import { contentDeliveryEnvironment, deliveryRequest } from "./delivery.ts";
import type { Refusal } from "./exceptions.ts";
import { exceptions } from "./exceptions.ts";
import { navigationRequest } from "./navigation.ts";
import { asked, type NavigationRequest, type SequencingRequest } from "./requests.ts";
import { activityOf, currentOf, stateOf, type SequencingRun } from "./run.ts";
import { sequencingRequest } from "./sequencing-requests.ts";
import { terminationRequest } from "./termination.ts";
import { commonAncestor, type Activity } from "./tree.ts";

/** What a request came to: an activity delivered, the session ended, nothing to show for now, or a refusal (which may follow the end of the current activity). */
export type Outcome = { delivered: Activity } | { ended: true } | { nothing: true } | Refusal;

/** OP.1, Overall Sequencing Process: one navigation request from its check to the delivery; changes the run's state. */
export function overallSequencing(run: SequencingRun, request: NavigationRequest): Outcome {
  const navigation = navigationRequest(run, request);
  if ("exception" in navigation) return refused(run, "NB.2.1", navigation);
  run.trace?.("NB.2.1", currentOf(run), `${asked(request)} is valid`);
  let sequencing = navigation.sequencing;
  if (navigation.termination) {
    const terminated = terminationRequest(run, navigation.termination);
    if ("exception" in terminated) return refused(run, "TB.2.3", terminated);
    sequencing = terminated.sequencing ?? sequencing;
  }
  return sequenced(run, sequencing);
}

function sequenced(run: SequencingRun, request: SequencingRequest): Outcome {
  const result = sequencingRequest(run, request);
  if ("behindTheLast" in result) {
    run.trace?.("SB.2.1", currentOf(run), "there is nothing behind the last activity, so the session ends");
    return endSession(run);
  }
  if ("endSession" in result) return result.endSession ? endSession(run) : { nothing: true };
  if ("exception" in result) {
    if (result.exception === "SB.2.9-9" && "target" in request) moveTo(run, request.target);
    return refused(run, "SB.2.12", result);
  }
  run.trace?.("SB.2.12", result.deliver, `${asked(request)} leads here`);
  const undeliverable = deliveryRequest(run, result.deliver) ?? contentDeliveryEnvironment(run, result.deliver);
  return undeliverable ? refused(run, "DB.1.1", undeliverable) : { delivered: result.deliver };
}

/** A cluster that has nothing to show was chosen: what is on the way there is left, and the cluster becomes the current activity (SB.2.9). */
function moveTo(run: SequencingRun, id: string): void {
  const target = activityOf(run, id);
  const current = currentOf(run);
  if (!target) return;
  if (current) {
    const ancestor = commonAncestor(current, target);
    terminateDescendentAttempts(run, ancestor);
    if (stateOf(run, ancestor).active) endAttempt(run, ancestor);
  }
  run.state.current = id;
}

/** Nothing is current any more; all that is not suspended ends. */
function endSession(run: SequencingRun): Outcome {
  const current = currentOf(run);
  const { root } = run.tree;
  if (current) terminateDescendentAttempts(run, root);
  if (stateOf(run, root).active) endAttempt(run, root);
  run.state.current = null;
  run.trace?.("OP.1", null, "the session has ended");
  return { ended: true };
}

function refused(run: SequencingRun, process: string, refusal: Refusal): Refusal {
  run.trace?.(process, activityOf(run, refusal.at), `${exceptions[refusal.exception]} (${refusal.exception})`);
  return refusal;
}
