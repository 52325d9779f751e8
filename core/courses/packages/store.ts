import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { newId } from "../../kernel/ids.ts";
import { packageError } from "./errors.ts";
import type { CourseStructure } from "./format.ts";
import type { ImportedPackage } from "./import.ts";
import type { Diagnostic } from "./report.ts";

export interface SavePackageOptions {
  /** The package to add a version to; a new package when absent. */
  packageId?: string;
  createdBy?: string;
  at: Date;
}

/** One version as it was imported; it never changes. */
export interface PackageVersion {
  id: string;
  packageId: string;
  /** 1, 2, 3, … in the package. */
  number: number;
  format: string;
  standard: string;
  edition: string | null;
  title: string;
  structure: CourseStructure;
  diagnostics: Diagnostic[];
  fileName: string;
  sizeBytes: number;
  digest: string;
  createdBy: string | null;
  createdAt: Date;
}

/** What serving a file needs. */
export interface PackageFileContent {
  sha256: string;
  sizeBytes: number;
  mediaType: string;
}

/**
 * Writes a version with all its files, in one statement for the files however many; call it in a transaction. Versions of one
 * package are numbered without gaps, also when they are saved at once. @throws package_missing (404)
 */
export async function savePackage(db: Db, imported: ImportedPackage, { packageId, createdBy, at }: SavePackageOptions): Promise<{ packageId: string; versionId: string; number: number }> {
  const { structure, format, diagnostics, sizeBytes, digest, files } = imported;
  const title = storable(structure.title);
  const owner = packageId ?? newId(at);
  if (packageId === undefined) await db.run(sql`insert into package (id, title, created_by, created_at) values (${owner}, ${title}, ${createdBy ?? null}, ${at})`);
  else if (!(await db.maybe(sql`select id from package where id = ${owner} for update`))) throw packageError("package_missing", "There is no such package.");
  const versionId = newId(at);
  const { number } = await db.one<{ number: number }>(sql`
    insert into package_version (id, package_id, number, format, standard, edition, title, structure, diagnostics, file_name, size_bytes, digest, created_by, created_at)
    select ${versionId}::uuid, ${owner}::uuid, coalesce(max(number), 0) + 1, ${format}::text, ${structure.standard}::text, ${structure.edition ?? null}::text, ${title}::text,
      ${json(structure)}::jsonb, ${json(diagnostics)}::jsonb, ${storable(imported.fileName)}::text, ${sizeBytes}::bigint, ${digest}::text, ${createdBy ?? null}::uuid, ${at}::timestamptz
    from package_version where package_id = ${owner}
    returning number`);
  // In the order of the hashes, so that imports which share content wait for each other instead of deadlocking.
  await db.run(sql`
    with file as materialized (
      select * from jsonb_to_recordset(${json(files)}::jsonb) as file ("path" text, "sha256" text, "sizeBytes" bigint, "mediaType" text)
    ), kept as (
      insert into blob (sha256, size_bytes, kept_at)
      select distinct on (sha256) sha256, "sizeBytes", ${at}::timestamptz from file order by sha256
      on conflict (sha256) do update set kept_at = excluded.kept_at
    )
    insert into package_file (version_id, path, sha256, size_bytes, media_type)
    select ${versionId}::uuid, path, sha256, "sizeBytes", "mediaType" from file`);
  return { packageId: owner, versionId, number };
}

/** The content at a path of a version: one look-up in the primary key. */
export async function fileOf(db: Db, versionId: string, path: string): Promise<PackageFileContent | undefined> {
  return db.maybe(sql`select sha256, size_bytes::float8 as size_bytes, media_type from package_file where version_id = ${versionId} and path = ${path}`);
}

/** A version by its id. */
export async function versionOf(db: Db, versionId: string): Promise<PackageVersion | undefined> {
  return db.maybe(sql`
    select id, package_id, number, format, standard, edition, title, structure, diagnostics, file_name, size_bytes::float8 as size_bytes, digest, created_by, created_at
    from package_version where id = ${versionId}`);
}

/** The versions of a package, newest first, without their structures. */
export async function versionsOf(db: Db, packageId: string): Promise<Omit<PackageVersion, "structure">[]> {
  return db.rows(sql`
    select id, package_id, number, format, standard, edition, title, diagnostics, file_name, size_bytes::float8 as size_bytes, digest, created_by, created_at
    from package_version where package_id = ${packageId} order by number desc`);
}

function json(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (typeof member === "string" ? storable(member) : member));
}

/** PostgreSQL keeps neither NULs nor halves of surrogate pairs. */
function storable(text: string): string {
  return text.replaceAll("\0", "").replace(/\p{Cs}/gu, "\uFFFD");
}
