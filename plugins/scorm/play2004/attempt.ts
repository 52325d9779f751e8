import { packageSettingsOf, sql, type Context, type Sql } from "cadre";
import { openEngine, type Engine, type EngineAnswer, type EngineState, type LearnerStore } from "../runtime/engine/index.ts";
import { played2004, type PackageSettings2004, type Played2004, type ScormSettings } from "../settings.ts";
import type { PlayedCourse } from "./course.ts";
import { lockStore, readStore, saveStore } from "./learner-store.ts";

/** Whose attempt on which version of a package. */
export interface AttemptPlace {
  attemptId: string;
  userId: string;
  packageVersionId: string;
}

/** A learner's attempt on a course, held to the end of the transaction. */
export interface HeldAttempt extends AttemptPlace {
  /** The page that plays now. */
  runId: string | null;
  timeMs: number;
  /** How often the sequencer was asked. */
  decisions: number;
}

/** A held attempt with its engine, for as long as one request. */
export interface OpenAttempt {
  held: HeldAttempt;
  engine: Engine;
  store: LearnerStore;
  how: Played2004;
}

/** How a version of a package is played now. */
export async function howPlayed(ctx: Context<ScormSettings>, { versionId, course }: PlayedCourse): Promise<Played2004> {
  return played2004(ctx.config, (await packageSettingsOf(ctx.db, versionId)) as PackageSettings2004, course.edition);
}

/** Content of earlier editions knows no jump; we may use one all the same (see `backTo`). */
const switchesOf = ({ sequencing }: Played2004) => ({ ...sequencing, jump: true });

/**
 * Makes an attempt's row where it has none, and holds it. On another version of its package an attempt begins with what it had come to on the
 * last one, as far as identifiers agree (see `openEngine`); the row of that version stays as it is.
 */
export async function holdAttempt(ctx: Context, place: AttemptPlace): Promise<HeldAttempt> {
  await makeAttempt(ctx, place);
  return attemptAt(ctx, place, sql.raw("for update"));
}

/**
 * The same for who only asks what would come of it, and changes nothing: nothing is locked, for commits lock an attempt before its enrollment,
 * and whoever opens a page has the enrollment locked already.
 */
export async function foreseeAttempt(ctx: Context<ScormSettings>, place: AttemptPlace, played: PlayedCourse): Promise<OpenAttempt> {
  await makeAttempt(ctx, place);
  return opened(ctx, await attemptAt(ctx, place, sql.raw("")), played, await readStore(ctx, place.userId, played));
}

async function makeAttempt(ctx: Context, { attemptId, userId, packageVersionId }: AttemptPlace): Promise<void> {
  await ctx.db.run(sql`
    with last as (select run_id, time_ms, state from scorm.course_state where attempt_id = ${attemptId} order by created_at desc limit 1)
    insert into scorm.course_state (attempt_id, package_version_id, user_id, run_id, time_ms, state, created_at)
    select ${attemptId}::uuid, ${packageVersionId}::uuid, ${userId}::uuid, last.run_id, coalesce(last.time_ms, 0), last.state, ${ctx.now()}::timestamptz from (values (1)) one left join last on true
    on conflict do nothing`);
}

function attemptAt(ctx: Context, { attemptId, packageVersionId }: AttemptPlace, lock: Sql): Promise<HeldAttempt> {
  return ctx.db.one(sql`
    select attempt_id, user_id, package_version_id, run_id, time_ms::float8 as time_ms, decisions from scorm.course_state
    where attempt_id = ${attemptId} and package_version_id = ${packageVersionId} ${lock}`);
}

/** Opens the engine of a held attempt; shared objectives and data are held with it. */
export async function openAttempt(ctx: Context<ScormSettings>, held: HeldAttempt, played: PlayedCourse): Promise<OpenAttempt> {
  return opened(ctx, held, played, await lockStore(ctx, held.userId, played));
}

async function opened(ctx: Context<ScormSettings>, held: HeldAttempt, played: PlayedCourse, store: LearnerStore): Promise<OpenAttempt> {
  const { state } = await ctx.db.one<{ state: string | null }>(sql`
    select state from scorm.course_state where attempt_id = ${held.attemptId} and package_version_id = ${held.packageVersionId}`);
  const how = await howPlayed(ctx, played);
  return { held, store, how, engine: openEngine(played.course, { state: state === null ? null : (JSON.parse(state) as EngineState), store, nowMs: ctx.now().getTime(), seed: seedOf(held.attemptId), switches: switchesOf(how) }) };
}

/** The attempt as it would be, were nothing of it kept: for asking what a change would come to. */
export function rehearsed({ engine, held, how }: OpenAttempt, played: PlayedCourse, nowMs: number): Engine {
  return openEngine(played.course, { state: engine.state(), store: engine.store(), nowMs, seed: seedOf(held.attemptId), switches: switchesOf(how) });
}

/** Keeps an attempt, and what its course shares with others. */
export async function saveAttempt(ctx: Context, { held, engine, store }: OpenAttempt): Promise<void> {
  await saveStore(ctx, held.userId, store, engine.store());
  ctx.db.later(sql`
    update scorm.course_state set state = ${JSON.stringify(engine.state())}, run_id = ${held.runId}, time_ms = ${held.timeMs}, decisions = ${held.decisions}
    where attempt_id = ${held.attemptId} and package_version_id = ${held.packageVersionId}`);
}

const decisionsKept = 200;

/** Writes down what the sequencer was asked and why it answered so, of each attempt the latest. */
export async function noteDecision(ctx: Context, { held, engine }: OpenAttempt, asked: { launchId: string; request: string }, { delivery, ended, refusal }: EngineAnswer): Promise<void> {
  held.decisions += 1;
  const cameTo = refusal ? `${refusal.exception}: ${refusal.reason}` : delivery !== null ? `${delivery} is delivered` : ended ? "the course is left" : "nothing is delivered";
  await ctx.db.run(sql`
    with gone as (
      delete from scorm.decision where attempt_id = ${held.attemptId} and package_version_id = ${held.packageVersionId} and number <= ${held.decisions - decisionsKept}
    )
    insert into scorm.decision (attempt_id, package_version_id, number, launch_id, request, came_to, trace, at)
    values (${held.attemptId}, ${held.packageVersionId}, ${held.decisions}, ${asked.launchId}, ${asked.request}, ${cameTo}, ${JSON.stringify(engine.trace().entries)}::jsonb, ${ctx.now()})`);
}

/** The same for an attempt always, though no two attempts draw alike. */
function seedOf(attemptId: string): number {
  return Number.parseInt(attemptId.replaceAll("-", "").slice(-8), 16) | 0;
}
