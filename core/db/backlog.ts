import { buried } from "./boss.ts";
import type { Db } from "./database.ts";
import { readerStates, type ReaderState } from "./reader.ts";
import { lastSlots } from "./schedules.ts";
import { sql, type Sql } from "./sql.ts";
import type { Jobs } from "./work.ts";

declare module "../kernel/context.ts" {
  interface Site {
    readonly jobs: Jobs;
  }
}

/** How much lies in one queue. */
export interface QueueState {
  name: string;
  /** Whose it is; undefined when no plugin of today works on it, such as after one was removed. */
  plugin: string | undefined;
  kind: "job" | "event" | undefined;
  /** Could be worked on now. */
  waiting: number;
  /** Wait for their time: queued for later, or for the next try. */
  delayed: number;
  active: number;
  /** Failed in every try. */
  buried: number;
  /** How long the oldest that could be worked on has been waiting. */
  oldestWaitingSeconds: number;
}

/** A letter that failed in every try. */
export interface DeadLetter {
  /** Names it to `replay` and `discard`. */
  id: string;
  queue: string;
  /** The event's or job's own id. */
  letterId: string;
  content: unknown;
  /** What the last try failed with. */
  error: { message: string; code?: string; stack?: string };
  attempts: number;
  queuedAt: Date;
  buriedAt: Date;
}

/** Everything that waits, fails or lags, for health, metrics and the jobs page. */
export interface WorkState {
  queues: QueueState[];
  readers: ReaderState[];
  schedules: { schedule: string; slot: Date }[];
}

/** Every queue with its counts, those of today's plugins even when they are empty. */
export async function queueStates(db: Db, jobs: Jobs): Promise<QueueState[]> {
  const counted = await db.rows<Omit<QueueState, "plugin" | "kind">>(sql`
    with live as (
      select name, state, start_after, pgboss.job_now() as now from pgboss.job where state <= 'active' and name <> ${buried}
    ), dead as (
      select source_name as name, count(*)::int as buried from pgboss.job where name = ${buried} and state < 'active' group by source_name
    ), counts as (
      select name,
        count(*) filter (where state < 'active' and start_after <= now)::int as waiting,
        count(*) filter (where state < 'active' and start_after > now)::int as delayed,
        count(*) filter (where state = 'active')::int as active,
        coalesce(extract(epoch from max(now - start_after) filter (where state < 'active' and start_after <= now)), 0)::float8 as oldest_waiting_seconds
      from live group by name
    )
    select name, coalesce(waiting, 0) as waiting, coalesce(delayed, 0) as delayed, coalesce(active, 0) as active,
      coalesce(buried, 0) as buried, coalesce(oldest_waiting_seconds, 0) as oldest_waiting_seconds
    from counts full join dead using (name)`);
  const known = new Map(jobs.queues.map((queue) => [queue.name, queue]));
  const found = new Map(counted.map((state) => [state.name, state]));
  return [...new Set([...known.keys(), ...found.keys()])].sort().map((name) => ({
    ...(found.get(name) ?? { waiting: 0, delayed: 0, active: 0, buried: 0, oldestWaitingSeconds: 0 }),
    name,
    plugin: known.get(name)?.plugin,
    kind: known.get(name)?.kind,
  }));
}

const letterColumns = sql`id, source_name as queue, data->>'id' as letter_id, data->'content' as content, source_output as error,
  source_retry_count + 1 as attempts, (data->>'at')::timestamptz as queued_at, created_on as buried_at`;

/** Buried letters, newest first: of one queue or of all, 100 at most unless told; the next page is `before` the last one's `buriedAt`. */
export async function deadLetters(db: Db, { queue, before, limit = 100 }: { queue?: string; before?: Date; limit?: number } = {}): Promise<DeadLetter[]> {
  return deadLettersBy(
    db,
    sql`(${queue ?? null}::text is null or source_name = ${queue ?? null}) and (${before ?? null}::timestamptz is null or created_on < ${before ?? null})`,
    sql`order by created_on desc, id limit ${limit}`,
  );
}

/** Buried letters by a condition and an order on the columns `id`, `source_name` and `created_on`, for lists with pages. */
export function deadLettersBy(db: Db, condition: Sql, order: Sql): Promise<DeadLetter[]> {
  return db.rows(sql`select ${letterColumns} from pgboss.job where name = ${buried} and state < 'active' and ${condition} ${order}`);
}

/** How many letters each queue is done with; they are forgotten after a day. */
export async function doneToday(db: Db): Promise<ReadonlyMap<string, number>> {
  const rows = await db.rows<{ name: string; done: number }>(sql`select name, count(*)::int as done from pgboss.job where state = 'completed' and name <> ${buried} group by name`);
  return new Map(rows.map(({ name, done }) => [name, done]));
}

/** Puts buried letters back into their queues, for all tries anew: some, those of one queue, or all; how many. */
export function replay(jobs: Jobs, which: { ids: readonly string[] } | { queue: string } | "all"): Promise<number> {
  return jobs.boss.replay(which === "all" ? {} : which);
}

/** Deletes buried letters for good. */
export function discard(jobs: Jobs, ids: readonly string[]): Promise<void> {
  return jobs.boss.discard(ids);
}

export async function workState(db: Db, jobs: Jobs): Promise<WorkState> {
  const [queues, readers, schedules] = await Promise.all([queueStates(db, jobs), readerStates(db), lastSlots(db)]);
  return { queues, readers, schedules };
}

/** What is wrong with the work, one sentence each; nothing when all is well. */
export function workProblems({ queues, readers }: WorkState): string[] {
  return [
    ...queues.filter(({ buried: dead }) => dead > 0).map(({ name, buried: dead }) => `${dead === 1 ? "One letter of" : `${dead} letters of`} ${name} failed in every try; see the jobs page.`),
    ...queues.filter(({ oldestWaitingSeconds }) => oldestWaitingSeconds > 300).map(({ name, oldestWaitingSeconds }) => `${name} has been waiting for ${Math.round(oldestWaitingSeconds / 60)} minutes; is a worker running?`),
    ...readers.filter(({ failures }) => failures > 0).map(({ plugin, feed, failures, error }) => `${plugin} failed ${failures} times on the feed ${feed}: ${error}`),
  ];
}
