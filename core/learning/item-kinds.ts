import type { Context } from "../kernel/context.ts";
import { page, type Reply } from "../http/reply.ts";
import type { ItemKind } from "../courses/item-kinds.ts";
import type { CourseItem, Row } from "../courses/model.ts";
import { itemKindsOf } from "../courses/item-kinds.ts";

/** An item that somebody looks at, inside a page. */
export interface ItemView<Content = unknown> {
  content: Content;
  item: Pick<Row<CourseItem>, "key" | "title" | "kind">;
  course: { id: string; slug: string; title: string };
  /** Null while the course's staff looks at it without learning: nothing may be kept then. */
  enrollmentId: string | null;
  status: "not-started" | "in-progress" | "completed" | "passed" | "failed";
  /** What the template of every such page is given: `page` with title and crumbs, `course`, `item`, `position`, `previous`, `next`. */
  frame: Record<string, unknown>;
}

declare module "../courses/item-kinds.ts" {
  interface ItemKind<Content = unknown> {
    /** What a learner sees of an item that opens `inside`: a page of the plugin's own template, given `view.frame` and more. */
    show?(ctx: Context, view: ItemView<Content>): Promise<Reply> | Reply;
    /** Whether learners themselves say when they are done; else the plugin records attempts. */
    doneByLearner?: boolean;
  }
}

/** How the core's own kinds are learned. */
const own: Readonly<Record<string, Pick<ItemKind<never>, "show" | "doneByLearner">>> = {
  page: {
    doneByLearner: true,
    show: (_, { content, frame }: ItemView<{ markdown: string }>) => page("item", { ...frame, item: { ...(frame.item as object), source: content.markdown } }),
  },
};

/** How a kind is learned, and whose it is. */
export function learnedBy(ctx: Context, kind: string): Pick<ItemKind, "show" | "doneByLearner" | "opens"> | undefined {
  const known = itemKindsOf(ctx).get(kind);
  return known && { ...known, ...(own[kind] as Partial<ItemKind> | undefined) };
}

/** The context of the plugin whose kind it is. */
export function asOwnerOf(ctx: Context, kind: string): Context {
  const owner = ctx.site.host.contributions<Record<string, unknown>>("itemKinds").find(({ value }) => Object.hasOwn(value, kind));
  return owner ? ctx.as(owner.plugin) : ctx;
}
