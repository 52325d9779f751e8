import { createHash, randomBytes } from "node:crypto";
import type { Context, Site } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { sql, type Sql } from "../db/sql.ts";
import type { RawRequest } from "../http/request.ts";
import { endLaunches } from "../lrs/credentials/launch.ts";

/** `browse` is a preview: nothing of it is kept. `review` shows what was done and changes nothing. */
export type LaunchMode = "normal" | "browse" | "review";

/**
 * Content opened for one attempt, as whoever serves or receives it needs to know. In mode `browse` nobody learns: `attemptId`,
 * `enrollmentId` and `registration` then name nothing that is stored.
 */
export interface Launch {
  id: string;
  attemptId: string;
  enrollmentId: string;
  registration: string;
  attemptNumber: number;
  userId: string;
  userName: string;
  courseId: string;
  itemKey: string;
  packageVersionId: string;
  mode: LaunchMode;
  expiresAt: Date;
  closedAt: Date | null;
}

export interface NewLaunch {
  /** Null for a preview, which is in mode `browse`. */
  attemptId: string | null;
  userId: string;
  courseId: string;
  itemKey: string;
  packageVersionId: string;
  mode: LaunchMode;
}

/** A launch works this long after it was opened or last used, and a day at most. */
const idleHours = 12;
const longestHours = 24;
const hourMs = 3_600_000;

/** Opens content; the token is told once and is good for this launch and package version alone. */
export async function open(ctx: Context, launch: NewLaunch): Promise<{ launchId: string; token: string }> {
  const { attemptId, userId, courseId, itemKey, packageVersionId, mode } = launch;
  const token = randomBytes(32).toString("base64url");
  const launchId = newId(ctx.now());
  await ctx.db.run(sql`
    insert into launch (id, attempt_id, user_id, course_id, item_key, token_hash, package_version_id, mode, created_at, expires_at)
    values (${launchId}, ${attemptId}, ${userId}, ${courseId}, ${itemKey}, ${hashOf(token)}, ${packageVersionId}, ${mode}, ${ctx.now()}, ${idleLimit(ctx)})`);
  return { launchId, token };
}

/** The launch a token opens. @throws launch_unknown (404), launch_over (410) */
export async function byToken(ctx: Context, token: string): Promise<Launch> {
  const found = await ctx.db.maybe<Launch>(sql.prepared(ofToken(token)));
  if (!found) throw unknown();
  requireOpen(ctx, found);
  return found;
}

/** The same as a query with the columns of `Launch`, to be joined with what else is asked for; who reads it that way calls `requireOpen`. */
export function ofToken(token: string): Sql {
  return sql`
    select launch.id, coalesce(launch.attempt_id, launch.id) as attempt_id, launch.package_version_id, launch.mode, launch.expires_at, launch.closed_at,
      launch.user_id, launch.course_id, launch.item_key, person.name as user_name,
      coalesce(enrollment.id, launch.id) as enrollment_id, coalesce(enrollment.registration, launch.id) as registration, coalesce(attempt.number, 1) as attempt_number
    from launch
    join user_account person on person.id = launch.user_id
    left join attempt on attempt.id = launch.attempt_id
    left join enrollment on enrollment.id = attempt.enrollment_id
    where launch.token_hash = ${hashOf(token)}`;
}

/** @throws launch_over (410) when it was closed, or its time is up */
export function requireOpen(ctx: Context, { closedAt, expiresAt }: Pick<Launch, "closedAt" | "expiresAt">): void {
  if (closedAt !== null || expiresAt <= ctx.now()) throw refuse("launch_over", "This session of the content is over. Open it again from the course.", { status: 410 });
}

/**
 * The content origin of a launch. Where the site's has a "*", each learner's registration of each item has one of its own, so that the
 * scripts of two packages, or of two learners on one device, share no storage; else all share the site's one.
 */
export function contentUrlOf({ contentUrl }: Site, { registration, itemKey }: Pick<Launch, "registration" | "itemKey">): string {
  return contentUrl.replace("*", () => createHash("sha256").update(`${registration}/${itemKey}`).digest("hex").slice(0, 32));
}

/** Content is opened on its own origin only: a package's script on another's would be in its storage. @throws launch_unknown (404) */
export function requireOwnOrigin({ site }: Context, launch: Launch, { url }: RawRequest): void {
  if (site.contentUrl.includes("*") && new URL(contentUrlOf(site, launch)).host !== url.host) throw unknown();
}

const unknown = () => refuse("launch_unknown", "This address does not open any content. Open it again from the course.", { status: 404 });

/** Keeps a launch that is in use open, up to a day; writes at most once a minute. */
export async function extend(ctx: Context, launchId: string): Promise<void> {
  const expiresAt = idleLimit(ctx);
  await ctx.db.run(sql`
    update launch set expires_at = least(${expiresAt}, created_at + make_interval(hours => ${longestHours}))
    where id = ${launchId} and closed_at is null and expires_at < ${new Date(expiresAt.getTime() - 60_000)}
      and expires_at < created_at + make_interval(hours => ${longestHours})`);
}

/** Ends a launch: its token opens nothing more (pages that are loading may end, for a few seconds), and its keys of the record store end. */
export async function close(ctx: Context, launchId: string): Promise<void> {
  await ctx.transact(async (tx) => {
    await tx.db.run(sql`update launch set closed_at = ${tx.now()} where id = ${launchId} and closed_at is null`);
    await endLaunches(tx, [launchId]);
  });
}

/** Ends every launch of an enrollment, as `close` does; in the caller's transaction. */
export async function closeAll(ctx: Context, enrollmentId: string): Promise<void> {
  const closed = await ctx.db.rows<{ id: string }>(sql`
    update launch set closed_at = ${ctx.now()} from attempt
    where attempt.id = launch.attempt_id and attempt.enrollment_id = ${enrollmentId} and launch.closed_at is null returning launch.id`);
  await endLaunches(ctx, closed.map(({ id }) => id));
}

/** Removes launches that ended more than a week ago. */
export async function sweep(ctx: Context): Promise<void> {
  await ctx.db.run(sql`delete from launch where expires_at < ${new Date(ctx.now().getTime() - 7 * 24 * hourMs)}`);
}

const idleLimit = (ctx: Context): Date => new Date(ctx.now().getTime() + idleHours * hourMs);

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
