import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { agentOf, tell } from "../lrs/stores/own.ts";
import { onceId } from "./once-id.ts";
import type { Enrollment } from "./model.ts";
import type { Row } from "../courses/model.ts";

interface CourseName {
  title: string;
  name: string;
}

const verbs = {
  registered: "http://adlnet.gov/expapi/verbs/registered",
  completed: "http://adlnet.gov/expapi/verbs/completed",
} as const;

/** The activity id of a course, and of an item in it. */
export const courseIri = (ctx: Context, courseId: string): string => `${ctx.site.url}/xapi/activities/courses/${courseId}`;
export const itemIri = (ctx: Context, courseId: string, itemKey: string): string => `${courseIri(ctx, courseId)}/items/${itemKey}`;

/** "Ada registered for Phishing". */
export function tellEnrolled(ctx: Context, enrollment: Row<Enrollment>): Promise<void> {
  return tellOfCourse(ctx, enrollment, "registered");
}

/** "Ada completed Phishing". */
export function tellCourseCompleted(ctx: Context, enrollment: Row<Enrollment>): Promise<void> {
  return tellOfCourse(ctx, enrollment, "completed", { completion: true });
}

/** "Ada completed How to read a header", in the course it belongs to. */
export async function tellItemCompleted(ctx: Context, enrollment: Row<Enrollment>, item: { key: string; title: string }): Promise<void> {
  const { title, name } = await namesOf(ctx, enrollment);
  await tell(ctx, [
    {
      id: onceId(enrollment.registration, "completed", item.key),
      actor: agentOf(ctx, { userId: enrollment.userId, name }),
      verb: { id: verbs.completed, display: { "en-US": "completed" } },
      object: { id: itemIri(ctx, enrollment.courseId, item.key), definition: { type: "http://adlnet.gov/expapi/activities/lesson", name: { "en-US": item.title } } },
      result: { completion: true },
      context: { registration: enrollment.registration, contextActivities: { grouping: [courseActivity(ctx, enrollment.courseId, title)] } },
      timestamp: ctx.now().toISOString(),
    },
  ]);
}

async function tellOfCourse(ctx: Context, enrollment: Row<Enrollment>, verb: keyof typeof verbs, result?: object): Promise<void> {
  const { title, name } = await namesOf(ctx, enrollment);
  await tell(ctx, [
    {
      id: onceId(enrollment.registration, verb, enrollment.courseId),
      actor: agentOf(ctx, { userId: enrollment.userId, name }),
      verb: { id: verbs[verb], display: { "en-US": verb } },
      object: courseActivity(ctx, enrollment.courseId, title),
      ...(result && { result }),
      context: { registration: enrollment.registration },
      timestamp: ctx.now().toISOString(),
    },
  ]);
}

function courseActivity(ctx: Context, courseId: string, title: string): object {
  return { objectType: "Activity", id: courseIri(ctx, courseId), definition: { type: "http://adlnet.gov/expapi/activities/course", name: { "en-US": title } } };
}

function namesOf(ctx: Context, { userId, versionId }: Row<Enrollment>): Promise<CourseName> {
  return ctx.db.one<CourseName>(sql`
    select course_version.title, user_account.name from course_version, user_account
    where course_version.id = ${versionId} and user_account.id = ${userId}`);
}
