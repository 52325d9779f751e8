import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { isComplete, progressOf, type CompletionRule } from "../courses/completion.ts";
import type { Row } from "../courses/model.ts";
import type { Attempt, AttemptStatus, Enrollment } from "./model.ts";
import { tellCourseCompleted } from "./statements.ts";

/** The better of two states of an item: passed before completed before failed before in progress. */
const worth: Record<AttemptStatus, number> = { "in-progress": 0, failed: 1, completed: 2, passed: 3 };

interface Counted {
  key: string;
  required: boolean;
  status: AttemptStatus | null;
  score: number | null;
  completion: CompletionRule;
}

/**
 * Moves an item's progress by one of its attempts, then the enrollment by the completion rule of its version. What was
 * completed stays completed, whatever comes later. The enrollment must be locked by the caller.
 */
export async function advance(ctx: Context, enrollment: Row<Enrollment>, attempt: Row<Attempt>): Promise<void> {
  const { id } = enrollment;
  const before = await ctx.db.maybe<{ status: AttemptStatus; score: number | null }>(sql`select status, score from item_progress where enrollment_id = ${id} and item_key = ${attempt.itemKey}`);
  const status = before && worth[before.status] > worth[attempt.status] ? before.status : attempt.status;
  const score = better(before?.score ?? null, attempt.score);
  await ctx.db.run(sql`
    insert into item_progress (enrollment_id, item_key, status, score, time_ms, updated_at, completed_at)
    values (${id}, ${attempt.itemKey}, ${status}, ${score}, ${attempt.timeMs}, ${ctx.now()}, ${attempt.completedAt})
    on conflict (enrollment_id, item_key) do update set status = excluded.status, score = excluded.score, updated_at = excluded.updated_at,
      time_ms = (select sum(time_ms) from attempt where enrollment_id = ${id} and item_key = ${attempt.itemKey}),
      completed_at = coalesce(item_progress.completed_at, excluded.completed_at)`);
  if (before?.status === status && before.score === score) await ctx.db.run(sql`update enrollment set last_activity_at = ${ctx.now()} where id = ${id}`);
  else await weigh(ctx, enrollment);
}

/** Sets an enrollment's progress, and completes it where the rule of its version says so. */
async function weigh(ctx: Context, enrollment: Row<Enrollment>): Promise<void> {
  const { id, courseId, userId, versionId } = enrollment;
  const items = await ctx.db.rows<Counted>(sql`
    select item.key, item.required, item_progress.status, item_progress.score, course_version.completion from item
    join course_version on course_version.id = item.version_id
    left join item_progress on item_progress.enrollment_id = ${id} and item_progress.item_key = item.key
    where item.version_id = ${versionId}`);
  const rule = items[0]?.completion;
  if (!rule) return;
  const byKey = new Map(items.map(({ key, status, score }) => [key, { completed: status === "completed" || status === "passed", score }]));
  const completes = enrollment.completedAt === null && isComplete(rule, items, byKey);
  const progress = enrollment.completedAt !== null ? 1 : progressOf(rule, items, byKey);
  await ctx.db.run(sql`
    update enrollment set progress = ${progress}, last_activity_at = ${ctx.now()},
      status = case when ${completes} and status = 'active' then 'completed' else status end,
      completed_at = case when ${completes} then ${ctx.now()} else completed_at end
    where id = ${id}`);
  if (!completes) return;
  await ctx.emit("course.completed", { enrollmentId: id, userId, courseId });
  await tellCourseCompleted(ctx, enrollment);
}

function better(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}
