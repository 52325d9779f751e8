import type { Entry } from "./runtime/journal.ts";
import { replay2004, type Look2004, type Setup2004, type State2004 } from "./runtime/scorm2004/index.ts";
import { sessionTimeMs } from "./runtime/scorm2004/state.ts";
import type { OpenSession } from "./runtime/session-state.ts";
import { completionOf, successOf, type CompletionStatus, type SuccessStatus } from "./runtime/scorm2004/status.ts";
import { interactionsOf, objectivesOf, scoreOf } from "./runtime/scorm2004/summary.ts";
import { interaction2004, interactionActivity, interactionResult } from "./statements/interaction.ts";
import { activity, innerIri, isoDuration, type Activity, type Result, type Statement } from "./statements/profile.ts";
import { same, scoOf, teller, type Say, type StatementContext } from "./statements/telling.ts";

export type { Statement } from "./statements/profile.ts";

/**
 * The xAPI statements of a SCORM 2004 commit, by the xAPI SCORM Profile: `before` is the state as it stood, `entries` the journal that is
 * applied to it. Pure. The state is looked at after each Commit and Terminate and at the end, and only what changed since the look before is
 * said, with that entry's time: a completion, a success and a score of the SCO and of each objective, and each answered interaction, once.
 * Statuses are those that thresholds make. Ids are made from registration, launch, attempt, element and seq: saying it twice gives the same ids.
 * A session that ends is "suspended" when it is to be resumed, else "terminated" (profile 5). suspend_data is never told.
 */
export function statements2004(context: StatementContext, setup: Setup2004, before: State2004, entries: readonly Entry[]): Statement[] {
  const { statements, look } = telling2004(context, setup);
  replay2004(setup, before, entries, look);
  return statements;
}

/** The same for who runs the replay: `statements` grows with each look of it. */
export function telling2004(context: StatementContext, setup: Setup2004): { statements: Statement[]; look: Look2004 } {
  const statements: Statement[] = [];
  return { statements, look: (before, after, tMs) => void statements.push(...told(context, setup, before, after, tMs)) };
}

/** The statement of a session that was left without Terminate, for the launch that closes it (see `launch2004`); none when no session is open. */
export function interruption2004(context: StatementContext, setup: Setup2004, state: State2004): Statement[] {
  if (!state.session) return [];
  const { scratch, startedMs, lastMs } = state.session;
  const duration = isoDuration(scratch ? lastMs - startedMs : sessionTimeMs(setup, state.session));
  const result = { ...(!scratch && resultOf(overall(setup, state))), duration };
  return [teller(context, state, lastMs)(scratch ? "terminated" : "suspended", "interruption", scoOf(context), result)];
}

function told(context: StatementContext, setup: Setup2004, before: State2004, after: State2004, tMs: number): Statement[] {
  const say = teller(context, after, tMs);
  const sco = scoOf(context);
  if (!before.session && after.session) return [say(setup.entry === "resume" ? "resumed" : "initialized", "session", sco)];
  const statements = [
    ...interactionsTold(context, say, before, after),
    ...objectivesTold(context, say, before, after),
    ...judgmentTold(say, "cmi", sco, overall(setup, before), overall(setup, after)),
  ];
  if (before.session && !after.session) {
    const { scratch, startedMs } = before.session;
    const duration = isoDuration(scratch ? tMs - startedMs : after.totalTimeMs - before.totalTimeMs);
    const result = { ...(!scratch && resultOf(overall(setup, after))), duration };
    statements.push(say(!scratch && isSuspended(before.session) ? "suspended" : "terminated", "session", sco, result));
  }
  return statements;
}

/** What the data model says of a SCO or an objective, as far as the profile has words for it. */
interface Judgment {
  completion: CompletionStatus;
  success: SuccessStatus;
  score: Result["score"] | null;
}

const none: Judgment = { completion: "unknown", success: "unknown", score: null };

/** A verb for each thing that became known: "completed"; "passed" or "failed", with the score; "scored" for a score without these. */
function judgmentTold(say: Say, element: string, object: Activity, before: Judgment, after: Judgment): Statement[] {
  const statements: Statement[] = [];
  const score = after.score && { score: after.score };
  if (after.completion === "completed" && before.completion !== "completed") statements.push(say("completed", `${element}.completion_status`, object, { completion: true }));
  if (after.success !== "unknown" && after.success !== before.success)
    statements.push(say(after.success, `${element}.success_status`, object, { ...score, success: after.success === "passed" }));
  else if (score && !same(after.score, before.score)) statements.push(say("scored", `${element}.score`, object, score));
  return statements;
}

function objectivesTold(context: StatementContext, say: Say, before: State2004, after: State2004): Statement[] {
  const earlier = objectivesOf(before);
  return objectivesOf(after).flatMap((objective, n) => {
    const object = activity(innerIri(context.sco.id, "objectives", objective.id), "objective", objective.id, context.language);
    const { [n]: was = none } = earlier;
    return judgmentTold(say, `cmi.objectives.${n}`, object, honest(was), honest(objective));
  });
}

function interactionsTold(context: StatementContext, say: Say, before: State2004, after: State2004): Statement[] {
  const earlier = interactionsOf(before);
  return interactionsOf(after).flatMap((interaction, n) => {
    const answered = interaction2004(interaction);
    if (!answered || (earlier[n] && same(answered, interaction2004(earlier[n])))) return [];
    return [say("responded", `cmi.interactions.${n}`, interactionActivity(context.sco.id, answered), interactionResult(answered))];
  });
}

function overall(setup: Setup2004, state: State2004): Judgment {
  return honest({ completion: completionOf(setup, state).value, success: successOf(setup, state).value, score: scoreOf(state, "cmi.score") });
}

/** xAPI refuses a score outside of its own min and max (Data 2.4.5.1): where these contradict raw or each other they are left out. */
function honest({ completion, success, score }: Judgment): Judgment {
  if (!score) return { completion, success, score };
  const { raw, min = -Infinity, max = Infinity } = score;
  const contradicts = min >= max || (raw !== undefined && (raw < min || raw > max));
  const { min: _, max: __, ...rest } = score;
  const left = contradicts ? rest : score;
  return { completion, success, score: Object.keys(left).length > 0 ? left : null };
}

function resultOf({ completion, success, score }: Judgment): Result {
  return { ...(score && { score }), ...(success !== "unknown" && { success: success === "passed" }), ...(completion !== "unknown" && { completion: completion === "completed" }) };
}

function isSuspended({ values }: OpenSession): boolean {
  return values["cmi.exit"] === "suspend" || values["adl.nav.request"] === "suspendAll";
}
