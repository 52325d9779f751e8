import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { memoryOf } from "../kernel/memory.ts";
import { sql } from "../db/sql.ts";
import type { CourseStatus } from "../courses/model.ts";
import { itemKindsOf } from "../courses/item-kinds.ts";
import type { AttemptStatus } from "./model.ts";

/** A course as one person finds it: the version they are on, and their enrollment, if they have one. */
export interface CoursePlace {
  courseId: string;
  slug: string;
  status: CourseStatus;
  capacity: number | null;
  /** Seats taken; counted only where there is a capacity. */
  taken: number | null;
  /** The version this person sees; its staff, while not enrolled, the draft. */
  versionId: string;
  number: number | null;
  title: string;
  summary: string;
  updatedAt: Date;
  enrollmentId: string | null;
  enrollmentStatus: "active" | "completed" | null;
  progress: number | null;
  startedAt: Date | null;
  completedAt: Date | null;
  begun: Begun | null;
}

/** What came of the items of an enrollment that were begun, by their keys; times as text. */
export type Begun = Record<string, Pick<OutlineItem, "score" | "timeMs"> & { status: AttemptStatus; updatedAt: string; completedAt: string | null }>;

/** `Begun` in SQL, of `enrollment`. */
export const begunItems = sql.raw(`(
  select json_object_agg(item_key, json_build_object('status', status, 'score', score, 'timeMs', time_ms, 'updatedAt', updated_at, 'completedAt', completed_at))
  from item_progress where enrollment_id = enrollment.id)`);

/** An item in its place, with what this person did with it; without its content. */
export interface OutlineItem {
  moduleTitle: string;
  modulePosition: number;
  key: string;
  title: string;
  kind: string;
  required: boolean;
  durationMs: number | null;
  /** Null before the first attempt. */
  status: AttemptStatus | null;
  /** Scaled, of the best attempt. */
  score: number | null;
  timeMs: number;
  updatedAt: Date | null;
  completedAt: Date | null;
}

/** One statement. @throws course_not_found for a course that this person has nothing to do with */
export async function placeOf(ctx: Context, slug: string): Promise<CoursePlace> {
  const { everywhere, scopes } = taught(ctx);
  const found = await ctx.db.maybe<CoursePlace>(sql.prepared(sql`
    select course.id as course_id, course.slug, course.status, course.capacity,
      case when course.capacity is not null then (select count(*)::int from enrollment taken where taken.course_id = course.id and taken.status <> 'withdrawn') end as taken,
      version.id as version_id, version.number, version.title, version.summary, coalesce(version.published_at, course.updated_at) as updated_at,
      enrollment.id as enrollment_id, enrollment.status as enrollment_status, enrollment.progress, enrollment.started_at, enrollment.completed_at, ${begunItems} as begun
    from course
    left join enrollment on enrollment.course_id = course.id and enrollment.user_id = ${userIdOf(ctx)}::uuid and enrollment.status <> 'withdrawn'
    cross join lateral (select ${everywhere}::boolean or course.id::text = any(${scopes}::text[]) as teaches) staff
    join course_version version on version.id =
      coalesce(enrollment.version_id, case when teaches then coalesce(course.draft_version_id, course.published_version_id) else course.published_version_id end)
    where course.slug = ${slug} and (course.status = 'published' or enrollment.id is not null or teaches)`));
  if (!found) throw refuse("course_not_found", "There is no such course.", { status: 404 });
  return found;
}

/** The items of a version in order, with what came of them in an enrollment (null: nothing). One statement. */
export function outlineOf(ctx: Context, versionId: string, enrollmentId: string | null): Promise<OutlineItem[]> {
  return ctx.db.rows<OutlineItem>(sql`
    select module.title as module_title, module.position as module_position, item.key, item.title, item.kind, item.required, item.duration_ms,
      progress.status, progress.score, coalesce(progress.time_ms, 0)::float8 as time_ms, progress.updated_at, progress.completed_at
    from module join item on item.module_id = module.id
    left join item_progress progress on progress.enrollment_id = ${enrollmentId}::uuid and progress.item_key = item.key
    where module.version_id = ${versionId} order by module.position, item.position`);
}

const untouched = memoryOf<readonly OutlineItem[]>(1000);

/** The items of a published version in order, with what came of them. Such a version never changes, so its items are remembered: one statement, or none. */
export async function publishedOutline(ctx: Context, versionId: string, begun: Begun | null): Promise<OutlineItem[]> {
  let items = untouched.get(ctx.site, versionId);
  if (!items) untouched.set(ctx.site, versionId, (items = await outlineOf(ctx, versionId, null)));
  return items.map((item) => {
    const own = begun?.[item.key];
    return own ? { ...item, ...own, updatedAt: new Date(own.updatedAt), completedAt: own.completedAt === null ? null : new Date(own.completedAt) } : item;
  });
}

/** The items that somebody finds at their place. One statement at most. */
export function itemsAt(ctx: Context, { versionId, number, enrollmentId, begun }: CoursePlace): Promise<OutlineItem[]> {
  return number === null ? outlineOf(ctx, versionId, enrollmentId) : publishedOutline(ctx, versionId, begun);
}

/** What to go on with: the item last worked at and not done, else the first that is not done; nothing when all are. Pure. */
export function nextOf<Item extends Pick<OutlineItem, "status" | "updatedAt">>(items: readonly Item[]): Item | undefined {
  const begun = items.filter(({ status }) => status === "in-progress");
  const [latest] = begun.toSorted((a, b) => (b.updatedAt?.getTime() ?? 0) - (a.updatedAt?.getTime() ?? 0));
  return latest ?? items.find(({ status }) => !isItemDone(status));
}

export const isItemDone = (status: string | null): boolean => status === "completed" || status === "passed";

/** Where an item is opened; nowhere while the plugin of its kind is not installed. */
export function hrefOf(ctx: Context, slug: string, { key, kind }: Pick<OutlineItem, "key" | "kind">): string | null {
  const opens = itemKindsOf(ctx).get(kind)?.opens;
  return opens === undefined ? null : `/courses/${slug}/${opens === "player" ? "play" : "items"}/${key}`;
}

/** Who is asking, as an id; null for a guest. */
export const userIdOf = ({ actor }: Context): string | null => (actor.kind === "user" ? actor.id : null);

/** Who is asking. @throws sign_in_required (401) for anybody but a person */
export function requireUser(ctx: Context): string {
  const userId = userIdOf(ctx);
  if (userId === null) throw refuse("sign_in_required", "Sign in first.", { status: 401 });
  return userId;
}

/** Whether this person may look into a course without learning in it. */
export const mayPreview = (ctx: Context, courseId: string): boolean => ctx.can("courses.read", courseId);

/** The courses whose drafts this person may see. */
function taught(ctx: Context): { everywhere: boolean; scopes: string[] } {
  if (ctx.can("courses.read")) return { everywhere: true, scopes: [] };
  return { everywhere: false, scopes: ctx.actor.roles.flatMap(({ scope }) => (scope !== null && ctx.can("courses.read", scope) ? [scope] : [])) };
}
