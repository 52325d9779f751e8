import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { page, type Reply } from "../http/reply.ts";
import { overviews } from "../courses/overviews.ts";
import { actionOf } from "./course-page.ts";
import { begunItems, publishedOutline, userIdOf, type Begun } from "./outline.ts";

/** What somebody learns, the last worked at first. */
interface MyCourses {
  active: Active[] | null;
  completed: Completed[] | null;
  /** When the first active course was worked at; null also where there is none. */
  lastActivityAt: Date | null;
  /** What was begun of the first active course; null where nothing was. */
  begun: Begun | null;
}

type Active = [slug: string, versionId: string, progress: number, started: boolean];

/** The time is text. */
type Completed = [slug: string, versionId: string, completedAt: string, score: number | null];

/** Everything somebody learns: the course to go on with, the others under way, and those completed. One statement once its courses are known. */
export async function myLearningPage(ctx: Context): Promise<Reply> {
  const { active, completed, ...lately } = await myCourses(ctx);
  const [first, ...others] = active ?? [];
  const overviewOf = await overviews(ctx, [...(active ?? []), ...(completed ?? [])].map(([, versionId]) => versionId));
  return page("my-learning", {
    page: { title: "My learning" },
    current: first ? await currentOf(ctx, first, overviewOf(first[1]).title, lately) : null,
    courses: others.map(([slug, versionId, progress, started]) => {
      const { title, summary } = overviewOf(versionId);
      return { slug, title, summary, href: courseHref(slug), enrollment: { status: started ? "in-progress" : "not-started", progress } };
    }),
    completed: (completed ?? []).map(([slug, versionId, completedAt, score]) => ({ title: overviewOf(versionId).title, href: courseHref(slug), completedAt, score })),
  });
}

const courseHref = (slug: string): string => `/courses/${slug}`;

async function currentOf(ctx: Context, [slug, versionId, progress]: Active, title: string, { begun, lastActivityAt }: Pick<MyCourses, "begun" | "lastActivityAt">) {
  const action = actionOf(ctx, { slug, enrollmentStatus: "active" }, await publishedOutline(ctx, versionId, begun));
  return { slug, title, href: courseHref(slug), progress, next: action?.title ?? null, continueHref: action?.href ?? courseHref(slug), label: action?.label ?? "Open", lastAt: lastActivityAt };
}

/** Lists as JSON, which is read in a fraction of the time that rows are; without names, which cost PostgreSQL as much as values. */
function myCourses(ctx: Context): Promise<MyCourses> {
  return ctx.db.one(sql.prepared(sql`
    with own as (
      select enrollment.id, enrollment.version_id, course.slug, enrollment.status, enrollment.progress,
        enrollment.started_at, enrollment.last_activity_at, enrollment.completed_at
      from enrollment join course on course.id = enrollment.course_id
      where enrollment.user_id = ${userIdOf(ctx)}::uuid and enrollment.status <> 'withdrawn'
      order by coalesce(enrollment.last_activity_at, enrollment.created_at) desc, enrollment.id desc limit 500
    )
    select
      (select json_agg(json_build_array(slug, version_id, progress, started_at is not null))
        from own where status = 'active') as active,
      (select json_agg(json_build_array(slug, version_id, completed_at, (select avg(score) from item_progress where enrollment_id = own.id)))
        from own where status = 'completed') as completed,
      enrollment.last_activity_at, ${begunItems} as begun
    from (select) always left join (select * from own where status = 'active' limit 1) enrollment on true`));
}
