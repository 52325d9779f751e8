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

/** The packages this person may put into a course: their own, those uploaded for it or in it already, and for an administrator all; newest first. */
export async function packageChoices(ctx: Context, courseId: string, items: readonly Row<CourseItem>[]): Promise<{ value: string; label: string }[]> {
  const used = items.flatMap(({ kind, content }) => (kind === "package" ? [String(content.packageVersionId)] : []));
  const rows = await ctx.db.rows<PackageRow>(sql`select version.id, number, version.title, standard, edition
    from package_version version join package on package.id = package_id
    where ${ctx.can("courses.edit")} or version.created_by::text = ${ctx.actor.id} or course_id = ${courseId} or version.id::text = any(${used})
    order by version.id desc limit 200`);
  return rows.map(({ id, number, title, ...row }) => ({ value: id, label: `${title} (${standardOf(row)}${number > 1 ? `, version ${number}` : ""})` }));
}
