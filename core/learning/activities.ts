import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { agentOf } from "../lrs/stores/own.ts";
import { sql } from "../db/sql.ts";
import type { Launch } from "./launches.ts";
import { courseIri, itemIri } from "./statements.ts";

/** Whom and what every statement about one launch names. */
export interface LaunchActivities {
  /** An xAPI agent. */
  actor: ReturnType<typeof agentOf>;
  course: { id: string; name: string };
  item: { id: string; name: string };
}

/** The learner, course and item of a launch as statements name them; not for previews, of which nothing is told. @throws enrollment_not_found */
export async function activitiesOf(ctx: Context, launch: Pick<Launch, "enrollmentId" | "itemKey" | "courseId" | "userId">): Promise<LaunchActivities> {
  const { enrollmentId, itemKey, courseId, userId } = launch;
  const names = await ctx.db.maybe<{ course: string; item: string; person: string }>(sql`
    select course_version.title as course, item.title as item, user_account.name as person from enrollment
    join user_account on user_account.id = enrollment.user_id
    join course_version on course_version.id = enrollment.version_id
    join item on item.version_id = enrollment.version_id and item.key = ${itemKey}
    where enrollment.id = ${enrollmentId}`);
  if (!names) throw refuse("enrollment_not_found", "There is no such enrollment.", { status: 404 });
  return {
    actor: agentOf(ctx, { userId, name: names.person }),
    course: { id: courseIri(ctx, courseId), name: names.course },
    item: { id: itemIri(ctx, courseId, itemKey), name: names.item },
  };
}
