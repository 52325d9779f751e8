import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { page, type Reply } from "../http/reply.ts";
import { initialsOf } from "../pages/renderer.ts";
import { ownStore } from "../lrs/own.ts";
import { findStatements } from "../lrs/query.ts";
import type { CompletionRule } from "../courses/completion.ts";
import { isItemDone, outlineOf, type OutlineItem } from "./outline.ts";
import { latestOf } from "./reading.ts";
import { shownStatement, type ShownStatement } from "./shown-statement.ts";

const statementsAtOnce = 100;

/** What a learner did in a course, statement by statement, and why the course is completed or is not. `after` goes on from a page. */
export async function timelinePage(ctx: Context, courseId: string, userId: string, after?: number): Promise<Reply> {
  const enrollment = await latestOf(ctx, courseId, userId);
  const { userName, userEmail, title, versionId, registration, status, progress, score, timeMs, version, startedAt, completedAt } = enrollment;
  const { completion } = await ctx.db.one<{ completion: CompletionRule }>(sql`select completion from course_version where id = ${versionId}`);
  const items = await outlineOf(ctx, versionId, enrollment.id);
  const found = await findStatements(ctx.db, { store: ownStore, registration }, statementsAtOnce, after);
  const here = `/teach/courses/${courseId}/learners`;
  return page("instructor/learner-timeline", {
    page: { title: userName, crumbs: [{ label: "Teach", href: "/teach/courses" }, { label: title, href: `/teach/courses/${courseId}` }, { label: "Learners", href: here }] },
    course: { id: courseId, title },
    learner: { userId, name: userName, email: userEmail, initials: initialsOf(userName) },
    enrollment: { status, progress, score, durationMs: timeMs, version, startedAt, completedAt, registration },
    why: whyOf(completion, items),
    days: daysOf(found.statements.map(({ raw }) => shownStatement(raw))),
    pager: { previous: after === undefined ? null : `${here}/${userId}`, next: found.next === undefined ? null : `${here}/${userId}?after=${found.next}` },
  });
}

/** The completion rule, taken apart. Pure. */
export function whyOf(rule: CompletionRule, items: readonly OutlineItem[]): { text: string; met: boolean }[] {
  const done = items.filter(({ status }) => isItemDone(status));
  if (rule.type === "count") return [{ text: `${done.length} of ${rule.atLeast} items completed`, met: done.length >= rule.atLeast }];
  if (rule.type === "score") {
    const item = items.find(({ key }) => key === rule.itemKey);
    return [{ text: `${Math.round(rule.atLeast * 100)}% or more in ${item?.title ?? "an item that is gone"}`, met: (item?.score ?? -1) >= rule.atLeast }];
  }
  const required = items.filter((item) => item.required);
  const counted = rule.type === "items" ? items.filter(({ key }) => rule.keys.includes(key)) : required.length > 0 ? required : items;
  return counted.map(({ title, status }) => ({ text: title, met: isItemDone(status) }));
}

/** The newest day first, each day in order of time. Pure. */
function daysOf(statements: readonly ShownStatement[]): { date: string; statements: ShownStatement[] }[] {
  const days = new Map<string, ShownStatement[]>();
  for (const statement of statements) days.set(statement.at.slice(0, 10), [...(days.get(statement.at.slice(0, 10)) ?? []), statement]);
  return [...days].sort(([a], [b]) => b.localeCompare(a)).map(([date, own]) => ({ date, statements: own.toReversed().toSorted((a, b) => a.at.localeCompare(b.at)) }));
}
