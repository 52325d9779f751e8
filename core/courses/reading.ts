import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { sql, type Sql } from "../db/sql.ts";
import { literally, readPage, type PageOf, type PageRequest } from "../http/paging.ts";
import type { CompletionRule } from "./completion.ts";
import { readContent } from "./content.ts";
import { courseNotFound } from "./drafts.ts";
import type { CourseItem, CourseModule, CourseStatus, Row } from "./model.ts";
import * as prerequisites from "./prerequisites.ts";
import { overviews, type Overview } from "./overviews.ts";

/** A course in the version that the reader sees: its staff the draft, everybody else the published one. */
export interface CourseView {
  id: string;
  slug: string;
  status: CourseStatus;
  title: string;
  summary: string;
  capacity: number | null;
  completion: CompletionRule;
  /** The number of the published version; null before the first. */
  version: number | null;
  /** Whether there is a draft that differs from the published version. */
  changed: boolean;
  items: number;
  /** What the items take together, as far as they say. */
  durationMs: number | null;
  createdAt: Date;
  updatedAt: Date;
  revision: number;
  publishedAt: Date | null;
}

export interface CourseFilter {
  status?: CourseStatus;
  /** Words that title and summary hold, each of them. */
  query?: string;
  /** Those alone whose drafts the reader may see. */
  list?: "taught";
}

/** The courses the reader may see, newest first. Archived ones are shown to their staff alone. */
export async function listCourses(ctx: Context, { status, query = "", list }: CourseFilter, page: PageRequest): Promise<PageOf<CourseView>> {
  const staff = staffOf(ctx);
  const conditions = [list === "taught" ? staff : sql`(course.status = 'published' or ${staff})`, ...(status ? [sql`course.status = ${status}`] : []), ...saying(query)];
  return readPage<CourseView>(page, newestFirst, (condition, order) => ctx.db.rows(sql`${view(staff)} where ${sql.join([...conditions, condition], " and ")} ${order}`));
}

/** A course as learners find it in a list. */
export interface ListedCourse extends Overview {
  id: string;
  slug: string;
}

/** The published courses that hold these words, newest first: the same for everybody. */
export async function listPublished(ctx: Context, query: string, page: PageRequest): Promise<PageOf<ListedCourse>> {
  const words = saying(query);
  const seen = words.length > 0 ? sql`join course_version seen on seen.id = course.published_version_id` : sql.raw("");
  const found = await readPage<{ id: string; slug: string; versionId: string }>(page, newestFirst, (condition, order) =>
    ctx.db.rows(
      sql.prepared(sql`
        select course.id, course.slug, course.published_version_id as version_id from course ${seen}
        where ${sql.join([sql`course.status = 'published'`, ...words, condition], " and ")} ${order}`),
    ),
  );
  const overviewOf = await overviews(ctx, found.items.map(({ versionId }) => versionId));
  return { ...found, items: found.items.map(({ id, slug, versionId }) => ({ id, slug, ...overviewOf(versionId) })) };
}

const newestFirst = { columns: [{ column: "course.id", type: "uuid" }], descending: true, keyOf: ({ id }: { id: string }) => [id] } as const;

function saying(query: string): Sql[] {
  const words = query.split(/\s+/).filter(Boolean).slice(0, 10);
  return words.map((word) => sql`(seen.title || ' ' || seen.summary) ilike ${`%${literally(word)}%`}`);
}

/** @throws course_not_found when there is none that this reader may see */
async function readCourse(ctx: Context, courseId: string): Promise<CourseView> {
  const staff = staffOf(ctx);
  const found = await ctx.db.maybe<CourseView>(sql`${view(staff)} where course.id = ${courseId} and (course.status = 'published' or ${staff})`);
  if (!found) throw courseNotFound();
  return found;
}

/** A course with what it requires, as the API shows it. */
export async function describeCourse(ctx: Context, courseId: string) {
  const { revision, publishedAt: _, ...course } = await readCourse(ctx, courseId);
  return { revision, course: { ...course, requires: await prerequisites.list(ctx, courseId) } };
}

/** A published version by its number. @throws version_not_found */
export async function numberedVersion(ctx: Context, courseId: string, number: number): Promise<string> {
  const found = await ctx.db.maybe<{ id: string }>(sql`select id from course_version where course_id = ${courseId} and number = ${number}`);
  if (!found) throw refuse("version_not_found", `The course has no version ${number}.`, { status: 404 });
  return found.id;
}

/** The content of a version as the API shows it. */
export async function showContent(ctx: Context, versionId: string) {
  const modules = await readContent(ctx, versionId);
  return { modules: modules.map(({ key, title, items }) => ({ key, title, items: items.map(showItem) })) };
}

export const showModule = ({ key, title, position }: Row<CourseModule>) => ({ key, title, position });

export const showItem = ({ key, kind, title, required, durationMs, content }: Row<CourseItem>) => ({ key, kind, title, required, durationMs, content });

export interface PublishedVersion {
  id: string;
  number: number;
  title: string;
  note: string | null;
  publishedAt: Date;
  publishedBy: string | null;
  /** The publisher's name. */
  by: string;
}

/** The published versions, the latest first. */
export function listVersions(ctx: Context, courseId: string): Promise<PublishedVersion[]> {
  return ctx.db.rows(sql`select version.id, number, title, note, published_at, published_by, coalesce(publisher.name, 'the system') as by
    from course_version version left join user_account publisher on publisher.id = published_by
    where version.course_id = ${courseId} and number is not null order by number desc`);
}

/** The courses in which this person holds a permission by a role of theirs there. */
export function coursesWith(ctx: Context, permission: string): string[] {
  return [...new Set(ctx.actor.roles.flatMap(({ scope }) => (scope !== null && ctx.can(permission, scope) ? [scope] : [])))];
}

/** True in SQL for the courses whose drafts this reader may see. */
function staffOf(ctx: Context): Sql {
  if (ctx.can("courses.read")) return sql.raw("true");
  return sql`course.id::text = any(${coursesWith(ctx, "courses.read")})`;
}

const view = (staff: Sql): Sql => sql`
  select course.id, course.slug, course.status, seen.title, seen.summary, course.capacity, seen.completion, published.number as version,
    (${staff} and course.draft_version_id is not null and course.published_version_id is not null) as changed,
    (select count(*)::int from item where version_id = seen.id) as items,
    (select sum(duration_ms)::int from item where version_id = seen.id) as duration_ms,
    course.created_at, course.updated_at, course.revision, published.published_at
  from course
    left join course_version published on published.id = course.published_version_id
    join course_version seen on seen.id = case when ${staff} then coalesce(course.draft_version_id, course.published_version_id) else course.published_version_id end`;
