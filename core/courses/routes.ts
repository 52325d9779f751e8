import { system } from "../kernel/permissions.ts";
import { t } from "../kernel/schema.ts";
import { etagOf, matchedVersion } from "../http/etag.ts";
import { listReply, pageQuery } from "../http/paging.ts";
import { created, json } from "../http/reply.ts";
import type { RawRequest } from "../http/request.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import { blockersOf } from "./blockers.ts";
import { completionRuleSchema } from "./completion.ts";
import * as courses from "./courses.ts";
import { draftSeen } from "./drafts.ts";
import { capacityField, contentShape, courseDetailShape, courseShape, newTitleField, followersField, noteField, prerequisiteShape, problemShape, requiresField, searchField, slugField, summaryField, titleField, versionShape } from "./fields.ts";
import { courseStatuses } from "./model.ts";
import * as prerequisites from "./prerequisites.ts";
import { describeCourse, listCourses, listVersions, numberedVersion, showContent } from "./reading.ts";

export const ofCourse = t.Object({ courseId: t.Id() });
const ofVersion = t.Object({ courseId: t.Id(), number: t.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }) });

/** The scope of every permission in a course. */
export const inCourse = (_: unknown, { params }: { params: { courseId: string } }): string => params.courseId;

/** The revision an edit was made on, where the client says; it need not, because these changes lose nobody's. */
export const perhapsMatched = (request: RawRequest): number | undefined => (request.headers["if-match"] === undefined ? undefined : matchedVersion(request));

/** Courses over the API. */
export const courseRoutes = ({ get, post, put, patch }: RouteBuilder): readonly Route[] => [
  get(
    "/courses",
    {
      can: "courses.browse",
      summary: "The published courses, and the drafts of one's own, newest first.",
      query: t.Object({ q: t.Optional(searchField), status: t.Optional(t.Enum(courseStatuses)), ...pageQuery }),
      answer: t.Array(courseShape),
    },
    async (ctx, { query: { q, status, ...page }, request }) =>
      listReply(request, await listCourses(ctx, { query: q, status }, page), ({ completion: _, revision: __, publishedAt: ___, ...course }) => course),
  ),
  post(
    "/courses",
    { can: "courses.create", summary: "Make a draft.", body: t.Object({ title: newTitleField, slug: t.Optional(slugField), summary: t.Optional(summaryField) }), answer: courseDetailShape, status: 201 },
    async (ctx, { body }) => {
      const { id } = await courses.create(ctx, body);
      // read as the system: the role just given is not yet among this request's
      const { course, revision } = await describeCourse(ctx.by(system), id);
      return created(`/api/v1/courses/${id}`, course).with({ ETag: etagOf(revision) });
    },
  ),
  get("/courses/:courseId", { can: "courses.browse", summary: "A course; its staff sees the draft.", params: ofCourse, answer: courseDetailShape }, async (ctx, { params }) => shown(ctx, params.courseId)),
  patch(
    "/courses/:courseId",
    {
      can: "courses.edit",
      scope: inCourse,
      ifMatch: "required",
      summary: "Change title, summary and completion in the draft, and slug and seats at once.",
      params: ofCourse,
      body: t.Partial(t.Object({ title: titleField, summary: summaryField, completion: completionRuleSchema, slug: slugField, capacity: capacityField }), { additionalProperties: false }),
      answer: courseDetailShape,
    },
    async (ctx, { params, body, request }) => {
      await courses.edit(ctx, params.courseId, body, matchedVersion(request));
      return shown(ctx, params.courseId);
    },
  ),
  get(
    "/courses/:courseId/blockers",
    { can: "courses.read", scope: inCourse, summary: "What publishing the draft would be refused for.", params: ofCourse, answer: t.Array(problemShape) },
    async (ctx, { params }) => blockersOf(ctx, await draftSeen(ctx, params.courseId)),
  ),
  post(
    "/courses/:courseId/publish",
    { can: "courses.publish", scope: inCourse, ifMatch: "optional", summary: "Make the draft the version that new learners begin.", params: ofCourse, body: t.Object({ note: t.Optional(noteField), followers: t.Optional(followersField) }), answer: courseDetailShape, status: 200 },
    async (ctx, { params, body, request }) => {
      await courses.publish(ctx, params.courseId, { note: body.note, followers: body.followers, expected: perhapsMatched(request) });
      return shown(ctx, params.courseId);
    },
  ),
  post("/courses/:courseId/archive", { can: "courses.publish", scope: inCourse, ifMatch: "optional", summary: "Take a course out of the catalogue.", params: ofCourse, answer: courseDetailShape, status: 200 }, async (ctx, { params, request }) => {
    await courses.archive(ctx, params.courseId, perhapsMatched(request));
    return shown(ctx, params.courseId);
  }),
  post("/courses/:courseId/restore", { can: "courses.publish", scope: inCourse, ifMatch: "optional", summary: "Take a course out of the archive.", params: ofCourse, answer: courseDetailShape, status: 200 }, async (ctx, { params, request }) => {
    await courses.restore(ctx, params.courseId, perhapsMatched(request));
    return shown(ctx, params.courseId);
  }),
  get("/courses/:courseId/versions", { can: "courses.read", scope: inCourse, summary: "The published versions, the latest first.", params: ofCourse, answer: t.Array(versionShape) }, async (ctx, { params }) =>
    (await listVersions(ctx, params.courseId)).map(({ number, title, note, publishedAt, publishedBy }) => ({ number, title, note, publishedAt, publishedBy })),
  ),
  get("/courses/:courseId/versions/:number", { can: "courses.read", scope: inCourse, summary: "The modules and items of a published version.", params: ofVersion, answer: contentShape }, async (ctx, { params }) =>
    showContent(ctx, await numberedVersion(ctx, params.courseId, params.number)),
  ),
  get("/courses/:courseId/content", { can: "courses.read", scope: inCourse, summary: "The modules and items of the draft.", params: ofCourse, answer: contentShape }, async (ctx, { params }) => {
    const { course, version } = await draftSeen(ctx, params.courseId);
    return json(await showContent(ctx, version.id), 200, { ETag: etagOf(course.revision) });
  }),
  get("/courses/:courseId/prerequisites", { can: "courses.read", scope: inCourse, summary: "What must be completed first.", params: ofCourse, answer: t.Array(prerequisiteShape) }, async (ctx, { params }) => {
    const { course, revision } = await describeCourse(ctx, params.courseId);
    return json(course.requires, 200, { ETag: etagOf(revision) });
  }),
  put(
    "/courses/:courseId/prerequisites",
    { can: "courses.edit", scope: inCourse, ifMatch: "required", summary: "Replace what must be completed first.", params: ofCourse, body: t.Object({ requires: requiresField }), answer: t.Array(prerequisiteShape) },
    async (ctx, { params, body, request }) => {
      const { revision } = await prerequisites.set(ctx, params.courseId, body.requires, matchedVersion(request));
      return json(await prerequisites.list(ctx, params.courseId), 200, { ETag: etagOf(revision) });
    },
  ),
];

async function shown(ctx: Parameters<typeof describeCourse>[0], courseId: string) {
  const { course, revision } = await describeCourse(ctx, courseId);
  return json(course, 200, { ETag: etagOf(revision) });
}
