import type { Context } from "../kernel/context.ts";
import { t } from "../kernel/schema.ts";
import { listReply, pageQuery } from "../http/paging.ts";
import { created, noContent } from "../http/reply.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import { inCourse, ofCourse } from "../courses/routes.ts";
import * as enrollments from "./enrollments.ts";
import * as items from "./items.ts";
import { requireUser } from "./outline.ts";
import { play } from "./play.ts";
import * as reading from "./reading.ts";
import { enroll, withdraw } from "./roster.ts";
import { achievementShape, enrollmentShape, itemProgressShape, launchShape, showEnrollment } from "./shapes.ts";

const ofEnrollment = t.Object({ enrollmentId: t.Id() });
const ofItem = t.Object({ enrollmentId: t.Id(), itemKey: t.Id() });
const stateQuery = t.Optional(t.Enum(reading.enrollmentStates));
const searchField = t.Optional(t.String({ maxLength: 200, pattern: "^[^\\p{Cc}]*$", description: "A part of a name or email." }));

/** Learning over the API. */
export const learningRoutes = ({ get, post, del }: RouteBuilder): readonly Route[] => [
  get(
    "/enrollments",
    { can: "learning.enroll", summary: "Your own enrollments, newest first.", query: t.Object({ status: stateQuery, ...pageQuery }), answer: t.Array(enrollmentShape) },
    async (ctx, { query: { status, ...place }, request }) => listReply(request, await reading.list(ctx, { userId: requireUser(ctx), state: status }, place), showEnrollment),
  ),
  post(
    "/enrollments",
    { can: "learning.enroll", summary: "Enroll yourself in a course.", body: t.Object({ courseId: t.Id() }), answer: enrollmentShape, status: 201 },
    async (ctx, { body }) => createdEnrollment(ctx, (await enrollments.enrollOneself(ctx, body.courseId)).id),
  ),
  get(
    "/courses/:courseId/enrollments",
    { can: "learners.read", scope: inCourse, summary: "Who learns in a course, by name.", params: ofCourse, query: t.Object({ q: searchField, status: stateQuery, ...pageQuery }), answer: t.Array(enrollmentShape) },
    async (ctx, { params: { courseId }, query: { q, status, ...place }, request }) =>
      listReply(request, await reading.list(ctx, { courseId, query: q, state: status, order: "name" }, place), showEnrollment),
  ),
  post(
    "/courses/:courseId/enrollments",
    {
      can: "learners.manage",
      scope: inCourse,
      summary: "Enroll somebody in a course.",
      params: ofCourse,
      body: t.Object({ userId: t.Id(), overridePrerequisites: t.Boolean({ default: false, description: "Whether they may begin without what is required." }) }),
      answer: enrollmentShape,
      status: 201,
    },
    async (ctx, { params: { courseId }, body }) => createdEnrollment(ctx, (await enroll(ctx, { ...body, courseId })).id),
  ),
  get("/enrollments/:enrollmentId", { can: "signed-in", summary: "An enrollment: your own, or in a course you teach.", params: ofEnrollment, answer: enrollmentShape }, async (ctx, { params }) =>
    showEnrollment(await reading.seenBy(ctx, params.enrollmentId, "learners.read")),
  ),
  del("/enrollments/:enrollmentId", { can: "signed-in", summary: "Leave a course, or take somebody out of one you teach; the record stays.", params: ofEnrollment }, async (ctx, { params }) => {
    await withdraw(ctx, await reading.seenBy(ctx, params.enrollmentId, "learners.manage"));
    return noContent();
  }),
  get(
    "/enrollments/:enrollmentId/progress",
    { can: "signed-in", summary: "Every item, with status, score and attempts.", params: ofEnrollment, answer: t.Array(itemProgressShape) },
    async (ctx, { params }) => {
      const found = await reading.progressOf(ctx, await reading.seenBy(ctx, params.enrollmentId, "learners.read"));
      return found.map(({ key, title, kind, moduleTitle, required, status, score, timeMs, completedAt, attempts }) => ({
        key,
        title,
        kind,
        module: moduleTitle,
        required,
        status: status ?? "not-started",
        score,
        timeMs,
        completedAt,
        attempts: attempts.map(({ itemKey: _, ...attempt }) => attempt),
      }));
    },
  ),
  post(
    "/enrollments/:enrollmentId/items/:itemKey/launches",
    { can: "learning.enroll", summary: "Open a package: the attempt goes on, or begins.", params: ofItem, body: t.Object({ unit: t.Optional(t.String({ maxLength: 4000 })) }), answer: launchShape, status: 201 },
    async (ctx, { params: { enrollmentId, itemKey }, body }) => {
      await requireOwn(ctx, enrollmentId);
      const { launchId, frameHref, mode, unit = null, units = [] } = await play(ctx, enrollmentId, itemKey, body.unit);
      return { launchId, frameHref, mode, unit, units };
    },
  ),
  post(
    "/enrollments/:enrollmentId/items/:itemKey/complete",
    { can: "learning.enroll", summary: "Say that an item is done; saying it again changes nothing.", params: ofItem, answer: achievementShape, status: 200 },
    async (ctx, { params: { enrollmentId, itemKey } }) => {
      await requireOwn(ctx, enrollmentId);
      return items.complete(ctx, enrollmentId, itemKey);
    },
  ),
];

async function createdEnrollment(ctx: Context, id: string) {
  const [found] = (await reading.list(ctx, { id }, { limit: 1 })).items;
  return created(`/api/v1/enrollments/${id}`, found && showEnrollment(found));
}

/** Nobody learns in another's place. @throws enrollment_not_found */
async function requireOwn(ctx: Context, enrollmentId: string): Promise<void> {
  const { userId } = await enrollments.find(ctx, enrollmentId);
  if (userId !== requireUser(ctx)) throw enrollments.enrollmentNotFound();
}
