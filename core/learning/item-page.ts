import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { page, redirect, type Reply } from "../http/reply.ts";
import type { RawRequest } from "../http/request.ts";
import { itemOf } from "../courses/content.ts";
import { asOwnerOf, learnedBy } from "./item-kinds.ts";
import { hrefOf, isItemDone, itemsAt, mayPreview, placeOf, type CoursePlace, type OutlineItem } from "./outline.ts";
import { play, preview } from "./play.ts";

interface ItemPlace {
  place: CoursePlace;
  item: OutlineItem;
  items: OutlineItem[];
  index: number;
}

/** An item that opens inside a page, as its kind shows it. */
export async function itemPage(ctx: Context, slug: string, itemKey: string, request: RawRequest): Promise<Reply> {
  const found = await itemFor(ctx, slug, itemKey);
  if (!found) return enrollFirst(request, slug);
  const { place, item, items, index } = found;
  const kind = learnedBy(ctx, item.kind);
  if (kind?.opens === "player") return redirect(`/courses/${slug}/play/${itemKey}`);
  if (!kind?.show) throw refuse("item_not_shown", "The plugin that shows this item is not installed.", { status: 409 });
  const { title, courseId } = place;
  const status = item.status ?? "not-started";
  const frame = {
    page: { title: item.title, crumbs: [{ label: "Courses", href: "/courses" }, { label: title, href: `/courses/${slug}` }] },
    course: { id: courseId, slug, title },
    item: { id: itemKey, title: item.title, status: isItemDone(status) || place.enrollmentId === null ? "completed" : status },
    position: { number: index + 1, of: items.length },
    previous: linkOf(ctx, slug, items[index - 1]),
    next: linkOf(ctx, slug, items[index + 1]),
  };
  const { content } = await itemOf(ctx, place.versionId, itemKey);
  return kind.show(asOwnerOf(ctx, item.kind), { content, item, course: frame.course, enrollmentId: place.enrollmentId, status, frame });
}

/** An item that opens in the player: the attempt goes on or begins, and the frame is prepared. */
export async function playerPage(ctx: Context, slug: string, itemKey: string, unit: string | undefined, request: RawRequest): Promise<Reply> {
  const found = await itemFor(ctx, slug, itemKey);
  if (!found) return enrollFirst(request, slug);
  const { place, item } = found;
  const { title, courseId, versionId, enrollmentId } = place;
  const playing = enrollmentId ? await play(ctx, enrollmentId, itemKey, unit) : await preview(ctx, { courseId, versionId, itemKey, unit });
  const here = `/courses/${slug}/play/${itemKey}`;
  const units = playing.units ?? [];
  return page("player", {
    page: { title: item.title, scripts: ["player.js"] },
    course: { title, href: `/courses/${slug}` },
    item: { title: item.title },
    launch: { id: playing.launchId, mode: playing.mode },
    frame: { src: playing.frameHref, origin: new URL(playing.frameHref).origin },
    returnTo: `/courses/${slug}`,
    statuses: units.length < 2 ? [] : ["not-started", "in-progress", "completed", "passed", "failed", "locked"],
    outline: units.length < 2 ? [] : units.map((each) => ({ ...each, status: each.locked ? "locked" : each.status, href: each.playable ? `${here}?unit=${encodeURIComponent(each.identifier)}` : null, current: each.identifier === playing.unit })),
    // Content's own windows keep their opener, where they look for the API.
  }).with({ "Cross-Origin-Opener-Policy": "same-origin-allow-popups" });
}

/** What comes after an item that is done; the course when nothing does. */
export async function afterItem(ctx: Context, slug: string, itemKey: string): Promise<string> {
  const found = await itemFor(ctx, slug, itemKey);
  const next = found?.items[found.index + 1];
  return (next && hrefOf(ctx, slug, next)) ?? `/courses/${slug}`;
}

/** Nothing for who neither learns nor teaches here. @throws course_not_found, item_not_found */
async function itemFor(ctx: Context, slug: string, itemKey: string): Promise<ItemPlace | undefined> {
  const place = await placeOf(ctx, slug);
  if (!place.enrollmentId && !mayPreview(ctx, place.courseId)) return undefined;
  const items = await itemsAt(ctx, place);
  const index = items.findIndex(({ key }) => key === itemKey);
  const item = items[index];
  if (!item) throw refuse("item_not_found", "The course has no such item.", { status: 404 });
  return { place, item, items, index };
}

function enrollFirst(request: RawRequest, slug: string): Reply {
  request.flash("info", "Enroll in the course first; then its items open.");
  return redirect(`/courses/${slug}`);
}

function linkOf(ctx: Context, slug: string, item: OutlineItem | undefined): { title: string; href: string } | null {
  const href = item && hrefOf(ctx, slug, item);
  return item && href ? { title: item.title, href } : null;
}
