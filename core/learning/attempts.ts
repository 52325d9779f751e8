import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { sql } from "../db/sql.ts";
import type { CourseItem, Row } from "../courses/model.ts";
import type { Attempt, AttemptStatus, Enrollment } from "./model.ts";
import { move, weigh } from "./progress.ts";

/** What came of an attempt so far; what is not named stays as it is. */
export interface AttemptOutcome {
  status?: AttemptStatus;
  /** Scaled, -1 to 1; null takes it away. */
  score?: number | null;
  scoreRaw?: number | null;
  scoreMin?: number | null;
  scoreMax?: number | null;
  /** All the time spent in this attempt so far, in milliseconds. */
  timeMs?: number;
}

/** An attempt and where it belongs. */
export interface AttemptPlace {
  attempt: Row<Attempt>;
  enrollment: Row<Enrollment>;
}

/**
 * The attempt that goes on at an item, or the first: of twenty first launches at once one begins it. `next` begins another
 * when the last one has ended. @throws enrollment_not_found, enrollment_ended, item_not_found, and what a guard refuses with
 */
export async function begin(ctx: Context, enrollmentId: string, itemKey: string, { next = false }: { next?: boolean } = {}): Promise<AttemptPlace> {
  return ctx.transact(async (tx) => {
    const enrollment = await locked(tx, enrollmentId);
    if (enrollment.status === "withdrawn") throw refuse("enrollment_ended", "This enrollment has ended.", { status: 409 });
    const item = await tx.db.maybe<Row<CourseItem>>(sql`select * from item where version_id = ${enrollment.versionId} and key = ${itemKey}`);
    if (!item) throw refuse("item_not_found", "The course has no such item.", { status: 404 });
    const last = await tx.db.maybe<Row<Attempt>>(sql`select * from attempt where enrollment_id = ${enrollmentId} and item_key = ${itemKey} order by number desc limit 1`);
    if (last && !(next && last.status !== "in-progress")) return { attempt: last, enrollment };
    const number = (last?.number ?? 0) + 1;
    const { userId, courseId } = enrollment;
    await tx.guard("attempt.starting", { enrollmentId, userId, courseId, itemKey, number });
    const attempt = await tx.db.one<Row<Attempt>>(sql`
      insert into attempt (id, enrollment_id, item_key, number, started_at, updated_at)
      values (${newId(tx.now())}, ${enrollmentId}, ${itemKey}, ${number}, ${tx.now()}, ${tx.now()}) returning *`);
    tx.db.later(sql`update enrollment set started_at = coalesce(started_at, ${tx.now()}), last_activity_at = ${tx.now()} where id = ${enrollmentId}`);
    tx.db.later(sql`insert into item_progress (enrollment_id, item_key, status, updated_at) values (${enrollmentId}, ${itemKey}, 'in-progress', ${tx.now()}) on conflict do nothing`);
    await tx.emit("attempt.started", { enrollmentId, userId, courseId, attemptId: attempt.id, itemKey, number });
    return { attempt, enrollment };
  });
}

/**
 * Keeps what came of an attempt, and moves the item, the enrollment and the course along with it, all in the caller's
 * transaction. Safe to repeat. An attempt that was completed stays so; it may still become passed. It holds the enrollment from here on: lock
 * rows of your own before. @throws attempt_not_found
 */
export async function record(ctx: Context, attemptId: string, outcome: AttemptOutcome): Promise<AttemptPlace> {
  return ctx.transact(async (tx) => {
    const holding = held(tx, attemptId);
    const given = tx.site.host.hooks.listeners("attempt.grading").length > 0 ? await graded(tx, attemptId, outcome, await holding) : outcome;
    // Asked together: what moves the attempt is begun once that is held, and goes by what stands then.
    const [{ enrollment, before }, { attempt, standing }] = await Promise.all([holding, move(tx, { ...outcome, ...given, attemptId })]);
    const { status } = attempt;
    const score = given.score === undefined ? before.score : given.score;
    const told = { enrollmentId: enrollment.id, userId: enrollment.userId, courseId: enrollment.courseId, attemptId, itemKey: before.itemKey };
    const judged = status !== before.status && (status === "passed" || status === "failed");
    if (!isSame(score, before.score) || judged) await tx.emit("attempt.graded", { ...told, status, score });
    if (isDone(status) && before.completedAt === null) await tx.emit("attempt.completed", { ...told, status });
    if (standing) await weigh(tx, enrollment, standing);
    return { attempt, enrollment };
  });
}

/** Whether an attempt or item of this status counts as completed. */
export function isDone(status: AttemptStatus): boolean {
  return status === "completed" || status === "passed";
}

/** What an attempt is worth after whoever grades as well was asked. */
function graded(ctx: Context, attemptId: string, { status, score }: AttemptOutcome, { enrollment, before }: Held): Promise<Pick<AttemptOutcome, "status" | "score">> {
  return ctx.filter("attempt.grading", { attemptId, enrollmentId: enrollment.id, itemKey: before.itemKey, status: status ?? before.status, score: score === undefined ? before.score : score });
}

/** Scores are kept in four bytes, so what was read is compared as if the other had been kept as well. */
function isSame(score: number | null, kept: number | null): boolean {
  return score === null || kept === null ? score === kept : Math.fround(score) === Math.fround(kept);
}

/** The attempts at an item, the last first. */
export async function listOf(ctx: Context, enrollmentId: string, itemKey: string): Promise<Row<Attempt>[]> {
  return ctx.db.rows(sql`select * from attempt where enrollment_id = ${enrollmentId} and item_key = ${itemKey} order by number desc`);
}

/** Whatever changes an enrollment locks it first, so that attempts, progress and completion follow one another. */
async function locked(ctx: Context, enrollmentId: string): Promise<Row<Enrollment>> {
  const found = await ctx.db.maybe<Row<Enrollment>>(sql`select * from enrollment where id = ${enrollmentId} for update`);
  if (!found) throw refuse("enrollment_not_found", "There is no such enrollment.", { status: 404 });
  return found;
}

interface Held {
  enrollment: Row<Enrollment>;
  before: Pick<Attempt, "itemKey" | "status" | "score" | "completedAt">;
}

/** The enrollment of an attempt with what the attempt was, both locked. @throws attempt_not_found */
async function held(ctx: Context, attemptId: string): Promise<Held> {
  const found = await ctx.db.maybe<Row<Enrollment> & { itemKey: string; attemptStatus: AttemptStatus; attemptScore: number | null; attemptCompletedAt: Date | null }>(sql`
    select enrollment.*, attempt.item_key, attempt.status as attempt_status, attempt.score as attempt_score, attempt.completed_at as attempt_completed_at
    from enrollment join attempt on attempt.enrollment_id = enrollment.id where attempt.id = ${attemptId} for update`);
  if (!found) throw refuse("attempt_not_found", "There is no such attempt.", { status: 404 });
  const { itemKey, attemptStatus: status, attemptScore: score, attemptCompletedAt: completedAt, ...enrollment } = found;
  return { enrollment, before: { itemKey, status, score, completedAt } };
}
