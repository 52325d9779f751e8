import type { Context } from "../../kernel/context.ts";
import { sql, type Sql } from "../../db/sql.ts";
import { readPage, type PageOf, type PageRequest } from "../../http/paging.ts";
import { coursesWith } from "../reading.ts";
import { packageError } from "./errors.ts";
import { versionOf, type PackageVersion } from "./store.ts";

/** A package by its latest version. */
export interface PackageSummary {
  id: string;
  courseId: string | null;
  title: string;
  versionId: string;
  number: number;
  format: string;
  standard: string;
  edition: string | null;
  fileName: string;
  sizeBytes: number;
  createdAt: Date;
  /** Who uploaded this version; null for the engine, or somebody who has been erased. */
  createdBy: string | null;
}

/** A package as it is looked for. */
export interface OwnedPackage {
  id: string;
  courseId: string | null;
  title: string;
  settings: Record<string, unknown>;
}

/** A version with its report, and who uploaded it. */
export interface ReportedVersion extends Omit<PackageVersion, "structure" | "packageId"> {
  files: number;
  by: string;
}

/** The packages this person may use, newest first: their own, and those of the courses they teach; of one course when it is named. */
export function listPackages(ctx: Context, { courseId }: { courseId?: string }, page: PageRequest): Promise<PageOf<PackageSummary>> {
  const inCourse = courseId === undefined ? sql.raw("true") : sql`(package.course_id = ${courseId} or ${usedIn(sql`course_version.course_id = ${courseId}`)})`;
  return readPage<PackageSummary>(page, { columns: [{ column: "package.id", type: "uuid" }], descending: true, keyOf: ({ id }) => [id] }, (condition, order) =>
    ctx.db.rows(sql`
      select package.id, package.course_id, latest.title, latest.id as version_id, latest.number, latest.format, latest.standard, latest.edition, latest.file_name,
        latest.size_bytes::float8 as size_bytes, latest.created_at, latest.created_by
      from package join lateral (select * from package_version where package_id = package.id order by number desc limit 1) latest on true
      where ${readable(ctx)} and ${inCourse} and ${condition} ${order}`),
  );
}

/** A package that this person may see. @throws package_missing (404) */
export function seenPackage(ctx: Context, packageId: string): Promise<OwnedPackage> {
  return onePackage(ctx, packageId, readable(ctx));
}

/** A package that this person may change: their own, or one of a course they edit. @throws package_missing (404) */
export function ownPackage(ctx: Context, packageId: string): Promise<OwnedPackage> {
  return onePackage(ctx, packageId, changeable(ctx, "courses.edit"));
}

/**
 * Whether this person may put a version into a course: of a package that they may change, or one that is in the course already.
 * Read it where `package` and `version` are in scope.
 */
export function usable(ctx: Context, courseId: string): Sql {
  return sql`(${changeable(ctx, "courses.edit")} or exists (
    select from item join course_version on course_version.id = item.version_id where item.package_version_id = version.id and course_version.course_id = ${courseId}))`;
}

export async function isUsable(ctx: Context, versionId: string, courseId: string): Promise<boolean> {
  const found = await ctx.db.maybe(sql`select 1 from package_version version join package on package.id = package_id where version.id = ${versionId} and ${usable(ctx, courseId)}`);
  return found !== undefined;
}

/** The course a package was uploaded for: the scope of what may be done with it. */
export async function courseOfPackage(ctx: Context, packageId: string): Promise<string | undefined> {
  const found = await ctx.db.maybe<{ courseId: string | null }>(sql`select course_id from package where id = ${packageId}`);
  return found?.courseId ?? undefined;
}

/** The versions of a package with their reports, newest first. */
export function reportsOf(ctx: Context, packageId: string): Promise<ReportedVersion[]> {
  return ctx.db.rows(sql`
    select v.id, v.number, v.format, v.standard, v.edition, v.title, v.diagnostics, v.file_name, v.size_bytes::float8 as size_bytes, v.digest, v.created_by, v.created_at,
      (select count(*)::int from package_file where version_id = v.id) as files, coalesce(uploader.name, 'the system') as by
    from package_version v left join user_account uploader on uploader.id = v.created_by
    where v.package_id = ${packageId} order by v.number desc`);
}

/** A package as the API shows it: its versions with their reports, and the structure of the latest. @throws package_missing (404) */
export async function describePackage(ctx: Context, packageId: string) {
  const { id, courseId, settings } = await seenPackage(ctx, packageId);
  const versions = await reportsOf(ctx, id);
  const latest = versions[0] as ReportedVersion;
  const { structure } = (await versionOf(ctx.db, latest.id)) as PackageVersion;
  return { id, courseId, title: latest.title, settings, versions: versions.map(({ by: _, ...version }) => version), structure };
}

/** The courses with an item that plays this package, in any version of theirs. */
export function usesOf(ctx: Context, packageId: string): Promise<{ courseId: string; title: string }[]> {
  return ctx.db.rows(sql`
    select distinct on (course.id) course.id as course_id, coalesce(nullif(shown.title, ''), 'Untitled course') as title
    from package_version join item on item.package_version_id = package_version.id join course_version on course_version.id = item.version_id
      join course on course.id = course_version.course_id join course_version shown on shown.id = coalesce(course.draft_version_id, course.published_version_id)
    where package_version.package_id = ${packageId}`);
}

async function onePackage(ctx: Context, packageId: string, condition: Sql) {
  const found = await ctx.db.maybe<OwnedPackage>(sql`select id, course_id, title, settings from package where id = ${packageId} and ${condition}`);
  if (!found) throw packageError("package_missing", "There is no such package.");
  return found;
}

function changeable(ctx: Context, permission: string): Sql {
  if (ctx.can(permission)) return sql.raw("true");
  return sql`(package.created_by::text = ${ctx.actor.id} or package.course_id::text = any(${coursesWith(ctx, permission)}))`;
}

function readable(ctx: Context): Sql {
  if (ctx.can("courses.read")) return sql.raw("true");
  return sql`(${changeable(ctx, "courses.read")} or ${usedIn(sql`course_version.course_id::text = any(${coursesWith(ctx, "courses.read")})`)})`;
}

const usedIn = (condition: Sql): Sql => sql`exists (
  select from package_version used join item on item.package_version_id = used.id join course_version on course_version.id = item.version_id
  where used.package_id = package.id and ${condition})`;
