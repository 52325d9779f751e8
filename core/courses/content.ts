import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { sql } from "../db/sql.ts";
import type { CourseItem, CourseModule, Row } from "./model.ts";

/** A module with its items, both in order. */
export interface ModuleContent extends Row<CourseModule> {
  items: Row<CourseItem>[];
}

/** Everything in one version, in order. */
export async function readContent(ctx: Context, versionId: string): Promise<ModuleContent[]> {
  const modules = await ctx.db.rows<Row<CourseModule>>(sql`select * from module where version_id = ${versionId} order by position`);
  const items = await ctx.db.rows<Row<CourseItem>>(sql`select * from item where version_id = ${versionId} order by position`);
  return modules.map((module) => ({ ...module, items: items.filter(({ moduleId }) => moduleId === module.id) }));
}

/** @throws module_not_found */
export async function moduleOf(ctx: Context, versionId: string, key: string): Promise<Row<CourseModule>> {
  const found = await ctx.db.maybe<Row<CourseModule>>(sql`select * from module where version_id = ${versionId} and key = ${key}`);
  if (!found) throw refuse("module_not_found", "The course has no such module.", { status: 404 });
  return found;
}

/** @throws item_not_found */
export async function itemOf(ctx: Context, versionId: string, key: string): Promise<Row<CourseItem>> {
  const found = await ctx.db.maybe<Row<CourseItem>>(sql`select * from item where version_id = ${versionId} and key = ${key}`);
  if (!found) throw refuse("item_not_found", "The course has no such item.", { status: 404 });
  return found;
}
