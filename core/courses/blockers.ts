import type { Context } from "../kernel/context.ts";
import { messageOf, type Problem } from "../kernel/errors.ts";
import { sql } from "../db/sql.ts";
import { keysOf, type CompletionRule } from "./completion.ts";
import { readContent, type ModuleContent } from "./content.ts";
import type { Draft } from "./drafts.ts";
import { contentProblems, itemKindsOf } from "./item-kinds.ts";
import type { CourseItem, Row } from "./model.ts";

/** Everything that keeps a draft from being published, each with a pointer into the course as the API shows it. */
export async function blockersOf(ctx: Context, { course, version }: Draft): Promise<Problem[]> {
  const modules = await readContent(ctx, version.id);
  const items = modules.flatMap((module) => module.items);
  return [
    ...(course.status === "archived" ? [problem("/status", "course_archived", "The course is archived; take it out of the archive first.")] : []),
    ...(blank(version.title) ? [problem("/title", "title_missing", "The course has no title.")] : []),
    ...(items.length === 0 ? [problem("/modules", "course_empty", "The course has no items.")] : []),
    ...modules.flatMap(({ title }, index) => (blank(title) ? [problem(`/modules/${index}/title`, "title_missing", `Module ${index + 1} has no title.`)] : [])),
    ...(await itemBlockers(ctx, modules)),
    ...ruleBlockers(version.completion, items),
    ...(await prerequisiteBlockers(ctx, course.id)),
  ];
}

async function itemBlockers(ctx: Context, modules: readonly ModuleContent[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [at, module] of modules.entries()) {
    for (const [index, item] of module.items.entries()) {
      const found = await itemProblems(ctx, item);
      problems.push(...found.map(({ pointer, code, message }) => problem(`/modules/${at}/items/${index}${pointer}`, code, `${item.title || `Item ${index + 1} of ${module.title}`}: ${message}`)));
    }
  }
  return problems;
}

async function itemProblems(ctx: Context, { title, kind, content }: Row<CourseItem>): Promise<Problem[]> {
  const titled = blank(title) ? [problem("/title", "title_missing", "it has no title.")] : [];
  const found = itemKindsOf(ctx).get(kind);
  if (!found) return [...titled, problem("/kind", "unknown_item_kind", `the plugin that offers "${kind}" is not installed.`)];
  const misfits = contentProblems(found, content);
  if (misfits.length > 0) return [...titled, ...misfits];
  try {
    const more = (await found.check?.(ctx, content)) ?? [];
    return [...titled, ...more.map((each) => ({ ...each, pointer: `/content${each.pointer}` }))];
  } catch (error) {
    ctx.log.error({ kind, error }, `The check of ${kind} failed`);
    return [...titled, problem("/content", "item_check_failed", `it could not be checked: ${messageOf(error)}`)];
  }
}

function ruleBlockers(rule: CompletionRule, items: readonly Row<CourseItem>[]): Problem[] {
  const keys = new Set(items.map(({ key }) => key));
  const lost = keysOf(rule).filter((key) => !keys.has(key));
  if (lost.length > 0) return [problem("/completion", "completion_item_missing", "The completion rule names an item that the course no longer has.")];
  if (rule.type !== "count" || rule.atLeast <= items.length) return [];
  return [problem("/completion/atLeast", "completion_out_of_reach", `The completion rule wants ${rule.atLeast} items; the course has ${items.length}.`)];
}

async function prerequisiteBlockers(ctx: Context, courseId: string): Promise<Problem[]> {
  const required = await ctx.db.rows<{ status: string; title: string }>(sql`select required.status, version.title
    from course_prerequisite join course required on required.id = requires_course_id
      join course_version version on version.id = coalesce(required.published_version_id, required.draft_version_id)
    where course_prerequisite.course_id = ${courseId} order by requires_course_id`);
  return required.flatMap(({ status, title }, index) =>
    status === "published" ? [] : [problem(`/requires/${index}`, "prerequisite_unpublished", `The prerequisite ${title} is ${status === "draft" ? "not published yet" : "archived"}.`)],
  );
}

const problem = (pointer: string, code: string, message: string): Problem => ({ pointer, code, message });
const blank = (text: string): boolean => text.trim() === "";
