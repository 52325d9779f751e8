import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { sql } from "../db/sql.ts";
import { moduleOf } from "./content.ts";
import { editDraft } from "./drafts.ts";
import type { CourseModule, Row } from "./model.ts";
import { moduleOrder, orderModules, placed, type Direction } from "./order.ts";

/** The most modules a course may have. */
const maxModules = 200;

export interface NewModule {
  title: string;
  /** From 0; at the end unless told. */
  position?: number;
}

type Changed = { revision: number; module: Row<CourseModule> };

/** @throws course_not_found, changed_meanwhile (412), course_full (422) */
export function add(ctx: Context, courseId: string, { title, position }: NewModule, expected?: number): Promise<Changed> {
  return editDraft(ctx, courseId, expected, async (ctx, { version }) => {
    const order = await moduleOrder(ctx, version.id);
    if (order.length >= maxModules) throw refuse("course_full", `A course has at most ${maxModules} modules.`, { status: 422 });
    const key = newId(ctx.now());
    await ctx.db.run(sql`insert into module (id, version_id, key, position, title) values (${newId(ctx.now())}, ${version.id}, ${key}, ${order.length}, ${title})`);
    await orderModules(ctx, version.id, placed(order, key, position));
    return { module: await moduleOf(ctx, version.id, key) };
  });
}

/** @throws module_not_found */
export function rename(ctx: Context, courseId: string, key: string, title: string, expected?: number): Promise<Changed> {
  return editDraft(ctx, courseId, expected, async (ctx, { version }) => {
    await moduleOf(ctx, version.id, key);
    return { module: await ctx.db.one<Row<CourseModule>>(sql`update module set title = ${title} where version_id = ${version.id} and key = ${key} returning *`) };
  });
}

/** To `position`, counted from 0 without the module itself; past the end is the end. @throws module_not_found */
export function move(ctx: Context, courseId: string, key: string, position: number, expected?: number): Promise<Changed> {
  return editDraft(ctx, courseId, expected, async (ctx, { version }) => {
    await moduleOf(ctx, version.id, key);
    await orderModules(ctx, version.id, placed(await moduleOrder(ctx, version.id), key, position));
    return { module: await moduleOf(ctx, version.id, key) };
  });
}

/** One place up or down; the first and the last stay where they are. @throws module_not_found */
export function step(ctx: Context, courseId: string, key: string, direction: Direction, expected?: number): Promise<Changed> {
  return editDraft(ctx, courseId, expected, async (ctx, { version }) => {
    await moduleOf(ctx, version.id, key);
    const order = await moduleOrder(ctx, version.id);
    await orderModules(ctx, version.id, placed(order, key, Math.max(0, order.indexOf(key) + (direction === "up" ? -1 : 1))));
    return { module: await moduleOf(ctx, version.id, key) };
  });
}

/** With its items; published versions keep them. @throws module_not_found */
export function remove(ctx: Context, courseId: string, key: string, expected?: number): Promise<{ revision: number }> {
  return editDraft(ctx, courseId, expected, async (ctx, { version }) => {
    const { id } = await moduleOf(ctx, version.id, key);
    await ctx.db.run(sql`delete from module where id = ${id}`);
    await orderModules(ctx, version.id, await moduleOrder(ctx, version.id));
    return {};
  });
}
