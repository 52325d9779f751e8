import type { Context } from "../../kernel/context.ts";
import { refuse } from "../../kernel/errors.ts";
import type { ArrivingFile } from "../../http/arriving.ts";
import * as audit from "../../people/audit.ts";
import { isReferenceViolation } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { courseNotFound } from "../drafts.ts";
import { formatsOf } from "./formats.ts";
import { importPackage, type ImportedPackage } from "./import.ts";
import { ownPackage, usesOf } from "./listing.ts";
import { readAhead, type ReadAhead } from "./read-ahead.ts";
import { limitsOf } from "./settings.ts";
import { savePackage } from "./store.ts";

export interface NewPackage {
  /** The zip, as a file on disk; it is only read. */
  file: string;
  /** What it was called where it came from; any text. */
  fileName: string;
  /** What was read of it while it arrived. */
  ahead?: ReadAhead;
  /** The course it is for, whose staff may use it. */
  courseId?: string;
  /** The package to add a version to; a new package when absent. */
  packageId?: string;
}

export interface InstalledPackage {
  packageId: string;
  versionId: string;
  number: number;
}

/**
 * Imports a package, or a new version of one, and tells everybody. Call it outside a transaction: the zip is read and its
 * content stored before the one that it opens. A refusal leaves nothing behind.
 * @throws package_refused, zip_*, xml_*, manifest_* (422, `data.diagnostics` is the whole report), package_missing, course_not_found (404)
 */
export async function install(ctx: Context, { file, fileName, ahead, courseId, packageId }: NewPackage): Promise<InstalledPackage> {
  const course = packageId === undefined ? await courseFor(ctx, courseId) : (await ownPackage(ctx, packageId)).courseId;
  return keep(ctx, await take(ctx, { file, fileName, ahead }), { courseId: course, packageId });
}

/** The first half of `install`: reads the zip and stores its content, for who has a transaction of their own to keep it in. */
export function take(ctx: Context, { file, fileName, ahead }: Pick<NewPackage, "file" | "fileName" | "ahead">): Promise<ImportedPackage> {
  return importPackage({
    file,
    fileName: plainName(fileName),
    formats: formatsOf(ctx),
    blobs: ctx.site.blobs,
    ahead,
    limits: limitsOf(ctx),
    check: async (read) => (await ctx.survey("package.checking", read)).flatMap(({ answer }) => answer),
  });
}

/** Begins to read a package that is being uploaded, for `install`. */
export function follow(ctx: Context, file: ArrivingFile): ReadAhead {
  return readAhead(file, { blobs: ctx.site.blobs, limits: limitsOf(ctx), now: () => ctx.now() });
}

/** The second half: writes it down and tells everybody. @throws package_missing (404) */
export function keep(ctx: Context, imported: ImportedPackage, { courseId, packageId }: { courseId: string | null; packageId?: string }): Promise<InstalledPackage> {
  return ctx.transact(async (ctx) => {
    const createdBy = ctx.actor.kind === "user" ? (ctx.actor.id ?? undefined) : undefined;
    const saved = await savePackage(ctx.db, imported, { packageId, createdBy, at: ctx.now() });
    if (packageId === undefined) await ctx.db.run(sql`update package set course_id = ${courseId} where id = ${saved.packageId}`);
    const { format, structure, sizeBytes } = imported;
    await ctx.emit("package.installed", { ...saved, format, courseId });
    await audit.record(ctx, {
      action: "package.installed",
      subject: { kind: "package", id: saved.packageId, name: structure.title },
      detail: { versionId: saved.versionId, number: saved.number, format, fileName: imported.fileName, sizeBytes },
    });
    return saved;
  });
}

/**
 * Removes a package with all its versions; content that nothing else has goes in the night.
 * @throws package_missing (404), package_in_use (409) while an item of any version of a course has it, or a learner had it open
 */
export async function remove(ctx: Context, packageId: string): Promise<void> {
  const work = ctx.transact(async (ctx) => {
    const { title } = await ownPackage(ctx, packageId);
    await ctx.db.run(sql`delete from package where id = ${packageId}`);
    await audit.record(ctx, { action: "package.removed", subject: { kind: "package", id: packageId, name: title } });
  });
  await work.catch(async (error: unknown) => {
    throw isReferenceViolation(error) ? inUse((await usesOf(ctx, packageId)).map(({ title }) => title)) : error;
  });
}

async function courseFor(ctx: Context, courseId?: string): Promise<string | null> {
  if (courseId === undefined) return null;
  if (!(await ctx.db.maybe(sql`select id from course where id = ${courseId}`))) throw courseNotFound();
  ctx.require("courses.edit", courseId);
  return courseId;
}

function inUse(courses: readonly string[]) {
  const where = courses.length > 0 ? `It is part of ${courses.map((title) => `“${title}”`).join(", ")}` : "Learners have worked in it";
  return refuse("package_in_use", `${where}, so it can't be deleted.`, { status: 409, data: { courses } });
}

/** The last part of a path on whatever system, on one line. */
function plainName(fileName: string): string {
  const name = (fileName.split(/[/\\]/).at(-1) ?? "").replace(/\p{Cc}/gu, "").trim();
  return [...name].slice(0, 200).join("") || "package.zip";
}
