import schedule from "node-schedule";
import type { Context } from "../kernel/context.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Host } from "../kernel/host.ts";
import type { ContributionDeclaration } from "../kernel/plugin.ts";
import { system } from "../kernel/permissions.ts";
import { fits } from "../kernel/schema.ts";
import type { Db } from "./database.ts";
import { findJob } from "./jobs.ts";
import { sql } from "./sql.ts";

/** When a job is queued by itself. */
export interface ScheduleDeclaration {
  /** Five fields, or six with seconds first, in UTC: `15 3 * * *` is each night at a quarter past three. */
  cron: string;
  /** One of the plugin's own jobs, or another's by its full name. */
  job: string;
  /** The job's input; an empty object unless told. */
  input?: unknown;
  /** When times were missed because nothing ran, queue the job once at the next start. */
  catchUp?: boolean;
}

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** Jobs that are queued at certain times, once for each time however many processes run. */
    schedules?: Record<string, ScheduleDeclaration>;
  }
}

/** A schedule with its owner; `name` is its full name, `stripe.reconcile`. */
export interface PlacedSchedule extends ScheduleDeclaration {
  name: string;
  plugin: string;
}

export interface Schedules {
  /** Fires what has come due since the last call, each schedule once at most; for clocks that tests move. */
  drain(): Promise<number>;
  stop(): void;
}

export interface ScheduleOptions {
  schedules: readonly PlacedSchedule[];
  context: Context;
  /** Fire by the clock of the machine; otherwise only by `drain`. */
  alone: boolean;
  /** When a cron expression, in UTC, occurs next after `from`. */
  occurrence(cron: string, from: Date): Date | undefined;
}

export const schedulesOf = (host: Host): PlacedSchedule[] =>
  host.contributions<Record<string, ScheduleDeclaration>>("schedules").flatMap(({ plugin, value }) => Object.entries(value).map(([name, declaration]) => ({ ...declaration, name: `${plugin}.${name}`, plugin })));

/** When each schedule last fired. */
export const lastSlots = (db: Db): Promise<{ schedule: string; slot: Date }[]> => db.rows(sql`select schedule, slot from schedule_slot order by schedule`);

/** Starts every schedule, after catching up with those that ask for it. */
export async function startSchedules({ schedules, context, alone, occurrence }: ScheduleOptions): Promise<Schedules> {
  const started = context.now();
  let since = started;
  for (const each of schedules) {
    const last = await context.db.maybe<{ slot: Date }>(sql`select slot from schedule_slot where schedule = ${each.name}`);
    const missed = each.catchUp && last ? latestSlot((from) => occurrence(each.cron, from), last.slot, started) : undefined;
    if (missed) await fire(context, each, missed);
    // The first start of a schedule is where catching up counts from.
    else if (!last) await context.db.run(sql`insert into schedule_slot (schedule, slot) values (${each.name}, ${started}) on conflict do nothing`);
  }
  const jobs = alone ? schedules.map((each) => schedule.scheduleJob({ rule: each.cron, tz: "UTC" }, (slot) => void fireUntilDone(context, each, slot))) : [];
  return {
    async drain() {
      const until = context.now();
      let fired = 0;
      for (const each of schedules) {
        const slot = latestSlot((from) => occurrence(each.cron, from), since, until);
        if (slot && (await fire(context, each, slot))) fired++;
      }
      since = until;
      return fired;
    },
    stop: () => jobs.forEach((job) => job?.cancel()),
  };
}

/** Queues the job for this slot unless another process has; both in one transaction. */
export function fire(context: Context, { name, plugin, job, input = {} }: PlacedSchedule, slot: Date): Promise<boolean> {
  return context.as(plugin).by(system).transact(async (ctx) => {
    const won = await ctx.db.run(sql`
      insert into schedule_slot (schedule, slot) values (${name}, ${slot})
      on conflict (schedule) do update set slot = excluded.slot where schedule_slot.slot < excluded.slot`);
    if (won === 1) await ctx.enqueue(job, structuredClone(input));
    return won === 1;
  });
}

const patienceMs = 300_000;

/** A database that is away for a moment must not cost a night's work. */
async function fireUntilDone(context: Context, each: PlacedSchedule, slot: Date): Promise<void> {
  try {
    await fire(context, each, slot);
  } catch (error) {
    const again = Date.now() - slot.getTime() < patienceMs;
    context.log.error({ schedule: each.name, slot, error }, `the schedule ${each.name} could not fire${again ? " and tries again" : ""}: ${messageOf(error)}`);
    if (again) setTimeout(() => void fireUntilDone(context, each, slot), 10_000).unref();
  }
}

const lookBacksMs = [60_000, 3_600_000, 86_400_000, 31 * 86_400_000, 366 * 86_400_000];

/** The last occurrence after `after` and not after `until`; looks back step by step, so that frequent schedules are quick. */
function latestSlot(next: (from: Date) => Date | undefined, after: Date, until: Date): Date | undefined {
  for (const lookBackMs of lookBacksMs) {
    const from = new Date(Math.max(after.getTime(), until.getTime() - lookBackMs));
    let last: Date | undefined;
    for (let slot = next(from); slot && slot <= until; slot = next(slot)) last = slot;
    if (last || from.getTime() === after.getTime()) return last;
  }
  return undefined;
}

export const schedulesField: ContributionDeclaration = {
  summary: "Jobs that are queued at certain times (UTC).",
  check: (value, plugin, { plugins }) =>
    Object.entries(value as Record<string, Partial<ScheduleDeclaration>>).flatMap(([name, { cron, job = "", input = {} }]) => {
      const problems: string[] = [];
      if (typeof cron !== "string" || !isCron(cron)) problems.push(`${name}: "${cron}" is no cron expression`);
      const declared = findJob(plugins, plugin.name, job);
      if (!declared) problems.push(`${name}: there is no job ${job}`);
      else if (!fits(declared.input, structuredClone(input))) problems.push(`${name}: its input does not fit the job ${job}`);
      return problems;
    }),
};

function isCron(cron: string): boolean {
  if (!/^\S+( \S+){4,5}$/.test(cron)) return false;
  const job = new schedule.Job(() => undefined);
  const valid = job.schedule({ rule: cron, tz: "UTC" });
  job.cancel();
  return valid;
}
