import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { literally, readPage, type PageOf, type PageRequest } from "../http/paging.ts";
import { enrollmentNotFound } from "./enrollments.ts";
import { outlineOf, type OutlineItem } from "./outline.ts";

export const enrollmentStates = ["not-started", "in-progress", "completed", "withdrawn"] as const;
export type EnrollmentState = (typeof enrollmentStates)[number];

/** An enrollment with whose it is and of what. */
export interface EnrollmentView {
  id: string;
  userId: string;
  userName: string;
  userEmail: string | null;
  courseId: string;
  slug: string;
  title: string;
  /** The number of the version they are on. */
  version: number;
  versionId: string;
  registration: string;
  status: EnrollmentState;
  progress: number;
  /** The average of the items that have one, scaled; null without. */
  score: number | null;
  timeMs: number;
  createdAt: Date;
  startedAt: Date | null;
  completedAt: Date | null;
  withdrawnAt: Date | null;
  lastActivityAt: Date | null;
}

export interface EnrollmentFilter {
  id?: string;
  userId?: string;
  courseId?: string;
  /** A part of the person's name or email. */
  query?: string;
  state?: EnrollmentState;
  /** Newest first, unless by the people's names. */
  order?: "newest" | "name";
}

/** Enrollments; of somebody who left and came again, only the latest unless those who left are asked for. */
export function list(ctx: Context, { id, userId, courseId, query = "", state, order = "newest" }: EnrollmentFilter, page: PageRequest): Promise<PageOf<EnrollmentView>> {
  const like = `%${literally(query.trim())}%`;
  const conditions = [
    ...(id !== undefined ? [sql`enrollment.id = ${id}`] : []),
    ...(userId !== undefined ? [sql`enrollment.user_id = ${userId}`] : []),
    ...(courseId !== undefined ? [sql`enrollment.course_id = ${courseId}`] : []),
    ...(query.trim() ? [sql`(person.name ilike ${like} or person.email ilike ${like})`] : []),
    ...(state ? [sql`${stateOf} = ${state}`] : [superseded]),
  ];
  const key = order === "name" ? byName : newestFirst;
  return readPage<EnrollmentView>(page, key, (condition, tail) => ctx.db.rows(sql`${view} where ${sql.join([...conditions, condition], " and ")} ${tail}`));
}

/**
 * An enrollment for its owner, and for who holds `permission` in its course.
 * @throws enrollment_not_found, also for who may not know of it
 */
export async function seenBy(ctx: Context, enrollmentId: string, permission: "learners.read" | "learners.manage"): Promise<EnrollmentView> {
  const found = await ctx.db.maybe<EnrollmentView>(sql`${view} where enrollment.id = ${enrollmentId}`);
  const own = found !== undefined && ctx.actor.kind === "user" && ctx.actor.id === found.userId && ctx.can("learning.enroll");
  if (!found || !(own || ctx.can(permission, found.courseId))) throw enrollmentNotFound();
  return found;
}

/** Somebody's latest enrollment in a course. @throws enrollment_not_found */
export async function latestOf(ctx: Context, courseId: string, userId: string): Promise<EnrollmentView> {
  const found = await ctx.db.maybe<EnrollmentView>(sql`${view} where enrollment.course_id = ${courseId} and enrollment.user_id = ${userId} order by enrollment.id desc limit 1`);
  if (!found) throw enrollmentNotFound();
  return found;
}

/** How many learn in a course, and how well. */
export function figuresOf(ctx: Context, courseId: string): Promise<{ enrolled: number; completed: number; score: number | null }> {
  return ctx.db.one(sql`
    select count(*)::int as enrolled, count(*) filter (where status = 'completed')::int as completed,
      (select avg(score) from item_progress join enrollment own on own.id = enrollment_id where own.course_id = ${courseId} and own.status <> 'withdrawn') as score
    from enrollment where course_id = ${courseId} and status <> 'withdrawn'`);
}

/** One try at an item, as lists show it. */
export interface AttemptView {
  itemKey: string;
  number: number;
  status: string;
  score: number | null;
  scoreRaw: number | null;
  timeMs: number;
  startedAt: Date;
  completedAt: Date | null;
}

/** Every item of an enrollment's version, with what came of it and each attempt. */
export async function progressOf(ctx: Context, { id, versionId }: Pick<EnrollmentView, "id" | "versionId">): Promise<(OutlineItem & { attempts: AttemptView[] })[]> {
  const items = await outlineOf(ctx, versionId, id);
  const attempts = await ctx.db.rows<AttemptView>(sql`
    select item_key, number, status, score, score_raw, time_ms::float8 as time_ms, started_at, completed_at from attempt where enrollment_id = ${id} order by number`);
  return items.map((item) => ({ ...item, attempts: attempts.filter(({ itemKey }) => itemKey === item.key) }));
}

const stateOf = sql.raw(`case when enrollment.status <> 'active' then enrollment.status when enrollment.started_at is null then 'not-started' else 'in-progress' end`);
const superseded = sql.raw(`not exists (select 1 from enrollment later where later.user_id = enrollment.user_id and later.course_id = enrollment.course_id and later.id > enrollment.id)`);
const newestFirst = { columns: [{ column: "enrollment.id", type: "uuid" as const }], descending: true as const, keyOf: ({ id }: EnrollmentView) => [id] };
const byName = {
  columns: [{ column: "lower(person.name)" }, { column: "enrollment.id", type: "uuid" as const }],
  keyOf: ({ sortName, id }: EnrollmentView & { sortName?: string }) => [sortName ?? "", id],
};

const view = sql`
  select enrollment.id, enrollment.user_id, person.name as user_name, lower(person.name) as sort_name, person.email as user_email,
    enrollment.course_id, course.slug, version.title, version.number as version, enrollment.version_id, enrollment.registration, ${stateOf} as status,
    enrollment.progress, scores.score, scores.time_ms, enrollment.created_at, enrollment.started_at, enrollment.completed_at, enrollment.withdrawn_at, enrollment.last_activity_at
  from enrollment
  join user_account person on person.id = enrollment.user_id
  join course on course.id = enrollment.course_id
  join course_version version on version.id = enrollment.version_id
  cross join lateral (select avg(score) as score, coalesce(sum(time_ms), 0)::float8 as time_ms from item_progress where enrollment_id = enrollment.id) scores`;
