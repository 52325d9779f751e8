import { attempts, launches, refuse, sql, tell, type Context } from "cadre";
import { jsonOrNull, renewedBeforeMs, requireEntries, runUnknown } from "../commits.ts";
import { heard } from "../pages-at-once.ts";
import type { Divergence, Entry } from "../runtime/journal.ts";
import type { CommitRequest2004, CommitResponse2004 } from "../playing.ts";
import { replay2004, timeSpentMs } from "../runtime/scorm2004/index.ts";
import type { ScormSettings } from "../settings.ts";
import { telling2004, type Statement } from "../statements2004.ts";
import { openAttempt } from "./attempt.ts";
import { weigh } from "./begin.ts";
import { playedCourse } from "./course.ts";
import { look } from "./look.ts";
import { move, moveAgain, resume } from "./moves.ts";
import type { Session } from "./policy.ts";
import { lockRun, runOf, type LockedRun2004 } from "./runs.ts";
import { situationOf } from "./situation.ts";
import { countsDifferently } from "./standing.ts";

/**
 * Takes in a piece of journal: replays it, keeps state and journal, and tells its statements. Where it ends the session, or the learner asks to
 * go elsewhere, the sequencer ends the attempt, rolls up and delivers in the same transaction. It may come any number of times, also at
 * once; what is there already changes nothing, and what was answered is answered again. Pages whose place another one took keep their
 * journal, count for nothing, and are told. Commits of previews and reviews are acknowledged and forgotten.
 * @throws launch_unknown (404), launch_over (410), scorm_entries_malformed (422), scorm_run_unknown (404), scorm_journal_gap (409) with `expectedSeq`
 */
export async function commit2004(ctx: Context<ScormSettings>, token: string, request: CommitRequest2004): Promise<CommitResponse2004> {
  const { entries, sentAtMs, launchId, navigation } = request;
  requireEntries(entries);
  return ctx.transact(async (tx) => {
    const savedAt = tx.now().toISOString();
    const run = await lockRun(tx, token, launchId);
    if (!run || run.asking.mode !== "normal") return looking(tx, token, request);
    launches.requireOpen(tx, run.asking);
    if (!mayCommit(run, request)) throw runUnknown();
    const { statements, look } = telling2004({ ...run.about, launchId: run.id, sentAtMs, receivedAtMs: tx.now().getTime() }, run.setup);
    const replay = replay2004(run.setup, run.state, entries, look);
    if (!replay.ok) throw refuse(replay.code, `The entries before this piece are missing; send from ${replay.expectedSeq}.`, { status: 409, data: { expectedSeq: replay.expectedSeq } });
    const { applied, state, divergences } = replay;
    const before: Session = { setup: run.setup, state: run.state };
    const after: Session = { setup: run.setup, state };
    const revived = request.recover === true && (await revive(tx, run, applied));
    const counts = run.held.runId === run.id;
    const spentMs = run.held.timeMs;
    if (counts) run.held.timeMs += timeSpentMs(run.setup, state) - timeSpentMs(run.setup, run.state);
    if (applied.length > 0) await keep(tx, { run, applied, divergences, session: after, statements, request });
    if (divergences.length > 0) tx.log.warn({ runId: run.id, divergences }, "The server's run of some SCORM content refused what the browser's took");
    if (run.asking.expiresAt.getTime() - tx.now().getTime() < renewedBeforeMs) await launches.extend(tx, run.asking.id);
    if (applied.length === 0 || request.leaving) await heard(tx, run, request);
    const takenOver = !counts && run.leftBy === null && !request.recover;
    const answer = { ackSeq: state.seq, savedAt, ...(divergences.length > 0 && { divergences }), ...(takenOver && { takenOver }) };
    const ends = applied.some(([, , kind]) => kind === "finish") || (revived && state.session === null);
    const asks = navigation !== undefined && navigation.number > (run.leftBy?.number ?? 0);
    if (counts && (ends || asks)) {
      const moved = await move(tx, run, after, { token, navigation: asks ? navigation : undefined });
      // The page that has come in since needs something to show.
      if (!revived || moved.move?.delivery) return { ...answer, ...moved };
    }
    if (revived) return { ...answer, ...(await resume(tx, run, after, token)) };
    const renews = countsDifferently(before, after) || (isBeat(request) && (await sharesObjectives(tx, run)));
    if (counts && renews) return { ...answer, ...(await reweigh(tx, run, after)) };
    if (Math.floor(spentMs / 60_000) !== Math.floor(run.held.timeMs / 60_000)) await attempts.record(tx, run.attemptId, { timeMs: run.held.timeMs });
    return run.leftBy ? { ...answer, ...(await moveAgain(tx, run, token, navigation?.number)) } : answer;
  });
}

