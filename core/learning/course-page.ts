import type { Context } from "../kernel/context.ts";
import type { CadreError } from "../kernel/errors.ts";
import { page, type Reply } from "../http/reply.ts";
import { itemKindsOf } from "../courses/item-kinds.ts";
import * as enrollments from "./enrollments.ts";
import { hrefOf, isItemDone, itemsAt, mayPreview, nextOf, placeOf, userIdOf, type CoursePlace, type OutlineItem } from "./outline.ts";

type Prerequisites = Awaited<ReturnType<typeof enrollments.prerequisitesOf>>;

/** A course for whoever looks: what is in it, where they stand, and the one thing to do next. `refused` is why enrolling was. Three statements at most, one for who learns in it. */
export async function coursePage(ctx: Context, slug: string, refused?: CadreError): Promise<Reply> {
  const place = await placeOf(ctx, slug);
  const items = await itemsAt(ctx, place);
  const prerequisites = place.enrollmentId ? [] : await enrollments.prerequisitesOf(ctx, userIdOf(ctx), place.courseId);
  const { title, summary, number, updatedAt } = place;
  const required = items.filter((item) => item.required);
  const counted = required.length > 0 ? required : items;
  const durations = items.flatMap(({ durationMs }) => durationMs ?? []);
  return page("course", {
    page: { title, crumbs: [{ label: "Courses", href: "/courses" }] },
    course: { id: place.courseId, slug, title, summary, items: items.length, durationMs: durations.length > 0 ? durations.reduce((sum, each) => sum + each, 0) : null, seatsLeft: seatsLeft(place), version: number, updatedAt },
    modules: modulesOf(ctx, place, items),
    enrollment: place.enrollmentId && {
      progress: place.progress,
      status: place.enrollmentStatus === "completed" ? "completed" : items.some(({ status }) => status) ? "in-progress" : "not-started",
      done: counted.filter(({ status }) => isItemDone(status)).length,
      of: counted.length,
      startedAt: place.startedAt,
    },
    action: place.enrollmentId ? actionOf(ctx, place, items) : null,
    enroll: place.enrollmentId ? null : enrollBox(ctx, place, prerequisites, refused),
    prerequisites: prerequisites.map(({ slug, title, met }) => ({ title, href: `/courses/${slug}`, met })),
  });
}

/** The one thing to do next: start, go on, or look back. Nothing where nothing can be opened. */
export function actionOf(ctx: Context, { slug, enrollmentStatus }: Pick<CoursePlace, "slug" | "enrollmentStatus">, items: readonly OutlineItem[]): { label: string; title: string | null; href: string } | null {
  const openable = items.filter((item) => hrefOf(ctx, slug, item) !== null);
  const next = enrollmentStatus === "completed" ? undefined : nextOf(openable);
  const [item, label] = next ? [next, items.some(({ status }) => status) ? "Continue" : "Start"] : [openable[0], "Review"];
  const href = item && hrefOf(ctx, slug, item);
  return item && href ? { label, title: next?.title ?? null, href } : null;
}

function modulesOf(ctx: Context, place: CoursePlace, items: readonly OutlineItem[]): object[] {
  const kinds = itemKindsOf(ctx);
  const someRequired = items.some(({ required }) => required);
  const opens = place.enrollmentId !== null || mayPreview(ctx, place.courseId);
  const modules = new Map<number, OutlineItem[]>();
  for (const item of items) modules.set(item.modulePosition, [...(modules.get(item.modulePosition) ?? []), item]);
  return [...modules.values()].map((own) => ({
    title: own[0]?.moduleTitle,
    done: own.filter(({ status }) => isItemDone(status)).length,
    items: own.map((item) => {
      const kind = kinds.get(item.kind);
      return {
        id: item.key,
        title: item.title,
        kind: kind?.label ?? item.kind,
        status: opens && kind ? (item.status ?? "not-started") : "locked",
        href: opens ? hrefOf(ctx, place.slug, item) : null,
        reason: kind ? null : "Its plugin is not installed",
        optional: !item.required && someRequired,
        durationMs: item.durationMs,
        score: item.score,
      };
    }),
  }));
}

function enrollBox(ctx: Context, place: CoursePlace, prerequisites: Prerequisites, refused?: CadreError): { allowed: boolean; label: string; reason: string | null } {
  const missing = prerequisites.filter(({ met }) => !met).map(({ title }) => title);
  const reason =
    refused?.message ??
    (place.status !== "published" ? "This course is not open for enrollment." : undefined) ??
    (seatsLeft(place) === 0 ? "Every seat in this course is taken." : undefined) ??
    (ctx.actor.kind === "guest" ? "Sign in, or make an account, to learn here." : undefined) ??
    (missing.length > 0 ? `Complete ${missing.join(" and ")} first.` : undefined) ??
    (ctx.can("learning.enroll") ? null : "You may not enroll yourself.");
  return { allowed: reason === null, label: "Enroll", reason };
}

const seatsLeft = ({ capacity, taken }: CoursePlace): number | null => (capacity === null ? null : Math.max(capacity - (taken ?? 0), 0));
