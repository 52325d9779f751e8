import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { isComplete, progressOf, type CompletionRule } from "../courses/completion.ts";
import type { Row } from "../courses/model.ts";
import type { Attempt, AttemptStatus, Enrollment } from "./model.ts";
import { tellCourseCompleted } from "./statements.ts";

/** What an attempt is from now on; what is undefined stays as it is. */
export interface AttemptStep {
  attemptId: string;
  status?: AttemptStatus;
  score?: number | null;
  scoreRaw?: number | null;
  scoreMin?: number | null;
  scoreMax?: number | null;
  timeMs?: number;
}

/** Every item of a version with its progress in an enrollment, and the rule of the version. */
export interface Standing {
  completion: CompletionRule;
  items: Counted[];
}

interface Counted {
  key: string;
  required: boolean;
  status: AttemptStatus | null;
  score: number | null;
}

/** Weighs an enrollment by the rule and items of the version that it is on now. It must be locked by the caller. */
export async function weighAnew(ctx: Context, enrollment: Row<Enrollment>): Promise<void> {
  const items = await ctx.db.rows<Counted & { completion: CompletionRule }>(sql`
    select item.key, item.required, item_progress.status, item_progress.score, course_version.completion from item
    join course_version on course_version.id = item.version_id
    left join item_progress on item_progress.enrollment_id = ${enrollment.id} and item_progress.item_key = item.key
    where item.version_id = ${enrollment.versionId}`);
  const [first] = items;
  if (first) await weigh(ctx, enrollment, { completion: first.completion, items });
}

/**
 * Moves an attempt, and its item's progress along with it: an item is worth the best of its attempts, passed before completed before failed
 * before in progress, and what was completed stays completed, whatever comes later; it may still become passed. Answers with what the
 * enrollment is to be weighed by, null where the item stands as before, so that nothing follows. The enrollment must be locked by the caller.
 * One statement, for this is what every commit of content comes to. Within it nothing sees what its other parts write, hence the `own`.
 */
export async function move(ctx: Context, step: AttemptStep): Promise<{ attempt: Row<Attempt>; standing: Standing | null }> {
  const { attemptId, status = null, score, scoreRaw, scoreMin, scoreMax, timeMs } = step;
  const done = status === "completed" || status === "passed";
  const { standing, ...attempt } = await ctx.db.one<Row<Attempt> & { standing: Standing | null }>(sql`
    with own as (
      update attempt set
        status = case when ${status}::text is null or (status in ('completed', 'passed') and ${status} <> 'passed') then status else ${status} end,
        score = case when ${score !== undefined} then ${score ?? null} else score end,
        score_raw = case when ${scoreRaw !== undefined} then ${scoreRaw ?? null} else score_raw end,
        score_min = case when ${scoreMin !== undefined} then ${scoreMin ?? null} else score_min end,
        score_max = case when ${scoreMax !== undefined} then ${scoreMax ?? null} else score_max end,
        time_ms = coalesce(${timeMs ?? null}, time_ms), updated_at = ${ctx.now()},
        completed_at = case when ${done} or status in ('completed', 'passed') then coalesce(completed_at, ${ctx.now()}) end
      where id = ${attemptId} returning *
    ),
    before as (select progress.status, progress.score from item_progress progress join own using (enrollment_id, item_key)),
    after as (
      insert into item_progress (enrollment_id, item_key, status, score, time_ms, updated_at, completed_at)
      select enrollment_id, item_key, status, score, time_ms + coalesce((
          select sum(other.time_ms) from attempt other where other.enrollment_id = own.enrollment_id and other.item_key = own.item_key and other.id <> own.id), 0), updated_at, completed_at
      from own
      on conflict (enrollment_id, item_key) do update set
        status = case when array_position(${worth}::text[], item_progress.status) > array_position(${worth}::text[], excluded.status) then item_progress.status else excluded.status end,
        score = greatest(item_progress.score, excluded.score), time_ms = excluded.time_ms, updated_at = excluded.updated_at,
        completed_at = coalesce(item_progress.completed_at, excluded.completed_at)
      returning enrollment_id, item_key, status, score
    ),
    active as (update enrollment set last_activity_at = own.updated_at from own where enrollment.id = own.enrollment_id returning enrollment.version_id),
    news as (select after.*, active.version_id from active cross join after left join before on true where (before.status, before.score) is distinct from (after.status, after.score))
    select own.*, (
      select json_build_object('completion', version.completion, 'items', (
        select json_agg(json_build_object('key', item.key, 'required', item.required, 'status', coalesce(mine.status, theirs.status), 'score', coalesce(mine.score, theirs.score)))
        from item left join news mine on mine.item_key = item.key
        left join item_progress theirs on theirs.enrollment_id = news.enrollment_id and theirs.item_key = item.key and mine.item_key is null
        where item.version_id = version.id))
      from news join course_version version on version.id = news.version_id) as standing
    from own`);
  return { attempt, standing };
}

/** The states of an item, the better later. */
const worth: readonly AttemptStatus[] = ["in-progress", "failed", "completed", "passed"];

/** Sets an enrollment's progress, and completes it where the rule of its version says so. It must be locked by the caller. */
export async function weigh(ctx: Context, enrollment: Row<Enrollment>, { completion: rule, items }: Standing): Promise<void> {
  const { id, courseId, userId } = enrollment;
  const byKey = new Map(items.map(({ key, status, score }) => [key, { completed: status === "completed" || status === "passed", score }]));
  const completes = enrollment.completedAt === null && isComplete(rule, items, byKey);
  const progress = enrollment.completedAt !== null ? 1 : progressOf(rule, items, byKey);
  if (!completes && Math.fround(progress) === Math.fround(enrollment.progress)) return;
  ctx.db.later(sql`
    update enrollment set progress = ${progress},
      status = case when ${completes} and status = 'active' then 'completed' else status end,
      completed_at = case when ${completes} then ${ctx.now()} else completed_at end
    where id = ${id}`);
  if (!completes) return;
  await ctx.emit("course.completed", { enrollmentId: id, userId, courseId });
  await tellCourseCompleted(ctx, enrollment);
}
