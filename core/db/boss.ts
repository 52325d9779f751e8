import { createHash } from "node:crypto";
import type { Knex } from "knex";
import type { Client as PgClient } from "pg";
import { enableClockOverride, PgBoss, TestClock, type ConstructorOptions, type Db as BossDb, type Job } from "pg-boss";
import type { Log } from "../kernel/context.ts";
import { messageOf } from "../kernel/errors.ts";
import type { EnqueueOptions } from "./context.ts";
import type { Database, Db } from "./database.ts";
import type { Letter, Queue } from "./queue.ts";

/** Where letters lie that failed in every try, until they are replayed or discarded. */
export const buried = "buried";

/** A letter taken out of its queue to be worked on. `jobId` and `retryCount` name this try. */
export interface Taken {
  jobId: string;
  retryCount: number;
  letter: Letter;
  signal?: AbortSignal;
}

/** How a try ended. */
export type Outcome = { done: true } | { done: false; error: unknown };

/** The queues in PostgreSQL. pg-boss behind the few things we ask of it; nothing else knows it. */
export interface Boss {
  /** Puts letters into a queue through the caller's session: with its transaction, or at once. */
  send(db: Db, queue: string, letters: readonly Letter[], options?: EnqueueOptions): Promise<void>;
  /** Hands every letter of these queues to `work` as it comes, until `stop`. */
  listen(queues: readonly Queue[], work: (queue: Queue, taken: Taken) => Promise<Outcome>): Promise<{ stop(): Promise<void> }>;
  /** Works on everything that is due in one queue; how many tries that were. */
  drain(queue: Queue, work: (queue: Queue, taken: Taken) => Promise<Outcome>): Promise<number>;
  /** Brings back letters whose process has died, and moves the clock of tests. */
  tick(): Promise<void>;
  /** Puts buried letters back into their queues; how many. */
  replay(filter: { ids?: readonly string[]; queue?: string }): Promise<number>;
  /** Deletes buried letters for good. */
  discard(ids: readonly string[]): Promise<void>;
  /** When a cron expression, in UTC, occurs next after `from`. */
  occurrence(cron: string, from: Date): Date | undefined;
  stop(): Promise<void>;
}

export interface BossOptions {
  database: Database;
  queues: readonly Queue[];
  log: Log;
  /** The clock of tests; with it nothing runs by itself. */
  clock?: () => Date;
}

const day = 86_400;
const schema = "pgboss";
/** A letter is taken back from a process that has been silent for so long. */
const heartbeatSeconds = 15;

/** Installs what is missing and opens the queues for sending. */
export async function openBoss({ database, queues, log, clock }: BossOptions): Promise<Boss> {
  const moved = clock && new TestClock(clock());
  const options: ConstructorOptions = { schema, schedule: false, supervise: false, clock: moved };
  const boss = listened(new PgBoss({ ...options, db: { ...sessionOf(database.knex, moved !== undefined, "pool"), setSessionStatements: async () => {} } }), log);
  try {
    await boss.start();
    await createQueues(boss, queues);
  } catch (error) {
    await boss.stop({ graceful: false });
    throw error;
  }
  return {
    async send(db, queue, letters, { startAfter, singletonKey } = {}) {
      const jobs = letters.map((letter) => ({ data: letter, startAfter: startAfter?.toISOString(), singletonKey: singletonKey ?? letter.id }));
      await boss.insert(queue, jobs, { db: sessionOf(db.knex, moved !== undefined, "caller") });
    },
    async listen(worked, work) {
      const worker = listened(
        new PgBoss({ ...options, connectionString: database.url, application_name: "cadre jobs", max: 4, migrate: false, supervise: true, useListenNotify: true, superviseIntervalSeconds: 10, monitorIntervalSeconds: 10 }),
        log,
      );
      await worker.start();
      for (const queue of worked) await workOn(worker, queue, work);
      return {
        async stop() {
          await within(25_000, Promise.all(worked.map(({ name }) => worker.offWork(name, { wait: true }))));
          await worker.stop({ graceful: false });
        },
      };
    },
    async drain(queue, work) {
      for (let tries = 0; ; ) {
        const jobs = await boss.fetch<Letter>(queue.name, { batchSize: 50 });
        if (jobs.length === 0) return tries;
        tries += jobs.length;
        for (const job of jobs) {
          const outcome = await work(queue, takenOf(job));
          if (outcome.done) await boss.complete(queue.name, [job]);
          else await boss.fail(queue.name, [job], textOf(outcome.error));
        }
      }
    },
    async tick() {
      if (moved && clock) await moved.setTime(clock());
      const { rows } = await boss.getDb().executeSql(`select exists (select 1 from ${schema}.job where state = 'active') as active`);
      if ((rows[0] as { active: boolean }).active) await boss.supervise();
    },
    async replay({ ids, queue }) {
      for (let total = 0; ; ) {
        const replayed = await boss.redrive(buried, { ids: ids && [...ids], sourceName: queue, limit: 1000 });
        total += replayed;
        if (replayed < 1000) return total;
      }
    },
    discard: async (ids) => void (ids.length > 0 && (await boss.deleteJob(buried, [...ids]))),
    occurrence: (cron, from) => boss.previewSchedule(cron, { from, count: 1 })[0],
    stop: () => boss.stop({ graceful: false }),
  };
}

