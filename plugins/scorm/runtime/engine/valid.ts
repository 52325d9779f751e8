import type { Outcome2004 } from "../scorm2004/index.ts";
import { deliveryRequest } from "../sequencing/delivery.ts";
import { navigationRequest } from "../sequencing/navigation.ts";
import type { SequencingRequest } from "../sequencing/requests.ts";
import { sequencingRequest } from "../sequencing/sequencing-requests.ts";
import { terminationRequest } from "../sequencing/termination.ts";
import { currentOf, rehearsal, stateOf, type NavigationRequest, type SequencingRun } from "../sequencing/index.ts";
import { transfer } from "./transfer.ts";

/** What the engine would accept at this moment, were the current content left as it stands. */
export interface ValidRequests extends Record<Exclude<NavigationRequest["kind"], "choice" | "jump">, boolean> {
  /** By activity. */
  choice: Record<string, boolean>;
  jump: Record<string, boolean>;
}

/**
 * Tries every request on a copy: nothing of it stays. `outcome` is what the current content has said so far. To continue is offered wherever
 * the cluster flows (NB.2.1), as ADL's test asks, for what content says last decides where it leads.
 */
export function validRequests(run: SequencingRun, outcome: Outcome2004 | null): ValidRequests {
  const left = rehearsal(run);
  const current = currentOf(left);
  if (current && outcome && stateOf(left, current).active) transfer(left, current, outcome);
  const byRule = current && stateOf(left, current).active ? terminationRequest(left, "exit") : null;
  const rule = byRule && "sequencing" in byRule ? byRule.sequencing : null;
  left.answers = new Map();
  const ruled = rule !== null && leads(left, rule);
  const accepts = (request: NavigationRequest) => !("exception" in navigationRequest(run, request));
  const moves = (request: NavigationRequest & SequencingRequest) => accepts(request) && leads(left, request);
  const ids = run.tree.activities.map(({ id }) => id);
  return {
    start: moves({ kind: "start" }),
    resumeAll: moves({ kind: "resumeAll" }),
    continue: accepts({ kind: "continue" }),
    previous: accepts({ kind: "previous" }) && (ruled || leads(left, { kind: "previous" })),
    exit: accepts({ kind: "exit" }),
    exitAll: accepts({ kind: "exitAll" }),
    abandon: accepts({ kind: "abandon" }),
    abandonAll: accepts({ kind: "abandonAll" }),
    suspendAll: accepts({ kind: "suspendAll" }),
    choice: Object.fromEntries(ids.map((target) => [target, moves({ kind: "choice", target })])),
    jump: Object.fromEntries(ids.map((target) => [target, moves({ kind: "jump", target })])),
  };
}

/** Whether a sequencing request ends in a delivery or in the end of the session, rather than in a refusal. */
function leads(run: SequencingRun, request: SequencingRequest): boolean {
  const result = sequencingRequest(run, request);
  if ("exception" in result) return false;
  return !("deliver" in result) || deliveryRequest(run, result.deliver) === null;
}
