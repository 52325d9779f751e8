import type { Context } from "../kernel/context.ts";
import type { CadreError } from "../kernel/errors.ts";
import { page, type Reply } from "../http/reply.ts";
import { formOf, type Form } from "../pages/form.ts";
import { blockersOf } from "./blockers.ts";
import { completionChoices } from "./completion-choices.ts";
import { itemOf, readContent, type ModuleContent } from "./content.ts";
import { draftSeen } from "./drafts.ts";
import type { LearnerCount } from "./hooks.ts";
import { itemKindsOf } from "./item-kinds.ts";
import type { CourseItem, Row } from "./model.ts";
import { packageChoices } from "./package-choices.ts";
import * as prerequisites from "./prerequisites.ts";
import { listCourses, listVersions } from "./reading.ts";

/** A form of the editor that was refused, with what was typed into it. */
export interface Refused {
  form: "details" | "rules";
  values: Record<string, unknown>;
  error: CadreError;
}

/** The page where a course is put together; what was refused is shown again as it was typed. */
export async function editorPage(ctx: Context, courseId: string, refused?: Refused): Promise<Reply> {
  const { course, version } = await draftSeen(ctx, courseId);
  const [modules, versions, required, others, counts] = [
    await readContent(ctx, version.id),
    await listVersions(ctx, courseId),
    await prerequisites.list(ctx, courseId),
    await listCourses(ctx, {}, { limit: 200 }),
    await countLearners(ctx, [courseId]),
  ];
  const published = versions.find(({ id }) => id === course.publishedVersionId);
  const blockers = course.draftVersionId ? await blockersOf(ctx, { course, version }) : [];
  const { id, slug, status, capacity } = course;
  const title = version.title || "Untitled course";
  const choices = [...others.items.filter((other) => other.id !== id && other.status === "published"), ...required];
  const form = (name: Refused["form"], values: Record<string, unknown>): Form => (refused?.form === name ? formOf({ ...values, ...refused.values }, refused.error) : formOf(values));
  return page("instructor/course-editor", {
    page: { title, crumbs: [{ label: "Teach", href: "/teach/courses" }], tabs: courseTabs(id, "Content"), scripts: ["reorder.js"] },
    course: { id, slug, title, status, version: published?.number ?? null, changed: published !== undefined && course.draftVersionId !== null, href: `/courses/${slug}` },
    blockers: blockers.map(({ message }) => message),
    modules: await showModules(ctx, id, modules),
    packages: await packageChoices(ctx, id),
    details: form("details", { title: version.title, slug, summary: version.summary }),
    rules: form("rules", { completion: JSON.stringify(version.completion), capacity, prerequisites: required.map((each) => each.id) }),
    completionRules: completionChoices(version.completion, modules.flatMap(({ items }) => items), itemKindsOf(ctx)),
    otherCourses: [...new Map(choices.map((other) => [other.id, other.title]))].map(([value, label]) => ({ value, label })),
    versions: versions.map(({ id, number, publishedAt, by, note }) => ({ number, publishedAt, by, note, learners: counts.find(({ versionId }) => versionId === id)?.learners ?? 0 })),
  });
}

/** The page where an item is edited, and its text where it is one to read; after a refusal with what was typed. */
export async function itemEditor(ctx: Context, courseId: string, itemKey: string, shown: { preview?: boolean; refused?: Omit<Refused, "form"> } = {}): Promise<Reply> {
  const { version } = await draftSeen(ctx, courseId);
  const { title, kind, content, required, durationMs } = await itemOf(ctx, version.id, itemKey);
  const { markdown = "" } = content as { markdown?: string };
  const values = shown.refused?.values ?? { title, source: markdown, required: required ? "on" : "", durationMinutes: durationMs === null ? "" : Math.ceil(durationMs / 60_000) };
  return page("instructor/item-editor", {
    page: { title, crumbs: [{ label: "Teach", href: "/teach/courses" }, { label: version.title || "Untitled course", href: `/teach/courses/${courseId}` }] },
    course: { id: courseId, title: version.title },
    item: { id: itemKey, title, written: kind === "page" },
    form: formOf(values, shown.refused?.error),
    preview: shown.preview ? markdown : null,
  });
}

/** The second row of links on every page about one course that is taught. */
export function courseTabs(courseId: string, current: "Content" | "Packages" | "Learners") {
  const links = { Content: "", Packages: "/packages", Learners: "/learners" };
  return { label: "Course", links: Object.entries(links).map(([label, path]) => ({ label, href: `/teach/courses/${courseId}${path}`, current: label === current })) };
}

/** Everybody's answer to how many learn, version by version. */
export async function countLearners(ctx: Context, courseIds: readonly string[]): Promise<readonly LearnerCount[]> {
  if (courseIds.length === 0) return [];
  return (await ctx.survey("course.counting", { courseIds })).flatMap(({ answer }) => answer);
}

async function showModules(ctx: Context, courseId: string, modules: readonly ModuleContent[]): Promise<object[]> {
  const shown: object[] = [];
  for (const [at, { key, title, items }] of modules.entries()) {
    const edges = { first: at === 0, last: at === modules.length - 1 };
    const rows = await Promise.all(
      items.map(async (item, index) => ({ ...(await showRow(ctx, courseId, item)), first: edges.first && index === 0, last: edges.last && index === items.length - 1 })),
    );
    shown.push({ id: key, title: title || "Untitled module", ...edges, items: rows });
  }
  return shown;
}

async function showRow(ctx: Context, courseId: string, { key, title, kind, content, required }: Row<CourseItem>): Promise<object> {
  const known = itemKindsOf(ctx).get(kind);
  return {
    id: key,
    title: title || "Untitled item",
    kind: known?.label ?? kind,
    icon: known?.icon ?? "alert",
    editHref: known ? (known.editHref?.({ courseId, itemKey: key }) ?? `/teach/courses/${courseId}/items/${key}`) : null,
    note: known ? ((await known.note?.(ctx, content)) ?? null) : "Its plugin is not installed",
    required,
  };
}
