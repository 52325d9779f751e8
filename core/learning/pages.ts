import { isCadreError } from "../kernel/errors.ts";
import { t } from "../kernel/schema.ts";
import { redirect } from "../http/reply.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import { coursePage } from "./course-page.ts";
import * as enrollments from "./enrollments.ts";
import { afterItem, itemPage, playerPage } from "./item-page.ts";
import * as items from "./items.ts";
import { myLearningPage } from "./my-learning.ts";
import { placeOf } from "./outline.ts";

const slug = t.String({ maxLength: 200 });
const ofCourse = t.Object({ slug });
const ofItem = t.Object({ slug, itemKey: t.Id() });

/** The pages of learners. */
export const learningPages = ({ page, form }: RouteBuilder): readonly Route[] => [
  page("/", { can: "anyone", summary: "Home: one's own learning, or the catalogue." }, ({ actor }) => redirect(actor.kind === "user" ? "/learning" : "/courses")),
  page("/learning", { can: "signed-in", summary: "What one learns." }, (ctx) => myLearningPage(ctx)),
  page("/courses/:slug", { can: "courses.browse", summary: "A course.", params: ofCourse }, (ctx, { params }) => coursePage(ctx, params.slug)),
  form(
    "/courses/:slug/enroll",
    { can: "learning.enroll", summary: "Enroll oneself.", params: ofCourse, invalid: (ctx, { params }, error) => coursePage(ctx, params.slug ?? "", error) },
    async (ctx, { params, request }) => {
      const { courseId } = await placeOf(ctx, params.slug);
      await enrollments.enrollOneself(ctx, courseId);
      request.flash("good", "You are enrolled.");
      return redirect(`/courses/${params.slug}`);
    },
  ),
  form("/courses/:slug/withdraw", { can: "learning.enroll", summary: "Leave a course.", params: ofCourse }, async (ctx, { params, request }) => {
    try {
      await enrollments.withdraw(ctx, await ownEnrollment(ctx, params.slug));
      request.flash("info", "You have left the course. Your record stays.");
    } catch (error) {
      if (!isCadreError(error) || error.status >= 500 || error.status === 404) throw error;
      request.flash("bad", error.message);
    }
    return redirect(`/courses/${params.slug}`);
  }),
  page("/courses/:slug/items/:itemKey", { can: "signed-in", summary: "An item of a course.", params: ofItem }, (ctx, { params, request }) => itemPage(ctx, params.slug, params.itemKey, request)),
  form("/courses/:slug/items/:itemKey/complete", { can: "learning.enroll", summary: "Say that an item is done.", params: ofItem }, async (ctx, { params }) => {
    await items.complete(ctx, await ownEnrollment(ctx, params.slug), params.itemKey);
    return redirect(await afterItem(ctx, params.slug, params.itemKey));
  }),
  page(
    "/courses/:slug/play/:itemKey",
    { can: "signed-in", summary: "An item in the player.", params: ofItem, query: t.Object({ unit: t.Optional(t.String({ maxLength: 4000 })) }) },
    (ctx, { params, query, request }) => playerPage(ctx, params.slug, params.itemKey, query.unit, request),
  ),
];

/** @throws course_not_found, enrollment_not_found */
async function ownEnrollment(ctx: Parameters<typeof placeOf>[0], slug: string): Promise<string> {
  const { enrollmentId } = await placeOf(ctx, slug);
  if (!enrollmentId) throw enrollments.enrollmentNotFound();
  return enrollmentId;
}
