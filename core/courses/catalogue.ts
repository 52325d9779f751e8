import type { Context } from "../kernel/context.ts";
import { t } from "../kernel/schema.ts";
import { pageQuery, pagerOf } from "../http/paging.ts";
import { page } from "../http/reply.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import { searchField } from "./fields.ts";
import type { CatalogueNote } from "./hooks.ts";
import { listCourses, type CourseView } from "./reading.ts";

/** The published courses, for everybody. */
export const catalogueRoutes = ({ page: pageRoute }: RouteBuilder): readonly Route[] => [
  pageRoute(
    "/courses",
    { can: "courses.browse", summary: "The catalogue.", query: t.Object({ q: t.Optional(searchField), ...pageQuery, limit: t.Integer({ minimum: 1, maximum: 200, default: 24 }) }) },
    async (ctx, { query: { q = "", ...at }, request }) => {
      const found = await listCourses(ctx, { query: q, list: "catalogue" }, at);
      return page("catalogue", { page: { title: "Courses" }, query: q, courses: await cards(ctx, found.items), pager: pagerOf(request, found) });
    },
  ),
];

/** Courses as cards, with what plugins say of each. */
export async function cards(ctx: Context, courses: readonly CourseView[]): Promise<object[]> {
  if (courses.length === 0) return [];
  const answers = await ctx.survey("catalogue.listing", { courseIds: courses.map(({ id }) => id) });
  const notes = answers.flatMap(({ answer }) => answer);
  return courses.map(({ id, slug, title, summary, items, durationMs }) => {
    const own = notes.filter(({ courseId }) => courseId === id).reduce<Partial<CatalogueNote>>((all, note) => ({ ...all, ...note }), {});
    return { slug, title, summary, href: `/courses/${slug}`, items, durationMs, price: own.price ?? null, enrollment: own.enrollment ?? null };
  });
}
