import type { Context } from "../../kernel/context.ts";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import * as audit from "../../people/audit.ts";
import { removeUnused } from "../attachments/contents.ts";
import { makeRoom } from "./room.ts";

/** A month of a store's statements that is no more. */
export interface DroppedMonth {
  store: number;
  /** `202611`. */
  month: string;
  statements: number;
}

/** Makes partitions ahead for every store that is in use. Nightly; whoever stores statements does so too, should it come to that. */
export async function makeRoomAhead(ctx: Context): Promise<void> {
  for (const { id } of await ctx.db.rows<{ id: number }>(sql`select id from lrs_store where archived_at is null order by id`)) await makeRoom(ctx.db, id);
}

/**
 * Drops the partitions that lie wholly before what their store is to keep, by the database's clock: ours may be wrong. Others read
 * and write meanwhile. What is left half done is gone on with by the next call. Outside of transactions only. With them go, of every
 * store, bytes of attachments that no statement is left with, or never came to have.
 */
export async function dropExpired(ctx: Context): Promise<DroppedMonth[]> {
  const expired = await ctx.db.rows<Partition>(sql`
    select partition.store, partition.since, partition.until, partition.month from lrs_partition partition join lrs_store store on store.id = partition.store
    where partition.until <= extract(epoch from clock_timestamp() - store.retention_days * interval '1 day') * 1000000
    order by partition.store, partition.since`);
  const dropped: DroppedMonth[] = [];
  for (const partition of expired) dropped.push(await drop(ctx, partition));
  for (const { id } of await ctx.db.rows<{ id: number }>(sql`select id from lrs_store order by id`)) await ctx.transact((tx) => removeUnused(tx.db, id));
  return dropped;
}

/** `since` is included, `until` is not; both are microseconds since 1970. */
interface Partition {
  store: number;
  since: string;
  until: string;
  month: string;
}

const parents = ["statement_key", "statement"] as const;
const batch = 5000;

async function drop(ctx: Context, partition: Partition): Promise<DroppedMonth> {
  const { store, month, since } = partition;
  for (const parent of parents) await detach(ctx.db, parent, nameOf(parent, partition));
  const statements = await forgetIds(ctx.db, partition);
  await forgetReferences(ctx.db, partition);
  await ctx.transact(async (tx) => {
    for (const parent of parents) await tx.db.run(sql`drop table if exists ${sql.id(nameOf(parent, partition))}`);
    await tx.db.run(sql`delete from lrs_partition where store = ${store} and since = ${since}`);
    await audit.record(tx, { action: "statements.expired", subject: { kind: "record-store", name: String(store) }, detail: { month, statements } });
  });
  return { store, month, statements };
}

const nameOf = (parent: string, { store, month }: Partition): string => `${parent}_${store}_${month}`;

/** Takes a partition out without a lock that others wait for. */
async function detach(db: Db, parent: string, name: string): Promise<void> {
  const found = await db.maybe<{ pending: boolean }>(sql`
    select inhdetachpending as pending from pg_inherits where inhparent = ${parent}::regclass and inhrelid = to_regclass(${name})`);
  if (found) await db.run(sql`alter table ${sql.id(parent)} detach partition ${sql.id(name)} ${sql.raw(found.pending ? "finalize" : "concurrently")}`);
}

/** Frees the ids of a partition that is detached; how many there were. What voids them and is gone itself goes along. */
async function forgetIds(db: Db, partition: Partition): Promise<number> {
  const { store, since } = partition;
  const table = nameOf("statement", partition);
  if (!(await db.maybe(sql`select 1 where to_regclass(${table}) is not null`))) return 0;
  let total = 0;
  for (let after = "0"; ; ) {
    const { count, last } = await db.one<{ count: number; last: string }>(sql`
      with gone as materialized (select id, seq from ${sql.id(table)} where seq > ${after} order by seq limit ${batch}),
        ids as (delete from statement_id i using gone where i.store = ${store} and i.id = gone.id and i.seq = gone.seq),
        void as (delete from statement_reference r using gone where r.store = ${store} and r.target = gone.id and r.seq < ${since})
      select count(*)::integer as count, max(seq) as last from gone`);
    if (count === 0) return total;
    total += count;
    after = last;
  }
}

/** What is told of the statements of that time elsewhere, such as their attachments; that a statement is void remains for as long as the statement does. */
async function forgetReferences(db: Db, { store, since, until }: Partition): Promise<void> {
  const others = await db.rows<{ name: string }>(sql`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and not relispartition
      and relname like 'statement\\_%' and relname <> 'statement_id' and relname !~ '^statement_(key_)?[0-9]+_[0-9]{6}$'
      and 2 = (select count(*) from pg_attribute where attrelid = pg_class.oid and attname in ('store', 'seq') and not attisdropped)`);
  for (const { name } of others) {
    const kept = sql.raw(name === "statement_reference" ? "not (voiding and exists (select from statement_id i where i.store = each.store and i.id = each.target))" : "true");
    const some = sql`delete from ${sql.id(name)} where ctid = any(array(
      select ctid from ${sql.id(name)} each where store = ${store} and seq >= ${since} and seq < ${until} and ${kept} limit ${batch}))`;
    while ((await db.run(some)) > 0);
  }
}
