import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "../kernel/context.ts";
import { messageOf } from "../kernel/errors.ts";
import { system } from "../kernel/permissions.ts";
import type { Database, Db } from "./database.ts";
import { channelOf, hasHeldRows, horizonOf, readerLock, readFeed, type Position, type ReaderDeclaration } from "./feeds.ts";
import { openSession, type Session } from "./session.ts";
import { sql } from "./sql.ts";

/** Where a reader stands. */
export interface ReaderState {
  plugin: string;
  feed: string;
  /** Batches that failed since the last good one. */
  failures: number;
  /** What the last failure said. */
  error: string | null;
  retryAt: Date | null;
  movedAt: Date;
}

/**
 * How a pass ended: everything is read; rows are held back by a transaction that still runs; another process is reading;
 * or the batch failed and waits for its next try.
 */
export type PassResult = "done" | "held" | "busy" | "failed";

export interface Readers {
  /** Reads on in every feed until nothing is left, or what is left must wait; how many items. */
  drain(): Promise<number>;
  stop(): Promise<void>;
}

export interface ReaderOptions {
  readers: readonly ReaderDeclaration[];
  database: Database;
  context: Context;
  /** Read when rows are announced and by polling; otherwise only by `drain`. */
  alone: boolean;
}

const pollMs = 5_000;
/** How long `drain` waits for transactions of others that stand still; those at work, such as PostgreSQL's own housekeeping, end by themselves. */
const heldPatienceMs = 500;
const shorterPollMs: Partial<Record<PassResult, number>> = { held: 200, failed: 1_000 };
const longestRetryMs = 300_000;

/** Follows the feeds: one process at a time for each reader, batches in order, a failing reader alone. */
export async function startReaders({ readers, database, context, alone }: ReaderOptions): Promise<Readers> {
  const log = context.log;
  let loops: { feed: string; wake(): void; stop(): Promise<void> }[] = [];
  const session = openSession({
    url: database.url,
    channels: alone ? [...new Set(readers.map(({ feed }) => channelOf(feed)))] : [],
    onNotification: (channel) => loops.filter(({ feed }) => channel === undefined || channel === channelOf(feed)).forEach(({ wake }) => wake()),
    onError: (error) => log.warn({ error }, `feeds lost their connection: ${messageOf(error)}`),
  });
  const passes = readers.map((reader) => ({ feed: reader.feed, pass: createPass(reader, database, context, session) }));
  await createCursors(database, readers, context.now());
  if (alone) loops = passes.map(({ feed, pass }) => ({ feed, ...startLoop(pass) }));
  return {
    async drain() {
      let total = 0;
      for (let stillSince = Date.now(); ; await pause(10)) {
        const ended = await Promise.all(passes.map(({ pass }) => pass()));
        total += ended.reduce((sum, { items }) => sum + items, 0);
        if (!ended.some(({ result }) => result === "held")) return total;
        if (await isAnyAtWork(database)) stillSince = Date.now();
        else if (Date.now() - stillSince > heldPatienceMs) return total;
      }
    },
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
      await session.close();
    },
  };
}

/** Where every reader stands, by plugin. */
export function readerStates(db: Db): Promise<ReaderState[]> {
  return db.rows(sql`select plugin, feed, failures, error, retry_at, moved_at from feed_cursor order by plugin, feed`);
}

/** Whether a transaction that writes is doing so now, rather than standing still or waiting for another one. */
async function isAnyAtWork(db: Db): Promise<boolean> {
  const atWork = sql`select from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid() and state is distinct from 'idle in transaction' and wait_event_type is distinct from 'Lock'`;
  return (await db.rows(atWork)).length > 0;
}

async function createCursors(db: Db, readers: readonly ReaderDeclaration[], now: Date): Promise<void> {
  const horizon = await horizonOf(db);
  for (const { plugin, feed, declaration } of readers) {
    const tx = declaration.from === "now" ? horizon : "0";
    await db.run(sql`insert into feed_cursor (plugin, feed, tx, seq, moved_at) values (${plugin}, ${feed}, ${tx}::xid8, 0, ${now}) on conflict do nothing`);
  }
}

