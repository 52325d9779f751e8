import { sql, statements, type Context, type FedStatement } from "cadre";
import type { Target } from "./model.ts";
import { send, type Outcome } from "./sending.ts";
import type { ForwardSettings } from "./settings.ts";
import { withoutPeople } from "./words.ts";

/**
 * Sends what waits for a target, in order, until nothing waits or the target fails. One process at a time has the target: its lease
 * outlives the longest request, and whoever has lost it writes nothing. Whatever is refused is halved until the one statement
 * that is at fault is alone; that one is buried, and the others go on.
 */
export async function deliver(ctx: Context<ForwardSettings>, targetId: string): Promise<void> {
  let target = await lease(ctx, targetId);
  let size = target && target.failures > 0 ? 1 : ctx.config.batch;
  while (target) {
    const batch = await next(ctx, target, size);
    if (!batch) break;
    const outcome: Outcome = batch.statements.length === 0 ? { is: "taken" } : await send(ctx, target, batch.statements, `${target.id}.${batch.positions[0]}-${batch.positions.at(-1)}`);
    if (outcome.is === "taken") size = Math.min(size * 2, ctx.config.batch);
    else if (batch.statements.length > 1) size = Math.ceil(batch.statements.length / 2);
    target = await settle(ctx, target, batch, "reason" in outcome ? { ...outcome, reason: withoutPeople(outcome.reason, batch.statements) } : outcome);
  }
  if (target) await ctx.db.run(sql`update xapi_forward.target set leased_until = null where id = ${target.id} and leased_until = ${target.leasedUntil}`);
}

/** Queues `deliver` for every target with something to do; what a lost wake-up, a failure or a crash left behind goes on by this. */
export async function wakeAll(ctx: Context<ForwardSettings>): Promise<void> {
  const due = await ctx.db.rows<{ id: string }>(sql`
    select id from xapi_forward.target where not paused and (retry_at is null or retry_at <= ${ctx.now()})
      and exists (select from xapi_forward.waiting where target_id = target.id)`);
  for (const { id } of due) await wake(ctx, id);
}

export async function wake(ctx: Context, targetId: string): Promise<void> {
  await ctx.enqueue("deliver", { targetId }, { singletonKey: targetId });
}

interface Batch {
  /** Of the statements, and of those before and between them that are there no more. */
  positions: string[];
  statements: FedStatement[];
}

const leaseMs = 60_000;
const bytesAtMost = 4 * 1024 ** 2;

function lease(ctx: Context, targetId: string): Promise<Target | undefined> {
  const now = ctx.now();
  return ctx.db.maybe<Target>(sql`
    update xapi_forward.target set leased_until = ${leaseFrom(now)}
    where id = ${targetId} and not paused and (leased_until is null or leased_until <= ${now}) and (retry_at is null or retry_at <= ${now})
    returning *`);
}

const leaseFrom = (now: Date): Date => new Date(now.getTime() + leaseMs);

async function next(ctx: Context, { id }: Target, size: number): Promise<Batch | undefined> {
  const waiting = await ctx.db.rows<{ position: string; store: number; seq: string }>(sql`
    select position, store, seq from xapi_forward.waiting where target_id = ${id} order by position limit ${size}`);
  if (waiting.length === 0) return undefined;
  const found = await statements.at(ctx, waiting.map(({ store, seq }) => ({ store, seq: Number(seq) })));
  const known = new Map(found.map((statement) => [`${statement.store} ${statement.seq}`, statement]));
  const batch: Batch = { positions: [], statements: [] };
  let bytes = 0;
  for (const { position, store, seq } of waiting) {
    const statement = known.get(`${store} ${seq}`);
    const alone = statement !== undefined && tellsOfAttachments(statement);
    bytes += statement?.raw.length ?? 0;
    if (batch.statements.length > 0 && (alone || bytes > bytesAtMost)) break;
    batch.positions.push(position);
    if (statement) batch.statements.push(statement);
    if (alone) break;
  }
  return batch;
}

/** Such a statement travels alone, so that no more than its own attachments are in memory. */
function tellsOfAttachments({ raw }: FedStatement): boolean {
  return raw.includes('"attachments"');
}

/** Writes down what came of a batch; the target with its lease renewed, or nothing when it is to be left alone for now. */
async function settle(ctx: Context<ForwardSettings>, target: Target, batch: Batch, outcome: Outcome): Promise<Target | undefined> {
  const now = ctx.now();
  return ctx.transact(async (tx) => {
    const held = await tx.db.maybe<Target>(sql`select * from xapi_forward.target where id = ${target.id} and leased_until = ${target.leasedUntil} for update`);
    if (!held) return undefined;
    const only = batch.statements.length === 1;
    if (outcome.is === "taken") await forget(tx, held, batch, batch.statements.length);
    else if (outcome.is === "refused" && only) await bury(tx, held, batch, outcome.reason);
    else if (outcome.is === "failed" && outcome.suspect && only && held.failures + 1 >= ctx.config.attempts) await bury(tx, held, batch, outcome.reason);
    else if (outcome.is === "failed") return give(tx, held, outcome, now);
    else if (outcome.is === "gone") return stop(tx, held, outcome.reason);
    const renewed = await tx.db.one<Target>(sql`update xapi_forward.target set leased_until = ${held.paused ? null : leaseFrom(now)} where id = ${held.id} returning *`);
    return renewed.paused ? undefined : renewed;
  });
}

async function forget(tx: Context, { id }: Target, { positions }: Batch, sent: number): Promise<void> {
  await tx.db.run(sql`delete from xapi_forward.waiting where target_id = ${id} and position = any(${positions}::bigint[])`);
  if (sent === 0) return;
  await tx.db.run(sql`update xapi_forward.target set sent = sent + ${sent}, sent_at = ${tx.now()}, failures = 0, error = null, retry_at = null where id = ${id}`);
}

async function bury(tx: Context, { id }: Target, { positions, statements: [statement] }: Batch, reason: string): Promise<void> {
  await tx.db.run(sql`
    insert into xapi_forward.buried (target_id, position, store, seq, statement_id, reason, at)
    select target_id, position, store, seq, ${(statement?.statement as { id: string }).id}, ${reason}, ${tx.now()}
    from xapi_forward.waiting where target_id = ${id} and position = any(${positions}::bigint[]) and store = ${statement?.store} and seq = ${statement?.seq}`);
  await tx.db.run(sql`delete from xapi_forward.waiting where target_id = ${id} and position = any(${positions}::bigint[])`);
  await tx.db.run(sql`update xapi_forward.target set failures = 0, error = null, retry_at = null where id = ${id}`);
}

const firstRetryMs = 15_000;
const longestRetryMs = 3_600_000;

async function give(tx: Context, { id, failures }: Target, { reason, retryAfterMs }: Extract<Outcome, { is: "failed" }>, now: Date): Promise<undefined> {
  const waitMs = Math.max(Math.min(firstRetryMs * 2 ** Math.min(failures, 10), longestRetryMs), Math.min(retryAfterMs ?? 0, 24 * longestRetryMs));
  await tx.db.run(sql`
    update xapi_forward.target set failures = failures + 1, error = ${reason}, retry_at = ${new Date(now.getTime() + waitMs)}, leased_until = null where id = ${id}`);
}

async function stop(tx: Context, { id }: Target, reason: string): Promise<undefined> {
  await tx.db.run(sql`update xapi_forward.target set paused = true, failures = failures + 1, error = ${reason}, leased_until = null where id = ${id}`);
}
