import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { page, type Reply } from "../http/reply.ts";
import { tallies } from "../courses/tallies.ts";
import { actionOf } from "./course-page.ts";
import { begunItems, publishedOutline, userIdOf, type Begun } from "./outline.ts";

interface MyCourse {
  versionId: string;
  slug: string;
  title: string;
  summary: string;
  status: "active" | "completed";
  progress: number;
  score: number | null;
  startedAt: Date | null;
  lastActivityAt: Date | null;
  completedAt: Date | null;
  /** Of the active course that was last worked at; null of others. */
  begun: Begun | null;
}

/** Everything somebody learns: the course to go on with, the others under way, and those completed. One statement, three the first time. */
export async function myLearningPage(ctx: Context): Promise<Reply> {
  const courses = await myCourses(ctx);
  const [current, ...others] = courses.filter(({ status }) => status === "active");
  const tallyOf = await tallies(ctx, others.map(({ versionId }) => versionId));
  return page("my-learning", {
    page: { title: "My learning" },
    current: current ? await currentOf(ctx, current) : null,
    courses: others.map(({ versionId, slug, title, summary, progress, startedAt }) => ({
      slug,
      title,
      summary,
      href: `/courses/${slug}`,
      ...tallyOf(versionId),
      enrollment: { status: startedAt ? "in-progress" : "not-started", progress },
    })),
    completed: courses.flatMap(({ status, slug, title, completedAt, score }) => (status === "completed" ? [{ title, href: `/courses/${slug}`, completedAt, score }] : [])),
  });
}

async function currentOf(ctx: Context, { versionId, slug, title, progress, lastActivityAt, begun }: MyCourse) {
  const href = `/courses/${slug}`;
  const action = actionOf(ctx, { slug, enrollmentStatus: "active" }, await publishedOutline(ctx, versionId, begun));
  return { slug, title, href, progress, next: action?.title ?? null, continueHref: action?.href ?? href, label: action?.label ?? "Open", lastAt: lastActivityAt };
}

/** The last worked at first. */
function myCourses(ctx: Context): Promise<MyCourse[]> {
  return ctx.db.rows(sql.prepared(sql`
    select enrollment.version_id, course.slug, version.title, version.summary, enrollment.status, enrollment.progress,
      enrollment.started_at, enrollment.last_activity_at, enrollment.completed_at,
      case when enrollment.status = 'completed' then (select avg(score) from item_progress where enrollment_id = enrollment.id) end as score,
      case when enrollment.status = 'active' and row_number() over (partition by enrollment.status order by coalesce(enrollment.last_activity_at, enrollment.created_at) desc, enrollment.id desc) = 1
        then ${begunItems} end as begun
    from enrollment
    join course on course.id = enrollment.course_id
    join course_version version on version.id = enrollment.version_id
    where enrollment.user_id = ${userIdOf(ctx)}::uuid and enrollment.status <> 'withdrawn'
    order by coalesce(enrollment.last_activity_at, enrollment.created_at) desc, enrollment.id desc limit 500`));
}
