import type { Entry } from "./runtime/journal.ts";
import { outcomeOf, interactionsOf, objectivesOf, type Objective12 } from "./runtime/scorm12/summary.ts";
import { replay12, scoreOf, type Look12, type Setup12, type State12 } from "./runtime/scorm12/index.ts";
import { lessonStatus, sessionTimeMs } from "./runtime/scorm12/state.ts";
import { interaction12, interactionActivity, interactionResult } from "./statements/interaction.ts";
import { activity, innerIri, isoDuration, profileActivity, verb, type Activity, type Result, type Statement, type VerbName } from "./statements/profile.ts";
import { namespace, same, scoOf, teller, type Say, type StatementContext } from "./statements/telling.ts";
import { uuid5 } from "./statements/uuid5.ts";

export type { Statement } from "./statements/profile.ts";
export type { StatementContext } from "./statements/telling.ts";

/**
 * The xAPI statements of a commit, by the xAPI SCORM Profile: `before` is the state as it stood, `entries` the journal that is applied to it.
 * Pure. Only what changed since the look before is said, with the time of the entry that was last then. Ids are made from registration,
 * launch, attempt, element and seq: saying it twice gives the same ids. A session that ends is "suspended" when it may be resumed,
 * else "terminated" (profile 5). suspend_data is never told.
 */
export function statements12(context: StatementContext, setup: Setup12, before: State12, entries: readonly Entry[]): Statement[] {
  const { statements, look } = telling12(context);
  replay12(setup, before, entries, look);
  return statements;
}

/** The same for who runs the replay: `statements` grows with each look of it. */
export function telling12(context: StatementContext): { statements: Statement[]; look: Look12 } {
  const statements: Statement[] = [];
  return { statements, look: (before, after, tMs) => void statements.push(...told(context, before, after, tMs)) };
}

/** The statement of a session that was left without LMSFinish, for the launch that closes it (see `launch12`); none when no session is open. */
export function interruption12(context: StatementContext, setup: Setup12, state: State12): Statement[] {
  if (!state.session) return [];
  const { scratch, startedMs, lastMs } = state.session;
  const say = teller(context, state, lastMs);
  const duration = isoDuration(scratch ? lastMs - startedMs : sessionTimeMs(setup, state.session));
  return [say(scratch ? "terminated" : "suspended", "interruption", scoOf(context), { ...(!scratch && overall(state)), duration })];
}

/** "Completed", for an asset, which is complete once it was opened; the same registration says it once. */
export function assetOpened({ actor, registration, course, sco, language, platform }: Omit<StatementContext, "launchId" | "sentAtMs" | "receivedAtMs">, at: Date): Statement {
  return {
    id: uuid5(namespace, [registration, "completed", sco.id].join(" ")),
    actor,
    verb: verb("completed"),
    object: activity(sco.id, "lesson", sco.name, language),
    result: { completion: true },
    context: { registration, ...(platform && { platform }), contextActivities: { grouping: [activity(course.id, "course", course.name, language)], category: [profileActivity] } },
    timestamp: at.toISOString(),
  };
}

function told(context: StatementContext, before: State12, after: State12, tMs: number): Statement[] {
  const say = teller(context, after, tMs);
  const sco = scoOf(context);
  if (!before.session && after.session) return [say(after.entry === "resume" ? "resumed" : "initialized", "session", sco)];
  const statements = [...interactionsTold(context, say, before, after), ...objectivesTold(context, say, before, after), ...outcomeTold(say, sco, before, after)];
  if (before.session && !after.session) {
    const { scratch, startedMs } = before.session;
    const ended = after.ended === "suspend" && !scratch ? "suspended" : "terminated";
    const duration = isoDuration(scratch ? tMs - startedMs : after.totalTimeMs - before.totalTimeMs);
    statements.push(say(ended, "session", sco, { ...(!scratch && overall(after)), duration }));
  }
  return statements;
}

function outcomeTold(say: Say, sco: Activity, before: State12, after: State12): Statement[] {
  const score = scoreOf(after.cmi, "cmi.core.score");
  const scored = score !== null && !same(score, scoreOf(before.cmi, "cmi.core.score"));
  const status = lessonStatus(after);
  const statusVerb = status === lessonStatus(before) ? undefined : verbOf(status);
  if (statusVerb) return [say(statusVerb, "cmi.core.lesson_status", sco, overall(after))];
  return scored ? [say("scored", "cmi.core.score", sco, { score })] : [];
}

function objectivesTold(context: StatementContext, say: Say, before: State12, after: State12): Statement[] {
  const earlier = objectivesOf(before);
  return objectivesOf(after).flatMap((objective, n) => {
    if (same(objective, earlier[n])) return [];
    const object = activity(innerIri(context.sco.id, "objectives", objective.id), "objective", objective.id, context.language);
    const statusVerb = objective.status === earlier[n]?.status ? undefined : verbOf(objective.status);
    const name = statusVerb ?? (objective.score ? "scored" : undefined);
    return name ? [say(name, `cmi.objectives.${n}`, object, statusVerb ? objectiveResult(objective) : { score: objective.score ?? {} })] : [];
  });
}

function interactionsTold(context: StatementContext, say: Say, before: State12, after: State12): Statement[] {
  const earlier = interactionsOf(before);
  return interactionsOf(after).flatMap((interaction, n) => {
    const answered = interaction12(interaction);
    if (!answered || same(interaction, earlier[n])) return [];
    return [say("responded", `cmi.interactions.${n}`, interactionActivity(context.sco.id, answered), interactionResult(answered))];
  });
}

function verbOf(status: string): VerbName | undefined {
  return status === "completed" || status === "passed" || status === "failed" ? status : undefined;
}

function overall(state: State12): Result {
  return resultOf(lessonStatus(state), scoreOf(state.cmi, "cmi.core.score"));
}

function objectiveResult({ status, score }: Objective12): Result {
  return resultOf(status, score);
}

function resultOf(status: string, score: Result["score"] | null): Result {
  const { completed, success } = outcomeOf(status);
  return { ...(score && { score }), ...(success !== null && { success }), ...(completed !== null && { completion: completed }) };
}
