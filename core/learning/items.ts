import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { sql } from "../db/sql.ts";
import { itemOf } from "../courses/content.ts";
import type { AttemptStatus } from "./model.ts";
import * as attempts from "./attempts.ts";
import * as enrollments from "./enrollments.ts";
import { learnedBy } from "./item-kinds.ts";
import { tellItemCompleted } from "./statements.ts";

/** What somebody has achieved in one item. */
export interface ItemAchievement {
  status: AttemptStatus;
  /** Scaled, of the best attempt. */
  score: number | null;
  completedAt: Date | null;
}

/**
 * A learner says that an item is done; only for kinds that leave this to them. Saying it again changes nothing.
 * @throws enrollment_not_found, enrollment_ended, item_not_found, item_not_yours_to_complete (409), and what guards refuse with
 */
export async function complete(ctx: Context, enrollmentId: string, itemKey: string): Promise<ItemAchievement> {
  return ctx.transact(async (tx) => {
    const { versionId } = await enrollments.find(tx, enrollmentId);
    const item = await itemOf(tx, versionId, itemKey);
    if (!learnedBy(tx, item.kind)?.doneByLearner) throw refuse("item_not_yours_to_complete", "This item tells by itself when it is done.", { status: 409 });
    const { attempt, enrollment } = await attempts.begin(tx, enrollmentId, itemKey);
    if (!attempts.isDone(attempt.status)) {
      await attempts.record(tx, attempt.id, { status: "completed" });
      await tellItemCompleted(tx, enrollment, item);
    }
    return tx.db.one<ItemAchievement>(sql`select status, score, completed_at from item_progress where enrollment_id = ${enrollmentId} and item_key = ${itemKey}`);
  });
}
