import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { page, type Reply } from "../http/reply.ts";
import { overviews } from "../courses/overviews.ts";
import { actionOf } from "./course-page.ts";
import { begunItems, publishedOutline, userIdOf, type Begun } from "./outline.ts";

/** What somebody learns, the last worked at first; times within the lists are text. */
interface MyCourses {
  active: { slug: string; versionId: string; progress: number; started: boolean }[] | null;
  completed: { slug: string; versionId: string; completedAt: string; score: number | null }[] | null;
  /** When the first active course was worked at; null also where there is none. */
  lastActivityAt: Date | null;
  /** What was begun of the first active course; null where nothing was. */
  begun: Begun | null;
}

/** Everything somebody learns: the course to go on with, the others under way, and those completed. One statement once its courses are known. */
export async function myLearningPage(ctx: Context): Promise<Reply> {
  const { active, completed, ...lately } = await myCourses(ctx);
  const overviewOf = await overviews(ctx, [...(active ?? []), ...(completed ?? [])].map(({ versionId }) => versionId));
  const named = <Mine extends { slug: string; versionId: string }>(mine: Mine) => ({ ...mine, title: overviewOf(mine.versionId).title, href: `/courses/${mine.slug}` });
  const [current, ...others] = (active ?? []).map(named);
  return page("my-learning", {
    page: { title: "My learning" },
    current: current ? await currentOf(ctx, current, lately) : null,
    courses: others.map(({ slug, title, href, versionId, progress, started }) => ({
      slug,
      title,
      summary: overviewOf(versionId).summary,
      href,
      enrollment: { status: started ? "in-progress" : "not-started", progress },
    })),
    completed: (completed ?? []).map(named),
  });
}

interface Current {
  slug: string;
  versionId: string;
  title: string;
  href: string;
  progress: number;
}

async function currentOf(ctx: Context, { slug, versionId, title, href, progress }: Current, { begun, lastActivityAt }: Pick<MyCourses, "begun" | "lastActivityAt">) {
  const action = actionOf(ctx, { slug, enrollmentStatus: "active" }, await publishedOutline(ctx, versionId, begun));
  return { slug, title, href, progress, next: action?.title ?? null, continueHref: action?.href ?? href, label: action?.label ?? "Open", lastAt: lastActivityAt };
}

/** Lists as JSON, which is read in a fraction of the time that rows are. */
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
      (select json_agg(json_build_object('slug', slug, 'versionId', version_id, 'progress', progress, 'started', started_at is not null))
        from own where status = 'active') as active,
      (select json_agg(json_build_object('slug', slug, 'versionId', version_id, 'completedAt', completed_at,
          'score', (select avg(score) from item_progress where enrollment_id = own.id)))
        from own where status = 'completed') as completed,
      enrollment.last_activity_at, ${begunItems} as begun
    from (select) always left join (select * from own where status = 'active' limit 1) enrollment on true`));
}
