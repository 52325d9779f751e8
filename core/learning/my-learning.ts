import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { page, type Reply } from "../http/reply.ts";
import { actionOf } from "./course-page.ts";
import { begunItems, publishedOutline, userIdOf, type Begun } from "./outline.ts";

/** What somebody learns, the last worked at first; times within the lists are text. */
interface MyCourses {
  active: { slug: string; title: string; summary: string; progress: number; started: boolean }[] | null;
  completed: { slug: string; title: string; completedAt: string; score: number | null }[] | null;
  /** Of the first active course; null without one, and `begun` where nothing in it was. */
  versionId: string | null;
  lastActivityAt: Date | null;
  begun: Begun | null;
}

/** Everything somebody learns: the course to go on with, the others under way, and those completed. One statement, two the first time. */
export async function myLearningPage(ctx: Context): Promise<Reply> {
  const mine = await myCourses(ctx);
  const [current, ...others] = mine.active ?? [];
  return page("my-learning", {
    page: { title: "My learning" },
    current: current ? await currentOf(ctx, current, mine) : null,
    courses: others.map(({ slug, title, summary, progress, started }) => ({
      slug,
      title,
      summary,
      href: `/courses/${slug}`,
      enrollment: { status: started ? "in-progress" : "not-started", progress },
    })),
    completed: (mine.completed ?? []).map(({ slug, title, completedAt, score }) => ({ title, href: `/courses/${slug}`, completedAt, score })),
  });
}

async function currentOf(ctx: Context, { slug, title, progress }: NonNullable<MyCourses["active"]>[number], { versionId, begun, lastActivityAt }: MyCourses) {
  const href = `/courses/${slug}`;
  const action = actionOf(ctx, { slug, enrollmentStatus: "active" }, await publishedOutline(ctx, versionId as string, begun));
  return { slug, title, href, progress, next: action?.title ?? null, continueHref: action?.href ?? href, label: action?.label ?? "Open", lastAt: lastActivityAt };
}

/** Lists as JSON, which is read in a fraction of the time that rows are. */
function myCourses(ctx: Context): Promise<MyCourses> {
  return ctx.db.one(sql.prepared(sql`
    with own as (
      select enrollment.id, enrollment.version_id, course.slug, version.title, version.summary, enrollment.status, enrollment.progress,
        enrollment.started_at, enrollment.last_activity_at, enrollment.completed_at
      from enrollment
      join course on course.id = enrollment.course_id
      join course_version version on version.id = enrollment.version_id
      where enrollment.user_id = ${userIdOf(ctx)}::uuid and enrollment.status <> 'withdrawn'
      order by coalesce(enrollment.last_activity_at, enrollment.created_at) desc, enrollment.id desc limit 500
    )
    select
      (select json_agg(json_build_object('slug', slug, 'title', title, 'summary', summary, 'progress', progress, 'started', started_at is not null))
        from own where status = 'active') as active,
      (select json_agg(json_build_object('slug', slug, 'title', title, 'completedAt', completed_at,
          'score', (select avg(score) from item_progress where enrollment_id = own.id)))
        from own where status = 'completed') as completed,
      enrollment.version_id, enrollment.last_activity_at, ${begunItems} as begun
    from (select) always left join (select * from own where status = 'active' limit 1) enrollment on true`));
}
