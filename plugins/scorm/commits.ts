import { attempts, launches, refuse, sql, tell, type Context } from "cadre";
import { isEntry, type CommitRequest, type CommitResponse, type Divergence, type Entry } from "./runtime/journal.ts";
import { replay12, summary12, type State12 } from "./runtime/scorm12/index.ts";
import { moved, rolledUp, untouched, type UnitOutcomes } from "./outcome.ts";
import { heard, take } from "./pages-at-once.ts";
import { lock, restart, type LockedRun } from "./runs.ts";
import { telling12, type Statement } from "./statements.ts";

/**
 * Takes in a piece of journal: replays it, keeps state and journal, moves the attempt and tells its statements, all or nothing. It may come
 * any number of times, also at once; what is there already changes nothing. Also for an earlier launch of the same registration, when
 * `recover` is said: then the answer has the state from which the token's own page shall start.
 * Commits of previews and reviews are acknowledged and forgotten.
 * @throws launch_unknown (404), launch_over (410), scorm_entries_malformed (422), scorm_run_unknown (404), scorm_journal_gap (409) with `expectedSeq`
 */
export async function commit(ctx: Context, token: string, request: CommitRequest): Promise<CommitResponse<State12>> {
  const { entries, sentAtMs, launchId } = request;
  requireEntries(entries);
  return ctx.transact(async (tx) => {
    const savedAt = tx.now().toISOString();
    const run = await lock(tx, token, launchId);
    if (!run || run.asking.mode !== "normal") return acknowledged(await launches.byToken(tx, token), request, savedAt);
    launches.requireOpen(tx, run.asking);
    if (!mayCommit(run, request)) throw runUnknown();
    const { statements, look } = telling12({ ...run.about, launchId: run.id, sentAtMs, receivedAtMs: tx.now().getTime() });
    const replay = replay12(run.setup, run.state, entries, look);
    if (!replay.ok) throw refuse(replay.code, `The entries before this piece are missing; send from ${replay.expectedSeq}.`, { status: 409, data: { expectedSeq: replay.expectedSeq } });
    const { applied, state, divergences } = replay;
    if (applied.length > 0) await keep(tx, { run, applied, divergences, state, statements, request });
    if (request.take) await take(tx, run);
    else if (applied.length === 0 || request.leaving) await heard(tx, run, request);
    if (divergences.length > 0) tx.log.warn({ runId: run.id, divergences }, "The server's run of some SCORM content refused what the browser's took");
    if (run.asking.expiresAt.getTime() - tx.now().getTime() < renewedBeforeMs) await launches.extend(tx, run.asking.id);
    const start = request.recover || request.take ? await restart(tx, run.asking.id) : undefined;
    const takenOver = run.takenOver && !request.take;
    return { ackSeq: state.seq, savedAt, ...(divergences.length > 0 && { divergences }), ...(takenOver && { takenOver }), ...(start && { state: start }) };
  });
}

/** The answer to who only looks, of whom nothing is kept. */
function acknowledged({ mode }: launches.Launch, { entries, fromSeq }: CommitRequest, savedAt: string): CommitResponse<State12> {
  if (mode === "normal") throw runUnknown();
  return { ackSeq: entries.reduce((last, [seq]) => Math.max(last, seq), fromSeq - 1), savedAt };
}

/** What is written for a page that is not the launch's. */
export const runUnknown = () => refuse("scorm_run_unknown", "This piece of journal belongs to no page that this launch may write for.", { status: 404 });

/** A launch in use is renewed once it has less than this left; every commit would be too often. */
export const renewedBeforeMs = 8 * 3_600_000;

interface Growth {
  run: LockedRun;
  applied: readonly Entry[];
  divergences: readonly Divergence[];
  state: State12;
  statements: readonly Statement[];
  request: CommitRequest;
}

async function keep(ctx: Context, { run, applied, divergences, state, statements, request: { sentAtMs, calls = [] } }: Growth): Promise<void> {
  const { units } = run;
  const first = applied[0]?.[0] ?? 0;
  const lastMs = ctx.now().getTime() + Math.min((applied.at(-1)?.[1] ?? sentAtMs) - sentAtMs, 0);
  const after = { ...units, [run.unit]: moved(units[run.unit] ?? untouched, summary12(run.setup, state), lastMs) };
  ctx.db.later(sql`
    with piece as (
      insert into scorm.journal (run_id, from_seq, entries, calls, divergences, received_at)
      values (${run.id}, ${first}, ${JSON.stringify(applied)}, ${jsonOrNull(calls)}, ${jsonOrNull(divergences)}, ${ctx.now()})
    ), place as (
      update scorm.outcome set units = ${JSON.stringify(after)}::jsonb where attempt_id = ${run.attemptId}
    )
    update scorm.run set state = ${JSON.stringify(state)}, seq = ${state.seq}, last_at = ${new Date(lastMs)}, seen_at = ${ctx.now()} where id = ${run.id}`);
  const counts = isWorthRecording(units, after, state);
  // at once, so that neither's questions wait for the other's answers
  await Promise.all([statements.length > 0 && tell(ctx, statements), counts && attempts.record(ctx, run.attemptId, rolledUp(after))]);
}

/** For a column that is null where there is nothing to tell. */
export function jsonOrNull(list: readonly unknown[]): string | null {
  return list.length > 0 ? JSON.stringify(list) : null;
}

/** Whether reports would show something else: another outcome, the end of a session, or another minute spent. */
function isWorthRecording(before: UnitOutcomes, after: UnitOutcomes, { session }: State12): boolean {
  const [{ timeMs: beforeMs, ...was }, { timeMs: afterMs, ...is }] = [rolledUp(before), rolledUp(after)];
  return JSON.stringify(was) !== JSON.stringify(is) || session === null || Math.floor(beforeMs / 60_000) !== Math.floor(afterMs / 60_000);
}

function mayCommit({ asking, launchId, registration, itemKey }: LockedRun, { recover }: CommitRequest): boolean {
  return launchId === asking.id || (recover === true && registration === asking.registration && itemKey === asking.itemKey);
}

/** Content that begins again seventeen times has been seen; more than this in one piece is no content. */
const sessionsAtMost = 200;

/** @throws scorm_entries_malformed */
export function requireEntries(entries: readonly unknown[]): asserts entries is Entry[] {
  const problems = entries.flatMap((entry, index) => (isEntry(entry) ? [] : [{ pointer: `/entries/${index}`, code: "scorm_entries_malformed", message: "is no journal entry" }]));
  const sessions = entries.filter((entry) => (entry as Entry)[2] === "initialize").length;
  if (sessions > sessionsAtMost) problems.push({ pointer: "/entries", code: "scorm_entries_malformed", message: `begins more than ${sessionsAtMost} sessions` });
  if (problems.length > 0) throw refuse("scorm_entries_malformed", `This is no journal: ${problems[0]?.pointer} ${problems[0]?.message}.`, { status: 422, problems: problems.slice(0, 20) });
}
