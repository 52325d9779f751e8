import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import type { CourseItem, Row } from "./model.ts";
import { standardOf } from "./package-kind.ts";

interface PackageRow {
  id: string;
  number: number;
  title: string;
  standard: string;
  edition: string | null;
}

/** The packages this person may put into a course: their own, those the course has already, and for an administrator all; newest first. */
export async function packageChoices(ctx: Context, items: readonly Row<CourseItem>[]): Promise<{ value: string; label: string }[]> {
  const used = items.flatMap(({ kind, content }) => (kind === "package" ? [String(content.packageVersionId)] : []));
  const rows = await ctx.db.rows<PackageRow>(sql`select id, number, title, standard, edition from package_version
    where ${ctx.can("courses.edit")} or created_by::text = ${ctx.actor.id} or id::text = any(${used})
    order by id desc limit 200`);
  return rows.map(({ id, number, title, ...row }) => ({ value: id, label: `${title} (${standardOf(row)}${number > 1 ? `, version ${number}` : ""})` }));
}
