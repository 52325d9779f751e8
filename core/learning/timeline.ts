import type { Context } from "../kernel/context.ts";
import { t } from "../kernel/schema.ts";
import { sql } from "../db/sql.ts";
import { listReply, pageQuery, pagerOf, type PageRequest } from "../http/paging.ts";
import { page, type Reply } from "../http/reply.ts";
import type { RawRequest } from "../http/request.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import { initialsOf } from "../pages/renderer.ts";
import { eventsOf } from "../lrs/events.ts";
import { daysOf, lineOf } from "../lrs/sentences.ts";
import type { CompletionRule } from "../courses/completion.ts";
import { inCourse } from "../courses/routes.ts";
import { reasonsOf } from "./completion-reasons.ts";
import { outlineOf } from "./outline.ts";
import * as reading from "./reading.ts";
import { itemIri } from "./statements.ts";

const ofLearner = t.Object({ courseId: t.Id(), userId: t.Id() });
const itemField = t.Id({ description: "The key of an item: only what was recorded of it." });
const statementShape = t.Object({
  id: t.Id(),
  at: t.Time(),
  sentence: t.String({ description: "The statement in a line: “Ada completed Phishing”." }),
  statement: t.Object({}, { additionalProperties: true, description: "The xAPI statement." }),
});

/** What a learner did, statement by statement: "show me why". */
export const timelineRoutes = ({ get, page: pageRoute }: RouteBuilder): readonly Route[] => [
  pageRoute(
    "/teach/courses/:courseId/learners/:userId",
    { can: "learners.read", scope: inCourse, summary: "What a learner did, statement by statement.", params: ofLearner, query: t.Object({ item: t.Optional(itemField), ...pageQuery }) },
    (ctx, { params, query, request }) => timelinePage(ctx, { ...params, ...query }, request),
  ),
  get(
    "/enrollments/:enrollmentId/statements",
    {
      can: "signed-in",
      summary: "What was recorded of an enrollment, your own or in a course you teach, the latest first.",
      params: t.Object({ enrollmentId: t.Id() }),
      query: t.Object({ item: t.Optional(itemField), ...pageQuery }),
      answer: t.Array(statementShape),
    },
    async (ctx, { params, query: { item, ...place }, request }) => {
      const { courseId, registration } = await reading.seenBy(ctx, params.enrollmentId, "learners.read");
      const found = await eventsOf(ctx, { registrations: [registration], activity: item && itemIri(ctx, courseId, item) }, place);
      return listReply(request, found, (sentence) => ({ id: sentence.id, at: sentence.at, sentence: lineOf(sentence), statement: JSON.parse(sentence.raw) as object }));
    },
  ),
];

type Wanted = PageRequest & { courseId: string; userId: string; item?: string };

async function timelinePage(ctx: Context, { courseId, userId, item: itemKey, ...place }: Wanted, request: RawRequest): Promise<Reply> {
  const enrollment = await reading.latestOf(ctx, courseId, userId);
  const { userName, userEmail, title, versionId, registration, status, progress, score, timeMs, version, startedAt, completedAt } = enrollment;
  const { completion, registrations } = await ctx.db.one<{ completion: CompletionRule; registrations: string[] }>(sql`
    select completion, array(select registration::text from enrollment where course_id = ${courseId} and user_id = ${userId}) as registrations
    from course_version where id = ${versionId}`);
  const items = await outlineOf(ctx, versionId, enrollment.id);
  const found = await eventsOf(ctx, { registrations, activity: itemKey && itemIri(ctx, courseId, itemKey) }, place);
  const here = `/teach/courses/${courseId}/learners/${userId}`;
  return page("instructor/learner-timeline", {
    page: {
      title: userName,
      crumbs: [
        { label: "Teach", href: "/teach/courses" },
        { label: title, href: `/teach/courses/${courseId}` },
        { label: "Learners", href: `/teach/courses/${courseId}/learners` },
      ],
    },
    course: { id: courseId, title },
    learner: { userId, name: userName, email: userEmail, initials: initialsOf(userName) },
    enrollment: { status, progress, score, durationMs: timeMs, version, startedAt, completedAt, registration, earlier: registrations.length - 1 },
    why: reasonsOf(completion, items),
    items: items.map(({ key, title: name, moduleTitle, status: state, score: own, timeMs: ownMs }) => ({
      title: name,
      moduleTitle,
      status: state ?? "not-started",
      score: own,
      durationMs: ownMs,
      href: state === null ? null : `${here}?item=${key}#record`,
      shown: key === itemKey,
    })),
    shownItem: items.find(({ key }) => key === itemKey)?.title ?? null,
    allHref: here,
    days: daysOf(found.items, ctx.actor.timeZone),
    pager: pagerOf(request, found),
  });
}
