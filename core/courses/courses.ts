import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import * as audit from "../people/audit.ts";
import * as roles from "../people/roles.ts";
import { isUniqueViolation } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { blockersOf } from "./blockers.ts";
import type { CompletionRule } from "./completion.ts";
import { lockCourse, openDraft, readVersion, touch } from "./drafts.ts";
import type { Followers } from "./hooks.ts";
import type { Course, CourseStatus, Row } from "./model.ts";
import * as prerequisites from "./prerequisites.ts";
import { slugOf } from "./slugs.ts";

export interface NewCourse {
  title: string;
  /** Made from the title, and unique, unless told. */
  slug?: string;
  summary?: string;
}

/** What may be changed of a course: title, summary and completion in the draft, slug and seats at once. */
export interface CourseChanges {
  title?: string;
  summary?: string;
  completion?: CompletionRule;
  slug?: string;
  /** Seats; null is no limit. */
  capacity?: number | null;
}

/** A draft, with its creator as the course's instructor. @throws slug_taken */
export async function create(ctx: Context, { title, slug, summary = "" }: NewCourse): Promise<{ id: string; slug: string }> {
  return ctx.transact(async (ctx) => {
    const [id, draftId, at] = [newId(ctx.now()), newId(ctx.now()), ctx.now()];
    const createdBy = ctx.actor.kind === "user" ? ctx.actor.id : null;
    for (const candidate of slug === undefined ? candidates(slugOf(title)) : [slug]) {
      const taken = await ctx.db.run(sql`insert into course (id, slug, draft_version_id, created_by, created_at, updated_at)
        values (${id}, ${candidate}, ${draftId}, ${createdBy}, ${at}, ${at}) on conflict (slug) do nothing`);
      if (taken === 0) continue;
      await ctx.db.run(sql`insert into course_version (id, course_id, title, summary, created_at) values (${draftId}, ${id}, ${title}, ${summary}, ${at})`);
      if (createdBy) await roles.assign(ctx, { userId: createdBy, role: "instructor", scope: id });
      await audit.record(ctx, { action: "course.created", subject: { kind: "course", id, name: title } });
      return { id, slug: candidate };
    }
    throw slugTaken();
  });
}

/** @throws course_not_found, changed_meanwhile (412), slug_taken */
export async function edit(ctx: Context, courseId: string, changes: CourseChanges, expected?: number): Promise<{ revision: number }> {
  const work = ctx.transact(async (ctx) => {
    const course = await lockCourse(ctx, courseId, expected);
    const { slug = course.slug, capacity = course.capacity } = changes;
    await ctx.db.run(sql`update course set slug = ${slug}, capacity = ${capacity} where id = ${courseId}`);
    const now = await readVersion(ctx, (course.draftVersionId ?? course.publishedVersionId) as string);
    const { title = now.title, summary = now.summary, completion = now.completion } = changes;
    if (title !== now.title || summary !== now.summary || !isDeepStrictEqual(completion, now.completion)) {
      const { version } = await openDraft(ctx, course);
      await ctx.db.run(sql`update course_version set title = ${title}, summary = ${summary}, completion = ${JSON.stringify(completion)} where id = ${version.id}`);
    }
    await audit.record(ctx, { action: "course.edited", subject: { kind: "course", id: courseId, name: title }, detail: { changes: Object.keys(changes) } });
    return touch(ctx, courseId);
  });
  return work.catch((error: unknown) => {
    throw isUniqueViolation(error, "course_slug_key") ? slugTaken() : error;
  });
}

/** Everything that says who may begin a course and when it is done, at once. @throws as `edit` and `prerequisites.set` do */
export async function setRules(ctx: Context, courseId: string, rules: Pick<CourseChanges, "completion" | "capacity"> & { requires: readonly string[] }, expected?: number): Promise<{ revision: number }> {
  return ctx.transact(async (ctx) => {
    await edit(ctx, courseId, { completion: rules.completion, capacity: rules.capacity }, expected);
    return prerequisites.set(ctx, courseId, rules.requires);
  });
}

