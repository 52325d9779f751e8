import pg from "pg";
import { createContext, type DatabaseContext } from "../../core/db/context.ts";
import { openDatabase, type Database } from "../../core/db/database.ts";
import { migrate } from "../../core/db/migrate.ts";
import { databasePart } from "../../core/db/part.ts";
import { openJobs, startWork, type Jobs, type Role, type Work } from "../../core/db/work.ts";
import { event, type DeclaredIn } from "../../core/kernel/catalogue.ts";
import type { Context, Log, Site } from "../../core/kernel/context.ts";
import { createHost, type Host } from "../../core/kernel/host.ts";
import { definePlugin, type Plugin } from "../../core/kernel/plugin.ts";
import { t } from "../../core/kernel/schema.ts";

const events = {
  "lamp.lit": event("A lamp was lit.", t.Object({ lamp: t.Integer() })),
  "lamp.put-out": event("A lamp was put out.", t.Object({ lamp: t.Integer() })),
};

declare module "../../core/kernel/catalogue.ts" {
   
  interface EventCatalogue extends DeclaredIn<typeof events> {}
}

/** Declares the event that these tests speak of. */
export const lamps = definePlugin({ name: "lamps", version: "1.0.0", summary: "Lamps that can be lit.", provides: { events } });

/** One process's share of an engine: parts, plugins, database, queues. */
export interface Engine {
  host: Host;
  database: Database;
  context: Context & DatabaseContext;
  jobs: Jobs;
  work: Work;
  stop(): Promise<void>;
}

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => silent };

export const hostOf = (plugins: readonly Plugin[]): Host =>
  createHost({ engineVersion: "1.0.0", parts: [databasePart], plugins, settings: {}, environment: {}, log: silent });

/** Brings the core's tables into an empty database. */
export async function prepare(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  await migrate(pool, [{ schema: "public", dir: new URL("../../migrations/", import.meta.url) }], silent as never);
  await pool.end();
}

/** An engine on a prepared database. With `clock` nothing runs but by `work.drain()`; without it, it runs by itself. */
export async function startEngine(url: string, plugins: readonly Plugin[], { clock, roles = ["web", "worker", "scheduler"] }: { clock?: () => Date; roles?: Role[] } = {}): Promise<Engine> {
  const host = hostOf(plugins);
  const database = openDatabase({ url, onError: () => {} });
  const jobs = await openJobs({ host, database, log: silent, clock });
  const context = createContext({ ...host, log: silent, site: {} as Site, now: clock ?? (() => new Date()), fetch, fetchPublic: fetch, database, outbox: jobs.outbox });
  const work = await startWork({ host, database, context, jobs, roles });
  return {
    host,
    database,
    context,
    jobs,
    work,
    async stop() {
      await work.stop();
      await jobs.close();
      await database.close();
    },
  };
}

/** A clock for tests to move. */
export function movedClock(start = new Date()): { now(): Date; advance(ms: number): void } {
  let time = start.getTime();
  return { now: () => new Date(time), advance: (ms) => void (time += ms) };
}

/** Lights lamps in one transaction each. */
export async function light(engine: Pick<Engine, "context">, ...numbers: number[]): Promise<void> {
  for (const lamp of numbers) await engine.context.transact((ctx) => ctx.emit("lamp.lit", { lamp }));
}
