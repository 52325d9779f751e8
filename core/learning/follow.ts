import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import type { Followers } from "../courses/hooks.ts";
import type { Row } from "../courses/model.ts";
import type { Enrollment } from "./model.ts";
import { weighAnew } from "./progress.ts";

/**
 * Moves learners of earlier versions to another: what they achieved in items that both versions have stays, and who was through stays so.
 * Their place is weighed by the new version's rule, which may complete it. Withdrawn enrollments stay where they were.
 */
export async function follow(ctx: Context, courseId: string, versionId: string, followers: Followers): Promise<void> {
  const moved = await ctx.db.rows<Row<Enrollment>>(sql`
    update enrollment set version_id = ${versionId}
    where course_id = ${courseId} and version_id <> ${versionId} and status <> 'withdrawn' and (${followers === "everybody"} or started_at is null)
    returning *`);
  for (const enrollment of moved) if (enrollment.startedAt !== null) await weighAnew(ctx, enrollment);
}
