import type { Context } from "../../kernel/context.ts";
import { refuse } from "../../kernel/errors.ts";
import { deadLettersBy, discard as discardLetters, doneToday, queueStates, replay as replayLetters, type DeadLetter, type QueueState } from "../../db/backlog.ts";
import { schedulesOf } from "../../db/schedules.ts";
import { sql } from "../../db/sql.ts";
import { readPage, type PageOf, type PageRequest } from "../../http/paging.ts";
import * as audit from "../audit.ts";

/** A queue as administrators see it. */
export interface QueueView extends QueueState {
  /** In the last day. */
  completed: number;
  /** The cron expression (UTC) that fills it by itself. */
  schedule: string | null;
  nextAt: Date | null;
}

/** Every queue with its counts and its schedule. */
export async function queues(ctx: Context): Promise<QueueView[]> {
  const { jobs, host } = ctx.site;
  const [states, done] = await Promise.all([queueStates(ctx.db, jobs), doneToday(ctx.db)]);
  const schedules = schedulesOf(host).map(({ plugin, job, cron }) => ({ cron, queue: job.includes(".") ? job : `${plugin}.${job}` }));
  return states.map((state) => {
    const crons = schedules.filter(({ queue }) => queue === state.name).map(({ cron }) => cron);
    const next = crons.flatMap((cron) => jobs.boss.occurrence(cron, ctx.now()) ?? []).sort((a, b) => a.getTime() - b.getTime());
    return { ...state, completed: done.get(state.name) ?? 0, schedule: crons.join(", ") || null, nextAt: next[0] ?? null };
  });
}

/** What failed in every try, the latest first; of one queue or of all. */
export function dead(ctx: Context, queue: string | undefined, page: PageRequest): Promise<PageOf<DeadLetter>> {
  // a Date holds milliseconds, PostgreSQL microseconds: both sides are cut alike
  const columns = [{ column: "date_trunc('milliseconds', created_on)", type: "timestamptz" as const }, { column: "id", type: "uuid" as const }];
  return readPage<DeadLetter>(page, { columns, descending: true, keyOf: ({ buriedAt, id }) => [buriedAt.toISOString(), id] }, (condition, order) =>
    deadLettersBy(ctx.db, queue === undefined ? condition : sql`${condition} and source_name = ${queue}`, order),
  );
}

/** Puts one that failed back into its queue, for all tries anew. @throws not_found (404) */
export async function replay(ctx: Context, id: string): Promise<void> {
  await ctx.transact(async (tx) => {
    const letter = await find(tx, id);
    await audit.record(tx, { action: "job.replayed", subject: subjectOf(letter) });
    if ((await replayLetters(tx.site.jobs, { ids: [id] })) === 0) throw gone();
  });
}

/** Puts everything that failed, in one queue or in all, back; how many. */
export async function replayAll(ctx: Context, queue?: string): Promise<number> {
  return ctx.transact(async (tx) => {
    const replayed = await replayLetters(tx.site.jobs, queue === undefined ? "all" : { queue });
    if (replayed > 0) await audit.record(tx, { action: "jobs.replayed", subject: { kind: "queue", name: queue ?? "every queue" }, detail: { letters: replayed } });
    return replayed;
  });
}

/** Gives one that failed up for good; the audit keeps what it was. @throws not_found (404) */
export async function discard(ctx: Context, id: string): Promise<void> {
  await ctx.transact(async (tx) => {
    const letter = await find(tx, id);
    await audit.record(tx, { action: "job.discarded", subject: subjectOf(letter), detail: { error: letter.error.message } });
    await discardLetters(tx.site.jobs, [id]);
  });
}

async function find(ctx: Context, id: string): Promise<DeadLetter> {
  const [letter] = await deadLettersBy(ctx.db, sql`id = ${id}::uuid`, sql.raw("limit 1"));
  if (!letter) throw gone();
  return letter;
}

const subjectOf = ({ letterId, queue }: DeadLetter) => ({ kind: "job", id: letterId, name: queue });
const gone = () => refuse("not_found", "This job is not among those that failed: it was replayed or given up already.", { status: 404 });
