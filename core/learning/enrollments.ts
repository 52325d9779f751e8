import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { randomUUID } from "node:crypto";
import { isUniqueViolation } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { Row } from "../courses/model.ts";
import type { Enrollment } from "./model.ts";
import * as launches from "./launches.ts";
import { requireUser } from "./outline.ts";
import { tellEnrolled } from "./statements.ts";

export interface NewEnrollment {
  userId: string;
  courseId: string;
  /** Prerequisites don't count: for instructors. */
  overridePrerequisites?: boolean;
}

interface Seats {
  status: string;
  capacity: number | null;
  versionId: string | null;
  taken: number;
}

/**
 * Enrolls somebody in the published version of a course. The course row is locked, so that the last seat is given once.
 * @throws course_not_found, course_not_open, not_found (the person), already_enrolled, no_seats_left, prerequisites_missing, and whatever a guard refuses with
 */
export async function create(ctx: Context, { userId, courseId, overridePrerequisites }: NewEnrollment): Promise<Row<Enrollment>> {
  return ctx.transact(async (tx) => {
    const now = tx.now();
    const course = await tx.db.maybe<{ id: string }>(sql`select id from course where id = ${courseId} for no key update`);
    if (!course) throw refuse("course_not_found", "There is no such course.", { status: 404 });
    const person = await tx.db.maybe<{ id: string }>(sql`select id from user_account where id = ${userId} and erased_at is null for key share`);
    if (!person) throw refuse("not_found", "There is no such person.", { status: 404 });
    const seats = await tx.db.one<Seats>(sql`
      select status, capacity, published_version_id as version_id,
        (select count(*)::int from enrollment where course_id = ${courseId} and status <> 'withdrawn') as taken
      from course where id = ${courseId}`);
    if (seats.status !== "published" || seats.versionId === null) throw refuse("course_not_open", "This course is not open for enrollment.", { status: 409 });
    if (await current(tx, userId, courseId)) throw alreadyEnrolled();
    if (seats.capacity !== null && seats.taken >= seats.capacity) throw refuse("no_seats_left", "Every seat in this course is taken.", { status: 409, data: { capacity: seats.capacity } });
    if (!overridePrerequisites) await requirePrerequisites(tx, userId, courseId);
    const enrolledBy = tx.actor.id;
    await tx.guard("enrollment.creating", { userId, courseId, versionId: seats.versionId, enrolledBy });
    const enrollment = await insert(tx, { userId, courseId, versionId: seats.versionId, enrolledBy, now });
    await tx.emit("enrollment.created", { enrollmentId: enrollment.id, userId, courseId, versionId: seats.versionId });
    await tellEnrolled(tx, enrollment);
    return enrollment;
  });
}

/** Enrolls whoever is asking. @throws sign_in_required, and as `create` does */
export async function enrollOneself(ctx: Context, courseId: string): Promise<Row<Enrollment>> {
  return create(ctx, { userId: requireUser(ctx), courseId });
}

/** Takes somebody out of a course; their progress is kept with the enrollment. @throws enrollment_not_found, already_withdrawn */
export async function withdraw(ctx: Context, enrollmentId: string): Promise<Row<Enrollment>> {
  return ctx.transact(async (tx) => {
    const enrollment = await tx.db.maybe<Row<Enrollment>>(sql`select * from enrollment where id = ${enrollmentId} for update`);
    if (!enrollment) throw enrollmentNotFound();
    if (enrollment.status === "withdrawn") throw refuse("already_withdrawn", "This enrollment has ended already.", { status: 409 });
    const { userId, courseId } = enrollment;
    await tx.guard("enrollment.withdrawing", { enrollmentId, userId, courseId });
    await tx.db.run(sql`update enrollment set status = 'withdrawn', withdrawn_at = ${tx.now()} where id = ${enrollmentId}`);
    await launches.closeAll(tx, enrollmentId);
    await tx.emit("enrollment.withdrawn", { enrollmentId, userId, courseId });
    return { ...enrollment, status: "withdrawn", withdrawnAt: tx.now() };
  });
}

/** Somebody's present enrollment in a course. */
export async function current(ctx: Context, userId: string, courseId: string): Promise<Row<Enrollment> | undefined> {
  return ctx.db.maybe(sql`select * from enrollment where user_id = ${userId} and course_id = ${courseId} and status <> 'withdrawn'`);
}

/** @throws enrollment_not_found */
export async function find(ctx: Context, enrollmentId: string): Promise<Row<Enrollment>> {
  const found = await ctx.db.maybe<Row<Enrollment>>(sql`select * from enrollment where id = ${enrollmentId}`);
  if (!found) throw enrollmentNotFound();
  return found;
}

/** The published courses somebody must complete first, and which of them are. */
export async function prerequisitesOf(ctx: Context, userId: string | null, courseId: string): Promise<{ courseId: string; slug: string; title: string; met: boolean }[]> {
  return ctx.db.rows(sql`
    select course.id as course_id, course.slug, version.title,
      exists (select 1 from enrollment where user_id = ${userId}::uuid and enrollment.course_id = course.id and enrollment.completed_at is not null) as met
    from course_prerequisite
    join course on course.id = course_prerequisite.requires_course_id
    join course_version version on version.id = coalesce(course.published_version_id, course.draft_version_id)
    where course_prerequisite.course_id = ${courseId} order by version.title`);
}

async function requirePrerequisites(ctx: Context, userId: string, courseId: string): Promise<void> {
  const missing = (await prerequisitesOf(ctx, userId, courseId)).filter(({ met }) => !met);
  if (missing.length === 0) return;
  throw refuse("prerequisites_missing", `Complete ${missing.map(({ title }) => title).join(" and ")} first.`, { status: 409, data: { missing: missing.map(({ slug }) => slug) } });
}

async function insert(ctx: Context, row: { userId: string; courseId: string; versionId: string; enrolledBy: string | null; now: Date }): Promise<Row<Enrollment>> {
  try {
    return await ctx.db.one<Row<Enrollment>>(sql`
      insert into enrollment (id, user_id, course_id, version_id, registration, enrolled_by, created_at)
      values (${newId(row.now)}, ${row.userId}, ${row.courseId}, ${row.versionId}, ${randomUUID()}, ${row.enrolledBy}, ${row.now}) returning *`);
  } catch (error) {
    if (isUniqueViolation(error, "enrollment_once")) throw alreadyEnrolled();
    throw error;
  }
}

const alreadyEnrolled = () => refuse("already_enrolled", "Already enrolled in this course.", { status: 409 });
export const enrollmentNotFound = () => refuse("enrollment_not_found", "There is no such enrollment.", { status: 404 });
