import type { Context } from "../kernel/context.ts";
import { t } from "../kernel/schema.ts";
import { pageQuery, pagerOf } from "../http/paging.ts";
import { page } from "../http/reply.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import { searchField } from "./fields.ts";
import type { CatalogueNote } from "./hooks.ts";
import { listPublished, type ListedCourse } from "./reading.ts";

/** The published courses, for everybody. */
export const catalogueRoutes = ({ page: pageRoute }: RouteBuilder): readonly Route[] => [
  pageRoute(
    "/courses",
    { can: "courses.browse", summary: "The catalogue.", query: t.Object({ q: t.Optional(searchField), ...pageQuery, limit: t.Integer({ minimum: 1, maximum: 200, default: 24 }) }) },
    async (ctx, { query: { q = "", ...at }, request }) => {
      const found = await listPublished(ctx, q, at);
      return page("catalogue", { page: { title: "Courses" }, query: q, courses: await cards(ctx, found.items), pager: pagerOf(request, found) });
    },
  ),
];

/** Courses as cards, with what plugins say of each. */
async function cards(ctx: Context, courses: readonly ListedCourse[]): Promise<object[]> {
  if (courses.length === 0) return [];
  const answers = await ctx.survey("catalogue.listing", { courseIds: courses.map(({ id }) => id) });
  const notes = new Map<string, CatalogueNote>();
  for (const { answer } of answers) {
    for (const note of answer) {
      const known = notes.get(note.courseId);
      notes.set(note.courseId, known ? { ...known, ...note } : note);
    }
  }
  return courses.map(({ id, slug, title, summary, items, durationMs }) => {
    const { price = null, enrollment = null } = notes.get(id) ?? {};
    return { slug, title, summary, href: `/courses/${slug}`, items, durationMs, price, enrollment };
  });
}
