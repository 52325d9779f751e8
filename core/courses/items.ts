import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { isReferenceViolation } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { itemOf, moduleOf } from "./content.ts";
import { editDraft } from "./drafts.ts";
import { checkContent, itemKindsOf, permitContent } from "./item-kinds.ts";
import type { CourseItem, Row } from "./model.ts";
import { itemOrder, orderItems, placed, type Direction } from "./order.ts";

/** The most items a course may have. */
export const maxItems = 2000;

export interface NewItem {
  moduleKey: string;
  kind: string;
  /** Made by the kind from the content, or the kind's own label, unless told. */
  title?: string;
  content: unknown;
  required?: boolean;
  durationMs?: number | null;
  /** In the module, from 0; at the end unless told. */
  position?: number;
}

export type ItemChanges = Partial<Pick<NewItem, "title" | "content" | "required" | "durationMs">>;

type Changed = { revision: number; item: Row<CourseItem> };

/** @throws module_not_found, unknown_item_kind, invalid_input, course_full (422) */
export async function add(ctx: Context, courseId: string, given: NewItem, expected?: number): Promise<Changed> {
  const content = checkContent(ctx, given.kind, given.content);
  const work = editDraft(ctx, courseId, expected, async (ctx, { version }) => {
    const module = await moduleOf(ctx, version.id, given.moduleKey);
    const { count } = await ctx.db.one<{ count: number }>(sql`select count(*)::int as count from item where version_id = ${version.id}`);
    await permitContent(ctx, courseId, given.kind, content);
    if (count >= maxItems) throw refuse("course_full", `A course has at most ${maxItems} items.`, { status: 422 });
    const kind = itemKindsOf(ctx).get(given.kind);
    const title = given.title ?? (await kind?.title?.(ctx, content)) ?? kind?.label ?? "";
    const order = await itemOrder(ctx, module.id);
    const [id, key] = [newId(ctx.now()), newId(ctx.now())];
    await ctx.db.run(sql`insert into item (id, version_id, module_id, key, position, kind, title, content, required, duration_ms, created_at)
      values (${id}, ${version.id}, ${module.id}, ${key}, ${order.length}, ${given.kind}, ${title}, ${JSON.stringify(content)}, ${given.required ?? true}, ${given.durationMs ?? null}, ${ctx.now()})`);
    await orderItems(ctx, version.id, module.id, placed(order, key, given.position));
    return { item: await itemOf(ctx, version.id, key) };
  });
  return work.catch(refuseMissingPackage);
}

/** The kind stays; content is replaced as a whole. @throws item_not_found, invalid_input */
export function edit(ctx: Context, courseId: string, key: string, changes: ItemChanges, expected?: number): Promise<Changed> {
  const work = editDraft(ctx, courseId, expected, async (ctx, { version }) => {
    const item = await itemOf(ctx, version.id, key);
    const content = changes.content === undefined ? item.content : checkContent(ctx, item.kind, changes.content);
    if (changes.content !== undefined) await permitContent(ctx, courseId, item.kind, content);
    const { title = item.title, required = item.required, durationMs = item.durationMs } = changes;
    return {
      item: await ctx.db.one<Row<CourseItem>>(sql`update item set title = ${title}, content = ${JSON.stringify(content)}, required = ${required}, duration_ms = ${durationMs}
        where id = ${item.id} returning *`),
    };
  });
  return work.catch(refuseMissingPackage);
}

/**
 * To `position` of a module (its own unless told), counted from 0 without the item itself; past the end is the end.
 * @throws item_not_found, module_not_found
 */
export function move(ctx: Context, courseId: string, key: string, to: { moduleKey?: string; position?: number }, expected?: number): Promise<Changed> {
  return editDraft(ctx, courseId, expected, async (ctx, { version }) => {
    const item = await itemOf(ctx, version.id, key);
    await put(ctx, item, to.moduleKey === undefined ? item.moduleId : (await moduleOf(ctx, version.id, to.moduleKey)).id, to.position);
    return { item: await itemOf(ctx, version.id, key) };
  });
}

/** One place up or down, and over the edge of its module into the next one. @throws item_not_found */
export function step(ctx: Context, courseId: string, key: string, direction: Direction, expected?: number): Promise<Changed> {
  return editDraft(ctx, courseId, expected, async (ctx, { version }) => {
    const item = await itemOf(ctx, version.id, key);
    const order = await itemOrder(ctx, item.moduleId);
    const position = order.indexOf(key) + (direction === "up" ? -1 : 1);
    if (position >= 0 && position < order.length) await put(ctx, item, item.moduleId, position);
    else {
      const { position: place } = await ctx.db.one<{ position: number }>(sql`select position from module where id = ${item.moduleId}`);
      const next = await ctx.db.maybe<{ id: string }>(sql`select id from module where version_id = ${version.id} and position = ${place + (direction === "up" ? -1 : 1)}`);
      if (next) await put(ctx, item, next.id, direction === "up" ? undefined : 0);
    }
    return { item: await itemOf(ctx, version.id, key) };
  });
}

/** Published versions keep it. @throws item_not_found */
export function remove(ctx: Context, courseId: string, key: string, expected?: number): Promise<{ revision: number }> {
  return editDraft(ctx, courseId, expected, async (ctx, { version }) => {
    const { id, moduleId } = await itemOf(ctx, version.id, key);
    await ctx.db.run(sql`delete from item where id = ${id}`);
    await orderItems(ctx, version.id, moduleId, await itemOrder(ctx, moduleId));
    return {};
  });
}

/** The database holds that an item's package is there. */
function refuseMissingPackage(error: unknown): never {
  if (!isReferenceViolation(error, "item_package")) throw error;
  const message = "There is no such version of a package.";
  throw refuse("invalid_input", message, { status: 422, problems: [{ pointer: "/content/packageVersionId", code: "package_missing", message }], cause: error });
}

async function put(ctx: Context, { key, versionId, moduleId }: Row<CourseItem>, target: string, position?: number): Promise<void> {
  if (target !== moduleId) await orderItems(ctx, versionId, moduleId, (await itemOrder(ctx, moduleId)).filter((other) => other !== key));
  await orderItems(ctx, versionId, target, placed(await itemOrder(ctx, target), key, position));
}