/**
 * Makes the draft the version that new learners begin; it never changes again. Who learns an earlier one stays on it, unless `followers` says otherwise.
 * @throws course_unpublishable (422) with every reason, nothing_to_publish (409), changed_meanwhile (412)
 */
export async function publish(ctx: Context, courseId: string, { note, expected, followers = "nobody" }: { note?: string; expected?: number; followers?: Followers } = {}): Promise<{ versionId: string; number: number; revision: number }> {
  return ctx.transact(async (ctx) => {
    const course = await lockCourse(ctx, courseId, expected);
    if (!course.draftVersionId) throw refuse("nothing_to_publish", "Nothing has changed since the last version.", { status: 409 });
    const draft = await openDraft(ctx, course);
    const problems = await blockersOf(ctx, draft);
    if (problems.length > 0) {
      const rest = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
      throw refuse("course_unpublishable", `The course can't be published yet: ${problems[0]?.message}${rest}`, { status: 422, problems });
    }
    const versionId = draft.version.id;
    const { number } = await ctx.db.one<{ number: number }>(sql`select coalesce(max(number), 0) + 1 as number from course_version where course_id = ${courseId}`);
    await ctx.guard("course.publishing", { courseId, versionId, number, title: draft.version.title });
    const publishedBy = ctx.actor.kind === "user" ? ctx.actor.id : null;
    await ctx.db.run(sql`update course_version set number = ${number}, note = ${note ?? null}, published_at = ${ctx.now()}, published_by = ${publishedBy} where id = ${versionId}`);
    await ctx.db.run(sql`update course set status = 'published', published_version_id = ${versionId}, draft_version_id = null where id = ${courseId}`);
    if (followers !== "nobody") await ctx.step("course.moving", { courseId, versionId, followers });
    await ctx.emit("course.published", { courseId, versionId, number, slug: course.slug, title: draft.version.title });
    await audit.record(ctx, { action: "course.published", subject: { kind: "course", id: courseId, name: draft.version.title }, detail: { number, followers } });
    return { versionId, number, ...(await touch(ctx, courseId)) };
  });
}

/** Takes a course out of the catalogue; learners under way may finish. Doing it again changes nothing. */
export async function archive(ctx: Context, courseId: string, expected?: number): Promise<{ revision: number }> {
  return ctx.transact(async (ctx) => {
    const course = await lockCourse(ctx, courseId, expected);
    if (course.status === "archived") return course;
    await setStatus(ctx, course, "archived");
    await audit.record(ctx, { action: "course.archived", subject: { kind: "course", id: courseId, name: course.slug } });
    await ctx.emit("course.archived", { courseId });
    return touch(ctx, courseId);
  });
}

/** Back to what it was before the archive. Doing it again changes nothing. */
export async function restore(ctx: Context, courseId: string, expected?: number): Promise<{ revision: number }> {
  return ctx.transact(async (ctx) => {
    const course = await lockCourse(ctx, courseId, expected);
    if (course.status !== "archived") return course;
    const status = course.publishedVersionId ? "published" : "draft";
    await setStatus(ctx, course, status);
    await audit.record(ctx, { action: "course.restored", subject: { kind: "course", id: courseId, name: course.slug } });
    await ctx.emit("course.restored", { courseId, status });
    return touch(ctx, courseId);
  });
}

async function setStatus(ctx: Context, course: Row<Course>, status: CourseStatus): Promise<void> {
  await ctx.db.run(sql`update course set status = ${status} where id = ${course.id}`);
}

function candidates(slug: string): string[] {
  return [slug, ...[2, 3, 4, 5, 6, 7, 8, 9].map((number) => `${slug}-${number}`), `${slug}-${randomBytes(4).toString("hex")}`];
}

const slugTaken = () =>
  refuse("slug_taken", "Another course has this address.", { status: 409, problems: [{ pointer: "/slug", code: "slug_taken", message: "Another course has this address." }] });
