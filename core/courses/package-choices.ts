import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { standardOf } from "./package-kind.ts";
import { usable } from "./packages/listing.ts";

interface PackageRow {
  id: string;
  number: number;
  title: string;
  standard: string;
  edition: string | null;
}

/** The packages this person may put into a course, newest first: their own, those of courses they edit, those in it already, and for an administrator all. */
export async function packageChoices(ctx: Context, courseId: string): Promise<{ value: string; label: string }[]> {
  const rows = await ctx.db.rows<PackageRow>(sql`select version.id, number, version.title, standard, edition
    from package_version version join package on package.id = package_id
    where ${usable(ctx, courseId)}
    order by version.id desc limit 200`);
  return rows.map(({ id, number, title, ...row }) => ({ value: id, label: `${title} (${standardOf(row)}${number > 1 ? `, version ${number}` : ""})` }));
}