type Pass = () => Promise<{ result: PassResult; items: number }>;

function createPass(reader: ReaderDeclaration, database: Database, context: Context, session: Session): Pass {
  const { plugin, feed, source, declaration } = reader;
  const ctx = context.as(plugin).by(system);
  const key = readerLock(plugin, feed);
  /** Rows of no interest need not be read twice: from the cursor at `from`, there is nothing up to `to`. */
  let empty: { from: Position; to: Position } | undefined;

  const move = async (db: Db, from: Position, to: Position): Promise<boolean> =>
    (await db.run(sql`
      update feed_cursor set tx = ${to.tx}::xid8, seq = ${to.seq}, failures = 0, error = null, retry_at = null, moved_at = ${ctx.now()}
      where plugin = ${plugin} and feed = ${feed} and tx = ${from.tx}::xid8 and seq = ${from.seq}`)) === 1;

  const fail = async (failures: number, error: unknown): Promise<void> => {
    const retryAt = new Date(ctx.now().getTime() + Math.min(longestRetryMs, 1000 * 2 ** Math.min(failures, 20)));
    ctx.log.error({ feed, failures: failures + 1, error }, `${plugin} failed on the feed ${feed}: ${messageOf(error)}`);
    await database.run(sql`update feed_cursor set failures = ${failures + 1}, error = ${messageOf(error)}, retry_at = ${retryAt} where plugin = ${plugin} and feed = ${feed}`);
  };

  const readOn = async (): Promise<{ result: PassResult; items: number }> => {
    for (let items = 0; ; ) {
      const cursor = await database.one<Position & ReaderState>(sql`select tx, seq, failures, retry_at from feed_cursor where plugin = ${plugin} and feed = ${feed}`);
      if (cursor.retryAt && cursor.retryAt > ctx.now()) return { result: "failed", items };
      const from = { tx: cursor.tx, seq: cursor.seq };
      const horizon = await horizonOf(database);
      const rows = await readFeed(database, reader, empty && same(empty.from, from) ? empty.to : from, horizon);
      const all = rows.length < declaration.batch;
      const last = rows.at(-1);
      if (last) {
        const to = all ? { tx: horizon, seq: "0" } : { tx: last.tx, seq: last.seq };
        const batch = rows.map((row) => source.item(row as never));
        try {
          if (!(await deliver(batch, from, to))) return { result: "busy", items };
        } catch (error) {
          await fail(cursor.failures, error);
          return { result: "failed", items };
        }
        items += batch.length;
      } else {
        empty = { from, to: { tx: horizon, seq: "0" } };
      }
      if (all) return { result: (await hasHeldRows(database, reader, horizon)) ? "held" : "done", items };
    }
  };

  /** False when the cursor has been moved meanwhile. */
  const deliver = async (batch: unknown[], from: Position, to: Position): Promise<boolean> => {
    if (!declaration.inTransaction) {
      await declaration.run(ctx, batch);
      return move(database, from, to);
    }
    return ctx.transact(async (within) => {
      if (!(await move(within.db, from, to))) return false;
      await declaration.run(within, batch);
      return true;
    });
  };

  return async () => {
    if (!(await session.tryLock(key))) return { result: "busy", items: 0 };
    try {
      return await readOn();
    } finally {
      await session.unlock(key);
    }
  };
}

const same = (a: Position, b: Position): boolean => a.tx === b.tx && a.seq === b.seq;

/** Passes one after the other: when woken, while rows are held, and at times in case a notification was lost. */
function startLoop(pass: Pass): { wake(): void; stop(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let woken = false;
  let stopped = false;
  const run = async (): Promise<void> => {
    let delayMs: number;
    do {
      woken = false;
      delayMs = await pass().then(
        ({ result }) => shorterPollMs[result] ?? pollMs,
        () => pollMs, // The database is away; its pool reports that.
      );
    } while (woken && !stopped);
    running = undefined;
    if (!stopped) timer = setTimeout(wake, delayMs);
  };
  const wake = (): void => {
    clearTimeout(timer);
    woken = true;
    if (!stopped) running ??= run();
  };
  wake();
  return {
    wake,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
