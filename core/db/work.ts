import type { Context, Log } from "../kernel/context.ts";
import { CadreError, messageOf } from "../kernel/errors.ts";
import type { Host } from "../kernel/host.ts";
import { system } from "../kernel/permissions.ts";
import { openBoss, type Boss, type Outcome, type Taken } from "./boss.ts";
import type { Outbox } from "./context.ts";
import type { Database } from "./database.ts";
import { readersOf } from "./feeds.ts";
import { jobQueues } from "./jobs.ts";
import { createOutbox, subscriptionQueues } from "./outbox.ts";
import { inTime, type Queue } from "./queue.ts";
import { startReaders } from "./reader.ts";
import { schedulesOf, startSchedules } from "./schedules.ts";

/** What a process does: answers requests, works on queues and feeds, fires schedules. All of it, unless told. */
export type Role = "web" | "worker" | "scheduler";

/** The queues of one running engine: the sending half for every process, and what working on them needs. */
export interface Jobs {
  outbox: Outbox;
  queues: readonly Queue[];
  boss: Boss;
  /** Tests move the time: nothing runs by itself, and `drain` runs what is due. */
  moved: boolean;
  close(): Promise<void>;
}

export interface JobsOptions {
  host: Host;
  database: Database;
  log: Log;
  /** The clock of tests. With it nothing runs by itself. */
  clock?: () => Date;
}

/** Opens the queues of everything the host has declared, creating those that are new; before the first context. */
export async function openJobs({ host, database, log, clock }: JobsOptions): Promise<Jobs> {
  const queues = [...jobQueues(host), ...subscriptionQueues(host)];
  const boss = await openBoss({ database, queues, log, clock });
  const outbox = createOutbox(host, boss, clock ?? (() => new Date()));
  return { outbox, queues, boss, moved: clock !== undefined, close: () => boss.stop() };
}

export interface WorkOptions {
  host: Host;
  database: Database;
  /** The context that handlers' contexts are made from. */
  context: Context;
  jobs: Jobs;
  roles: readonly Role[];
}

export interface Work {
  /** Takes nothing new, and waits for what is being worked on, 25 seconds at most. */
  stop(): Promise<void>;
  /** Runs everything that is due, and what that leads to, until nothing is left; how many tries and items. For tests. @throws endless_work (500) */
  drain(): Promise<number>;
}

/** Starts what this process is there for: a worker works on queues and feeds, a scheduler fires schedules, the web only sends. */
export async function startWork({ host, database, context, jobs, roles }: WorkOptions): Promise<Work> {
  const { boss, queues, moved } = jobs;
  const works = roles.includes("worker");
  const workOn = (queue: Queue, taken: Taken): Promise<Outcome> => attempt(context, queue, taken);
  const schedules = await startSchedules({
    schedules: roles.includes("scheduler") ? schedulesOf(host) : [],
    context,
    alone: !moved,
    occurrence: (cron, from) => boss.occurrence(cron, from),
  });
  const readers = await startReaders({ readers: works ? readersOf(host) : [], database, context, alone: !moved });
  const listening = works && !moved ? await boss.listen(queues, workOn) : undefined;
  return {
    async stop() {
      schedules.stop();
      await Promise.all([listening?.stop(), readers.stop()]);
    },
    async drain() {
      await boss.tick();
      let total = 0;
      for (let rounds = 0; rounds < 1000; rounds++) {
        let done = await schedules.drain();
        if (works) for (const queue of queues) done += await boss.drain(queue, workOn);
        done += await readers.drain();
        if (done === 0) return total;
        total += done;
      }
      throw new CadreError("endless_work", "A thousand rounds of work have not come to an end; something queues itself again and again.", { status: 500 });
    },
  };
}

/** One try: outside of any transaction, as the plugin, by the system. */
async function attempt(context: Context, queue: Queue, { letter, retryCount, signal }: Taken): Promise<Outcome> {
  const started = performance.now();
  const ctx = context.as(queue.plugin).by(system);
  const told = { queue: queue.name, id: letter.id, attempt: retryCount + 1 };
  try {
    await inTime(queue.retries.timeoutSeconds, signal, (limit) =>
      queue.run(ctx, letter.content, { id: letter.id, attempt: told.attempt, at: new Date(letter.at), signal: limit }),
    );
    ctx.log.debug({ ...told, durationMs: Math.round(performance.now() - started) }, `${queue.name} is done`);
    return { done: true };
  } catch (error) {
    const last = told.attempt >= queue.retries.attempts;
    ctx.log[last ? "error" : "warn"]({ ...told, error }, `${queue.name} failed${last ? " for the last time and is buried" : ", and is tried again"}: ${messageOf(error)}`);
    return { done: false, error };
  }
}
