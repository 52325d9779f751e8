import { sql, type Context } from "cadre";
import type { CommitRequest } from "./runtime/journal.ts";
import type { LockedRun } from "./runs.ts";

/** A page that plays the same content: known by its run, and in SCORM 2004, where one page has many, by its launch. */
export interface Elsewhere {
  launchId: string;
}

/** A page that plays says so at least every 45 seconds; one that was silent for longer than this is gone. */
const goneAfterMs = 120_000;

/** The page on whatever device that plays this unit now: the last that began to, if its session is open and it was heard of lately. */
export async function playingElsewhere(ctx: Context, attemptId: string, unit: string): Promise<Elsewhere | undefined> {
  const holder = await ctx.db.maybe<{ id: string; state: string }>(sql`
    select id, state from (
      select id, state, seen_at from scorm.run where attempt_id = ${attemptId} and unit = ${unit} and held_at is not null order by held_at desc limit 1
    ) holder where seen_at > ${new Date(ctx.now().getTime() - goneAfterMs)}`);
  // Read here and not by PostgreSQL, which refuses JSON with U+0000 in it.
  const playing = holder !== undefined && (JSON.parse(holder.state) as { session: object | null }).session !== null;
  return playing ? { launchId: holder.id } : undefined;
}

/** The page that plays a SCORM 2004 course now, if this run is still at work: with an open session, and heard of lately. */
export function playing2004(ctx: Context, run: { launchId: string; state: { session: object | null }; seenAt: Date | null } | undefined): Elsewhere | undefined {
  const there = run !== undefined && run.state.session !== null && run.seenAt !== null && run.seenAt.getTime() > ctx.now().getTime() - goneAfterMs;
  return there ? { launchId: run.launchId } : undefined;
}

/** Makes this run the one that plays; the others are told with their next commit. The attempt must be locked. */
export async function take(ctx: Context, { id, attemptId, unit }: LockedRun): Promise<void> {
  await ctx.db.run(sql`
    with others as (
      update scorm.run set taken_at = ${ctx.now()} where attempt_id = ${attemptId} and unit = ${unit} and id <> ${id} and held_at is not null and taken_at is null
    )
    update scorm.run set held_at = ${ctx.now()}, taken_at = null, seen_at = ${ctx.now()} where id = ${id}`);
}

/** Notes that a page is there still, or that it is being left. */
export async function heard(ctx: Context, { id }: { id: string }, { leaving }: CommitRequest): Promise<void> {
  await ctx.db.run(sql`update scorm.run set seen_at = ${leaving ? null : ctx.now()} where id = ${id}`);
}