/** Whether a page only tells that it is there still. */
function isBeat({ entries, navigation, leaving }: CommitRequest2004): boolean {
  return entries.length === 0 && !navigation && !leaving;
}

/** Whether what the learner does in other courses may change what they may do in this one. */
async function sharesObjectives(ctx: Context, { packageVersionId }: LockedRun2004): Promise<boolean> {
  return (await playedCourse(ctx, packageVersionId)).objectives.length > 0;
}

async function looking(ctx: Context<ScormSettings>, token: string, request: CommitRequest2004): Promise<CommitResponse2004> {
  const launch = await launches.byToken(ctx, token);
  if (launch.mode === "normal") throw runUnknown();
  return look(ctx, launch, token, request);
}

interface Growth {
  run: LockedRun2004;
  applied: readonly Entry[];
  divergences: readonly Divergence[];
  session: Session;
  statements: readonly Statement[];
  request: CommitRequest2004;
}

async function keep(ctx: Context, { run, applied, divergences, session: { state }, statements, request: { sentAtMs, calls = [] } }: Growth): Promise<void> {
  const first = applied[0]?.[0] ?? 0;
  const lastMs = ctx.now().getTime() + Math.min((applied.at(-1)?.[1] ?? sentAtMs) - sentAtMs, 0);
  run.lastAt = new Date(lastMs);
  ctx.db.later(sql`
    with piece as (
      insert into scorm.journal (run_id, from_seq, entries, calls, divergences, received_at)
      values (${run.id}, ${first}, ${JSON.stringify(applied)}, ${jsonOrNull(calls)}, ${jsonOrNull(divergences)}, ${ctx.now()})
    ), place as (
      update scorm.course_state set time_ms = ${run.held.timeMs} where attempt_id = ${run.attemptId} and package_version_id = ${run.packageVersionId}
    )
    update scorm.run set state = ${JSON.stringify(state)}, seq = ${state.seq}, last_at = ${run.lastAt}, seen_at = ${ctx.now()} where id = ${run.id}`);
  if (statements.length > 0) await tell(ctx, statements);
}

/** What content that still runs has come to, and what the learner may do now. */
async function reweigh(ctx: Context<ScormSettings>, run: LockedRun2004, session: Session): Promise<Pick<CommitResponse2004, "situation">> {
  const played = await playedCourse(ctx, run.packageVersionId);
  const open = await openAttempt(ctx, run.held, played);
  await weigh(ctx, open, played, { activity: run.unit, ...session });
  return { situation: situationOf(open.engine, session) };
}

/**
 * Makes a page that was left offline the one that plays again, where the page that followed has not begun: what it left behind then counts
 * as if it had come in time. Whether it did.
 */
async function revive(ctx: Context, { id, unit, held, leftBy, asking }: LockedRun2004, applied: readonly Entry[]): Promise<boolean> {
  if (held.runId === id || held.runId === null || leftBy) return false;
  const current = await runOf(ctx, held.runId);
  if (!current || current.state.seq > 0 || current.unit !== unit || current.launchId !== asking.id) return false;
  if (applied.length === 0 && !(await cameLate(ctx, id, current.id))) return false;
  held.runId = id;
  return true;
}

/** Whether some of a page's journal came, by a beacon, when the page that followed was made already. */
async function cameLate(ctx: Context, id: string, following: string): Promise<boolean> {
  const { late } = await ctx.db.one<{ late: boolean }>(sql`
    select exists (select from scorm.journal join scorm.run following on following.id = ${following} where journal.run_id = ${id} and received_at >= following.created_at) as late`);
  return late;
}

function mayCommit({ asking, launchId, registration, itemKey }: LockedRun2004, { recover }: CommitRequest2004): boolean {
  return launchId === asking.id || (recover === true && registration === asking.registration && itemKey === asking.itemKey);
}
