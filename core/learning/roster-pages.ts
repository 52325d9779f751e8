import type { Context } from "../kernel/context.ts";
import { t } from "../kernel/schema.ts";
import { pageQuery, pagerOf } from "../http/paging.ts";
import { page, redirect, type Reply } from "../http/reply.ts";
import type { RawRequest } from "../http/request.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import { formOf, type Form } from "../pages/form.ts";
import { initialsOf } from "../pages/renderer.ts";
import { statusOf } from "../pages/statuses.ts";
import { percent } from "../pages/words.ts";
import { courseTabs } from "../courses/editor.ts";
import { draftSeen } from "../courses/drafts.ts";
import { inCourse, ofCourse } from "../courses/routes.ts";
import * as reading from "./reading.ts";
import { enrollByEmail, withdraw } from "./roster.ts";

const ofLearner = t.Object({ courseId: t.Id(), userId: t.Id() });
const rosterQuery = t.Object({
  q: t.String({ maxLength: 200, pattern: "^[^\\p{Cc}]*$", default: "" }),
  state: t.Union([t.Literal(""), t.Enum(reading.enrollmentStates)], { default: "" }),
  ...pageQuery,
});

/** Where instructors see who learns in their course, and add and remove them. */
export const rosterPages = ({ page: pageRoute, form }: RouteBuilder): readonly Route[] => [
  pageRoute("/teach/courses/:courseId/learners", { can: "learners.read", scope: inCourse, summary: "Who learns in a course.", params: ofCourse, query: rosterQuery }, (ctx, { params, query, request }) =>
    rosterPage(ctx, params.courseId, query, request),
  ),
  form(
    "/teach/courses/:courseId/learners",
    {
      can: "learners.manage",
      scope: inCourse,
      summary: "Enroll somebody by their address.",
      params: ofCourse,
      body: t.Object({ email: t.String({ format: "email", maxLength: 254 }) }),
      invalid: (ctx, { params, body, request }, error) => rosterPage(ctx, params.courseId ?? "", { q: "", state: "", limit: 50 }, request, formOf({ email: body.email }, error)),
    },
    async (ctx, { params: { courseId }, body, request }) => {
      const { name } = await enrollByEmail(ctx, courseId, body.email);
      request.flash("good", `${name} is enrolled.`);
      return redirect(rosterOf(courseId));
    },
  ),
  form("/teach/courses/:courseId/learners/:userId/withdraw", { can: "learners.manage", scope: inCourse, summary: "Take somebody out of a course.", params: ofLearner }, async (ctx, { params: { courseId, userId }, request }) => {
    const enrollment = await reading.latestOf(ctx, courseId, userId);
    await withdraw(ctx, enrollment);
    request.flash("info", `${enrollment.userName} is withdrawn; the record stays.`);
    return redirect(rosterOf(courseId));
  }),
];

const rosterOf = (courseId: string): string => `/teach/courses/${courseId}/learners`;

async function rosterPage(ctx: Context, courseId: string, { q, state, ...place }: { q: string; state: string; limit: number; cursor?: string }, request: RawRequest, enroll: Form = formOf({})): Promise<Reply> {
  const { version } = await draftSeen(ctx, courseId);
  const found = await reading.list(ctx, { courseId, query: q, state: (state || undefined) as reading.EnrollmentState | undefined, order: "name" }, place);
  const { enrolled, completed, score } = await reading.figuresOf(ctx, courseId);
  const title = version.title || "Untitled course";
  return page("instructor/learners", {
    page: { title: "Learners", crumbs: [{ label: "Teach", href: "/teach/courses" }, { label: title, href: `/teach/courses/${courseId}` }], tabs: courseTabs(courseId, "Learners") },
    course: { id: courseId, title, exportHref: `/api/v1/exports/learners?courseId=${courseId}` },
    figures: [
      { label: "Enrolled", value: String(enrolled), note: null },
      { label: "Completed", value: String(completed), note: enrolled > 0 ? `${percent(completed / enrolled)} of those enrolled` : null },
      { label: "Average score", value: percent(score), note: null },
    ],
    query: q,
    state,
    states: reading.enrollmentStates.map((value) => ({ value, label: statusOf(value).label })),
    enroll,
    mayManage: ctx.can("learners.manage", courseId),
    learners: found.items.map(({ userId, userName, userEmail, progress, score: own, status, lastActivityAt, version: number }) => ({
      userId,
      name: userName,
      email: userEmail,
      initials: initialsOf(userName),
      href: `${rosterOf(courseId)}/${userId}`,
      progress,
      score: own,
      status,
      lastAt: lastActivityAt,
      version: number,
      withdrawn: status === "withdrawn",
    })),
    pager: pagerOf(request, found),
  });
}
