import { refuse, sql, statements, type Context, type FedStatement } from "cadre";
import { wake } from "./delivery.ts";
import { fits, type StatementFilter } from "./filter.ts";
import type { Target } from "./model.ts";

/** Puts statements into the queue of every target that wants them; within the transaction that reads the feed on, so each once and in order. */
export async function queue(ctx: Context, batch: readonly FedStatement[]): Promise<void> {
  const targets = await ctx.db.rows<{ id: string; filter: StatementFilter }>(sql`select id, filter from xapi_forward.target order by id for share`);
  for (const { id, filter } of targets) await append(ctx, id, batch.filter((statement) => fits(filter, statement)));
}

export interface Collecting {
  targetId: string;
  store: number;
  /** Microseconds since 1970. */
  after: number;
  until: number;
}

const collectedAtOnce = 2000;

/** Queues what a store has already: one stretch of it, and itself for the next. */
export async function collect(ctx: Context, { targetId, store, after, until }: Collecting): Promise<void> {
  await ctx.transact(async (tx) => {
    const target = await tx.db.maybe<Target>(sql`select * from xapi_forward.target where id = ${targetId} for share`);
    if (!target) return;
    const found = await statements.after(tx, { store, after, until }, collectedAtOnce);
    await append(tx, targetId, found.filter((statement) => fits(target.filter, statement)));
    const last = found.at(-1);
    if (last && found.length === collectedAtOnce) await tx.enqueue("collect", { targetId, store, after: last.seq, until });
  });
}

/** Begins to queue everything a store was given after `since`. @throws not_found */
export async function resend(ctx: Context, targetId: string, { store, since }: { store: number; since: Date }): Promise<void> {
  await ctx.transact(async (tx) => {
    const target = await tx.db.maybe(sql`select from xapi_forward.target where id = ${targetId}`);
    if (!target) throw unknownTarget();
    await tx.enqueue("collect", { targetId, store, after: since.getTime() * 1000 - 1, until: await statements.complete(tx) });
  });
}

/** Sends what was buried again, behind what waits already; how many. */
export async function replay(ctx: Context, targetId: string): Promise<number> {
  return ctx.transact(async (tx) => {
    const replayed = await tx.db.run(sql`
      with dug as (delete from xapi_forward.buried where target_id = ${targetId} returning position, store, seq)
      insert into xapi_forward.waiting (target_id, store, seq) select ${targetId}, store, seq from dug order by position`);
    if (replayed > 0) await wake(tx, targetId);
    return replayed;
  });
}

export const unknownTarget = (): Error => refuse("not_found", "There is no such target.", { status: 404 });

async function append(ctx: Context, targetId: string, wanted: readonly FedStatement[]): Promise<void> {
  if (wanted.length === 0) return;
  await ctx.db.run(sql`
    insert into xapi_forward.waiting (target_id, store, seq)
    select ${targetId}, store, seq from unnest(${wanted.map(({ store }) => store)}::integer[], ${wanted.map(({ seq }) => seq)}::bigint[]) with ordinality as sent(store, seq, place)
    order by place`);
  await wake(ctx, targetId);
}
