import { t } from "../kernel/schema.ts";
import { pageQuery, pagerOf } from "../http/paging.ts";
import { page, redirect, type Reply } from "../http/reply.ts";
import type { RawRequest } from "../http/request.ts";
import type { Context } from "../kernel/context.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import { formOf, type Form } from "../pages/form.ts";
import { countLearners, editorPage, itemEditor } from "./editor.ts";
import { listCourses } from "./reading.ts";
import { inCourse, ofCourse } from "./routes.ts";

const taughtQuery = t.Object({ ...pageQuery, limit: t.Integer({ minimum: 1, maximum: 200, default: 25 }) });

/** Where instructors put courses together. */
export const teachPages = ({ page: pageRoute }: RouteBuilder): readonly Route[] => [
  pageRoute("/teach", { can: "signed-in", summary: "Teaching: the courses one teaches." }, () => redirect("/teach/courses")),
  pageRoute("/teach/courses", { can: "signed-in", summary: "The courses one teaches.", query: taughtQuery }, (ctx, { query, request }) => taughtPage(ctx, request, query)),
  pageRoute("/teach/courses/:courseId", { can: "courses.edit", scope: inCourse, summary: "The editor of a course.", params: ofCourse }, (ctx, { params }) => editorPage(ctx, params.courseId)),
  pageRoute(
    "/teach/courses/:courseId/items/:itemKey",
    { can: "courses.edit", scope: inCourse, summary: "The editor of an item.", params: t.Object({ courseId: t.Id(), itemKey: t.Id() }), query: t.Object({ preview: t.Optional(t.Literal("yes")) }) },
    (ctx, { params, query }) => itemEditor(ctx, params.courseId, params.itemKey, { preview: query.preview !== undefined }),
  ),
];

/** The courses this person teaches, and the form for a new one. @throws forbidden for who neither teaches nor may begin to */
export async function taughtPage(ctx: Context, request: RawRequest, at: { limit: number; cursor?: string }, form: Form = formOf({})): Promise<Reply> {
  const found = await listCourses(ctx, { list: "taught" }, at);
  const mayCreate = ctx.can("courses.create");
  if (found.items.length === 0) ctx.require("courses.create");
  const counts = await countLearners(ctx, found.items.map(({ id }) => id));
  const sum = (courseId: string, of: "learners" | "completed") => counts.filter((count) => count.courseId === courseId).reduce((total, count) => total + count[of], 0);
  return page("instructor/courses", {
    page: { title: "Teach" },
    form,
    mayCreate,
    courses: found.items.map(({ id, slug, title, status, updatedAt }) => ({
      id,
      slug,
      title: title || "Untitled course",
      href: `/teach/courses/${id}`,
      learnersHref: `/teach/courses/${id}/learners`,
      status,
      learners: sum(id, "learners"),
      completed: sum(id, "completed"),
      updatedAt,
    })),
    pager: pagerOf(request, found),
  });
}