async function workOn(boss: PgBoss, queue: Queue, work: (queue: Queue, taken: Taken) => Promise<Outcome>): Promise<void> {
  const { concurrency } = queue.retries;
  const options = { batchSize: concurrency, burstWhenBatchFull: true, perJobResults: true, notifyPollingIntervalSeconds: 10 } as const;
  const worker = await boss.work<Letter, unknown, typeof options>(queue.name, options, async (jobs) => {
    const results = await Promise.all(
      jobs.map(async (job) => {
        const outcome = await work(queue, takenOf(job));
        return outcome.done ? { id: job.id, status: "completed" as const } : { id: job.id, status: "failed" as const, output: textOf(outcome.error) };
      }),
    );
    // Without this a backlog of a queue with concurrency 1 moves at the pace of polling: bursts need batches of two.
    boss.notifyWorker(worker);
    return results;
  });
}

/** Creates the queues that are not there yet, and gives the others the settings of today. */
async function createQueues(boss: PgBoss, queues: readonly Queue[]): Promise<void> {
  const known = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
  const wanted = [{ name: buried, policy: "standard", retentionSeconds: 365 * day }, ...queues.map(settingsOf)];
  for (const { name, policy, ...settings } of wanted) {
    const existing = known.get(name) as Record<string, unknown> | undefined;
    if (!existing) await boss.createQueue(name, { policy, ...settings });
    else if (Object.entries(settings).some(([key, value]) => existing[key] !== value)) await boss.updateQueue(name, settings);
    else continue;
    // Asked once now, so that a first letter need not ask from within a transaction, with a second connection.
    await boss.findJobs(name, { id: "00000000-0000-0000-0000-000000000000" });
  }
}

function settingsOf({ name, kind, retries: { attempts, retrySeconds, timeoutSeconds } }: Queue) {
  return {
    name,
    // A job's singletonKey keeps a second one out; events go out once each.
    policy: kind === "job" ? "exclusive" : "standard",
    retryLimit: attempts - 1,
    retryDelay: retrySeconds,
    retryBackoff: retrySeconds > 0,
    ...(retrySeconds > 0 && { retryDelayMax: 3600 }),
    // Ours ends a try sooner; this is for a process that hangs.
    expireInSeconds: timeoutSeconds + 60,
    heartbeatSeconds,
    retentionSeconds: 365 * day,
    deleteAfterSeconds: day,
    deadLetter: buried,
    notify: true,
  };
}

const takenOf = ({ id, retryCount, data, signal }: Job<Letter>): Taken => ({ jobId: id, retryCount, letter: data, signal });

/** What is kept of an error beside a letter. */
function textOf(error: unknown): { message: string; code?: string; stack?: string } {
  const { code, stack } = (error ?? {}) as { code?: unknown; stack?: string };
  return { message: messageOf(error), code: typeof code === "string" ? code : undefined, stack };
}

function listened(boss: PgBoss, log: Log): PgBoss {
  boss.on("error", (error) => log.error({ error }, `a queue is in trouble: ${messageOf(error)}`));
  boss.on("warning", ({ message, data }) => log.warn({ data }, message));
  return boss;
}

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, limitMs)))]);
  clearTimeout(timer);
}

const names = new Map<string, string>();

/** pg-boss's statements on a session of ours: the caller's, with its transaction, or any of the pool. */
function sessionOf(knex: Knex, clockMoved: boolean, whose: "caller" | "pool"): BossDb {
  const client = knex.client as { acquireConnection(): Promise<PgClient>; releaseConnection(connection: PgClient): Promise<void> };
  return {
    async executeSql(text, values) {
      const connection = await client.acquireConnection();
      try {
        if (clockMoved) await connection.query(enableClockOverride());
        return values?.length ? await connection.query({ name: nameOf(text), text, values }) : await connection.query(text);
      } catch (error) {
        // Several statements with their own begin and commit, of which one failed, leave the connection in the middle.
        if (whose === "pool") await connection.query("rollback");
        throw error;
      } finally {
        await client.releaseConnection(connection);
      }
    },
  };
}

function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) names.set(text, (name = createHash("sha1").update(text).digest("hex").slice(0, 24)));
  return name;
}
