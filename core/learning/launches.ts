import { createHash, randomBytes } from "node:crypto";
import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { sql } from "../db/sql.ts";

export type LaunchMode = "normal" | "browse" | "review";

/** Content opened for one attempt, as whoever serves or receives it needs to know. */
export interface Launch {
  id: string;
  attemptId: string;
  packageVersionId: string;
  mode: LaunchMode;
  enrollmentId: string;
  registration: string;
  itemKey: string;
  attemptNumber: number;
  courseId: string;
  userId: string;
  userName: string;
  expiresAt: Date;
  closedAt: Date | null;
}

/** A launch works this long after it was opened or last used, and a day at most. */
const idleHours = 12;
const longestHours = 24;

/** Opens content for an attempt; the token is told once and is good for this registration and package version alone. */
export async function open(ctx: Context, { attemptId, packageVersionId, mode }: { attemptId: string; packageVersionId: string; mode: LaunchMode }): Promise<{ launchId: string; token: string }> {
  const token = randomBytes(32).toString("base64url");
  const launchId = newId(ctx.now());
  const expiresAt = new Date(ctx.now().getTime() + idleHours * 3_600_000);
  await ctx.db.run(sql`
    insert into launch (id, attempt_id, token_hash, package_version_id, mode, created_at, expires_at)
    values (${launchId}, ${attemptId}, ${hashOf(token)}, ${packageVersionId}, ${mode}, ${ctx.now()}, ${expiresAt})`);
  return { launchId, token };
}

/** The launch a token opens. @throws launch_unknown (404), launch_over (410) */
export async function byToken(ctx: Context, token: string): Promise<Launch> {
  const found = await ctx.db.maybe<Launch>(sql`
    select launch.id, launch.attempt_id, launch.package_version_id, launch.mode, launch.expires_at, launch.closed_at,
      attempt.enrollment_id, attempt.item_key, attempt.number as attempt_number,
      enrollment.registration, enrollment.course_id, enrollment.user_id, person.name as user_name
    from launch
    join attempt on attempt.id = launch.attempt_id
    join enrollment on enrollment.id = attempt.enrollment_id
    join user_account person on person.id = enrollment.user_id
    where launch.token_hash = ${hashOf(token)}`);
  if (!found) throw refuse("launch_unknown", "This address does not open any content. Open it again from the course.", { status: 404 });
  if (found.closedAt !== null || found.expiresAt <= ctx.now()) throw refuse("launch_over", "This session of the content is over. Open it again from the course.", { status: 410 });
  return found;
}

/** Keeps a launch that is in use open, up to a day. */
export async function extend(ctx: Context, launchId: string): Promise<void> {
  const expiresAt = new Date(ctx.now().getTime() + idleHours * 3_600_000);
  await ctx.db.run(sql`
    update launch set expires_at = least(${expiresAt}, created_at + make_interval(hours => ${longestHours}))
    where id = ${launchId} and closed_at is null and expires_at < ${new Date(expiresAt.getTime() - 60_000)}`);
}

/** Ends a launch: its token opens nothing more. */
export async function close(ctx: Context, launchId: string): Promise<void> {
  await ctx.db.run(sql`update launch set closed_at = ${ctx.now()} where id = ${launchId} and closed_at is null`);
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
