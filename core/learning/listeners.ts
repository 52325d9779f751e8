import type { Context } from "../kernel/context.ts";
import type { HookHandlers } from "../kernel/catalogue.ts";
import { sql } from "../db/sql.ts";
import type { CatalogueNote, LearnerCount } from "../courses/hooks.ts";
import { userIdOf } from "./outline.ts";
import { follow } from "./follow.ts";
import { list } from "./reading.ts";

/** What learning tells other parts when they ask. */
export const learningAnswers: HookHandlers = {
  "course.counting": (ctx, { courseIds }) =>
    ctx.db.rows<LearnerCount>(sql`
      select course_id, version_id, count(*)::int as learners, count(*) filter (where status = 'completed')::int as completed
      from enrollment where course_id = any(${courseIds}::uuid[]) and status <> 'withdrawn' group by course_id, version_id`),
  "course.moving": (ctx, { courseId, versionId, followers }) => follow(ctx, courseId, versionId, followers),
  "catalogue.listing": (ctx, { courseIds }) => ownPlaces(ctx, courseIds),
  "page.rendering": async (ctx, { template, data }) => {
    if (template !== "pages/admin/person") return;
    const { id } = data.person as { id: string };
    const { items } = await list(ctx, { userId: id }, { limit: 200 });
    const enrollments = items.map(({ courseId, userId, title, status, progress }) => ({ title, href: `/teach/courses/${courseId}/learners/${userId}`, status, progress }));
    return { template, data: { ...data, enrollments } };
  },
};

/** Where whoever looks stands in these courses. */
async function ownPlaces(ctx: Context, courseIds: readonly string[]): Promise<CatalogueNote[]> {
  const userId = userIdOf(ctx);
  if (userId === null) return [];
  const rows = await ctx.db.rows<{ courseId: string; status: string; progress: number; startedAt: Date | null }>(sql`
    select course_id, status, progress, started_at from enrollment where user_id = ${userId} and course_id = any(${courseIds}::uuid[]) and status <> 'withdrawn'`);
  return rows.map(({ courseId, status, progress, startedAt }) => ({ courseId, enrollment: { status: status === "completed" ? "completed" : startedAt ? "in-progress" : "not-started", progress } }));
}
