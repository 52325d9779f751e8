import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";

export type Direction = "up" | "down";

/** The keys of a version's modules, in order. */
export const moduleOrder = (ctx: Context, versionId: string): Promise<string[]> =>
  keys(ctx, sql`select key from module where version_id = ${versionId} order by position`);

/** The keys of a module's items, in order. */
export const itemOrder = (ctx: Context, moduleId: string): Promise<string[]> =>
  keys(ctx, sql`select key from item where module_id = ${moduleId} order by position`);

/** Numbers the modules of a draft 0, 1, 2 … in this order. */
export async function orderModules(ctx: Context, versionId: string, order: readonly string[]): Promise<void> {
  await ctx.db.run(sql`update module set position = place - 1 from unnest(${order}::uuid[]) with ordinality wanted (key, place)
    where module.version_id = ${versionId} and module.key = wanted.key and position <> place - 1`);
}

/** Puts these items of a draft into the module, numbered 0, 1, 2 … in this order. */
export async function orderItems(ctx: Context, versionId: string, moduleId: string, order: readonly string[]): Promise<void> {
  await ctx.db.run(sql`update item set position = place - 1, module_id = ${moduleId} from unnest(${order}::uuid[]) with ordinality wanted (key, place)
    where item.version_id = ${versionId} and item.key = wanted.key and (position <> place - 1 or module_id <> ${moduleId})`);
}

/** `order` without `key`, and with it at `position`; past the end, or without a position, is the end. Pure. */
export function placed(order: readonly string[], key: string, position = Infinity): string[] {
  const others = order.filter((other) => other !== key);
  return [...others.slice(0, position), key, ...others.slice(position)];
}

async function keys(ctx: Context, query: ReturnType<typeof sql>): Promise<string[]> {
  return (await ctx.db.rows<{ key: string }>(query)).map(({ key }) => key);
}
