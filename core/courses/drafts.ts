import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { sql } from "../db/sql.ts";
import { changedMeanwhile } from "../http/etag.ts";
import type { Course, CourseVersion, Row } from "./model.ts";

/** A course and the draft of it that may be changed. */
export interface Draft {
  course: Row<Course>;
  version: Row<CourseVersion>;
}

/**
 * The course, locked to the end of the transaction: every command decides under this lock.
 * @throws course_not_found, changed_meanwhile (412) when it is no longer at the revision `expected`
 */
export async function lockCourse(ctx: Context, courseId: string, expected?: number): Promise<Row<Course>> {
  const course = await ctx.db.maybe<Row<Course>>(sql`select * from course where id = ${courseId} for no key update`);
  if (!course) throw courseNotFound();
  if (expected !== undefined && expected !== course.revision) throw changedMeanwhile();
  return course;
}

/** Changes the draft in a transaction, making it from the published version when there is none. `revision` is the new one. */
export function editDraft<T extends object>(ctx: Context, courseId: string, expected: number | undefined, work: (ctx: Context, draft: Draft) => Promise<T>): Promise<T & { revision: number }> {
  return ctx.transact(async (ctx) => {
    const course = await lockCourse(ctx, courseId, expected);
    const draft = await openDraft(ctx, course);
    const result = await work(ctx, draft);
    return { ...result, ...(await touch(ctx, courseId)) };
  });
}

/** The draft of a locked course, copied from the published version when there is none. */
export async function openDraft(ctx: Context, course: Row<Course>): Promise<Draft> {
  if (course.draftVersionId) return { course, version: await readVersion(ctx, course.draftVersionId) };
  const versionId = newId(ctx.now());
  const from = course.publishedVersionId;
  const version = await ctx.db.one<Row<CourseVersion>>(sql`insert into course_version (id, course_id, title, summary, completion, created_at)
    select ${versionId}, course_id, title, summary, completion, ${ctx.now()} from course_version where id = ${from} returning *`);
  const modules = await fresh(ctx, sql`select key from module where version_id = ${from}`);
  await ctx.db.run(sql`insert into module (id, version_id, key, position, title)
    select fresh.id, ${versionId}, key, position, title from module join jsonb_to_recordset(${modules}) fresh (key uuid, id uuid) using (key) where version_id = ${from}`);
  const items = await fresh(ctx, sql`select key from item where version_id = ${from}`);
  await ctx.db.run(sql`insert into item (id, version_id, module_id, key, position, kind, title, content, required, duration_ms, created_at)
    select fresh.id, ${versionId}, copy.id, item.key, item.position, item.kind, item.title, item.content, item.required, item.duration_ms, item.created_at
    from item join jsonb_to_recordset(${items}) fresh (key uuid, id uuid) using (key)
      join module old on old.id = item.module_id join module copy on copy.version_id = ${versionId} and copy.key = old.key
    where item.version_id = ${from}`);
  await ctx.db.run(sql`update course set draft_version_id = ${versionId} where id = ${course.id}`);
  return { course: { ...course, draftVersionId: versionId }, version };
}

/** What a course's staff sees: the draft, or the published version while there is none. @throws course_not_found */
export async function draftSeen(ctx: Context, courseId: string): Promise<Draft> {
  const course = await ctx.db.maybe<Row<Course>>(sql`select * from course where id = ${courseId}`);
  if (!course) throw courseNotFound();
  return { course, version: await readVersion(ctx, (course.draftVersionId ?? course.publishedVersionId) as string) };
}

/** Counts a change of a locked course. */
export async function touch(ctx: Context, courseId: string): Promise<{ revision: number }> {
  return ctx.db.one(sql`update course set revision = revision + 1, updated_at = ${ctx.now()} where id = ${courseId} returning revision`);
}

export async function readVersion(ctx: Context, versionId: string): Promise<Row<CourseVersion>> {
  return ctx.db.one(sql`select * from course_version where id = ${versionId}`);
}

export const courseNotFound = () => refuse("course_not_found", "There is no such course.", { status: 404 });

/** New ids for the copies of these rows, as JSON. */
async function fresh(ctx: Context, keys: ReturnType<typeof sql>): Promise<string> {
  const rows = await ctx.db.rows<{ key: string }>(keys);
  return JSON.stringify(rows.map(({ key }) => ({ key, id: newId(ctx.now()) })));
}
