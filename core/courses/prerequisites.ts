import type { Context } from "../kernel/context.ts";
import { refuse, type Problem } from "../kernel/errors.ts";
import { sql } from "../db/sql.ts";
import * as audit from "../people/audit.ts";
import { lockCourse, touch } from "./drafts.ts";

/** A course that must be completed first. */
export interface Prerequisite {
  id: string;
  slug: string;
  title: string;
  status: string;
}

/** What a course requires, in a stable order. */
export function list(ctx: Context, courseId: string): Promise<Prerequisite[]> {
  return ctx.db.rows(sql`select required.id, required.slug, version.title, required.status
    from course_prerequisite join course required on required.id = requires_course_id
      join course_version version on version.id = coalesce(required.published_version_id, required.draft_version_id)
    where course_prerequisite.course_id = ${courseId} order by requires_course_id`);
}

/**
 * Replaces what a course requires. Of several at once each decides on the whole graph, one after another.
 * @throws invalid_prerequisites (422) for courses that are not there or not for this person to see, and for a circle
 */
export async function set(ctx: Context, courseId: string, requires: readonly string[], expected?: number): Promise<{ revision: number }> {
  const wanted = [...new Set(requires)];
  return ctx.transact(async (ctx) => {
    const { slug } = await lockCourse(ctx, courseId, expected);
    await ctx.db.rows(sql`select pg_advisory_xact_lock(hashtextextended('course prerequisites', 0))`);
    const problems = [...(await unknownAmong(ctx, courseId, wanted)), ...(await circlesAmong(ctx, courseId, wanted))];
    if (problems.length > 0) throw refuse("invalid_prerequisites", problems.map(({ message }) => message).join(" "), { status: 422, problems });
    await ctx.db.run(sql`delete from course_prerequisite where course_id = ${courseId}`);
    await ctx.db.run(sql`insert into course_prerequisite select ${courseId}, unnest(${wanted}::uuid[])`);
    await audit.record(ctx, { action: "course.prerequisites-set", subject: { kind: "course", id: courseId, name: slug }, detail: { requires: wanted } });
    return touch(ctx, courseId);
  });
}

async function unknownAmong(ctx: Context, courseId: string, wanted: readonly string[]): Promise<Problem[]> {
  const known = await ctx.db.rows<{ id: string; status: string; kept: boolean }>(sql`select id, status,
      exists (select from course_prerequisite where course_id = ${courseId} and requires_course_id = id) as kept
    from course where id = any(${wanted})`);
  const usable = new Set(known.filter(({ id, status, kept }) => kept || status === "published" || ctx.can("courses.read", id)).map(({ id }) => id));
  return wanted.flatMap((id, index) => (usable.has(id) ? [] : [{ pointer: `/requires/${index}`, code: "course_not_found", message: `There is no course ${id}.` }]));
}

async function circlesAmong(ctx: Context, courseId: string, wanted: readonly string[]): Promise<Problem[]> {
  const back = await ctx.db.rows<{ origin: string; title: string }>(sql`
    with recursive reached (origin, id) as (
      select id, id from unnest(${wanted}::uuid[]) id
      union select origin, requires_course_id from reached join course_prerequisite on course_prerequisite.course_id = reached.id
    )
    select origin, title from reached join course on course.id = origin
      join course_version version on version.id = coalesce(published_version_id, draft_version_id)
    where reached.id = ${courseId} order by array_position(${wanted}::uuid[], origin)`);
  return back.map(({ origin, title }) => ({
    pointer: `/requires/${wanted.indexOf(origin)}`,
    code: "prerequisite_cycle",
    message: origin === courseId ? "A course can't require itself." : `${title} requires this course itself, directly or through others.`,
  }));
}
