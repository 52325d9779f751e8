import type { Context } from "../../kernel/context.ts";
import type { CadreError } from "../../kernel/errors.ts";
import { sql } from "../../db/sql.ts";
import { page, type Reply } from "../../http/reply.ts";
import { formOf } from "../../pages/form.ts";
import { readContent } from "../content.ts";
import { draftSeen } from "../drafts.ts";
import { courseTabs } from "../editor.ts";
import { sizeOf } from "../../pages/words.ts";
import { standardOf } from "../package-kind.ts";
import { packageError } from "./errors.ts";
import { reportsOf, seenPackage } from "./listing.ts";
import { choicesOf, schemaOf } from "./package-settings.ts";
import { versionOf, type PackageVersion } from "./store.ts";
import { courseCrumbs, findingsIn, formAfter, uploadTerms } from "./upload-page.ts";
import { findingsOf, treeOf, verdictOf } from "./verdict.ts";

/** Which version is looked at, the latest unless told, and for which course. */
export interface ReportPlace {
  version?: number;
  course?: string;
}

/** A form of the page that was refused: adding it to the course, uploading a new version, or how its content is taken. */
export interface RefusedHere {
  form: "add" | "upload" | "settings";
  values?: Record<string, unknown>;
  error: CadreError;
}

/** What was found in a package, and what to do with it. @throws package_missing (404) */
export async function reportPage(ctx: Context, packageId: string, { version: number, course }: ReportPlace, refused?: RefusedHere): Promise<Reply> {
  const { courseId, settings } = await seenPackage(ctx, packageId);
  const versions = await reportsOf(ctx, packageId);
  const version = number === undefined ? versions[0] : versions.find((each) => each.number === number);
  if (!version) throw packageError("package_missing", `The package has no version ${number}.`);
  const { structure } = (await versionOf(ctx.db, version.id)) as PackageVersion;
  const place = await placeOf(ctx, course ?? courseId, versions);
  const { title, fileName, sizeBytes, files, digest, createdAt, by, diagnostics } = version;
  const own = (form: RefusedHere["form"]) => (refused?.form === form ? refused.error : undefined);
  const values = { title, ...(refused?.form === "add" && refused.values) };
  const choices = choicesOf(schemaOf(ctx, version.format), settings);
  return page("instructor/package-report", {
    page: {
      title: title || "Untitled package",
      crumbs: place ? [...courseCrumbs(place.course.id, place.course.title), { label: "Packages", href: `/teach/courses/${place.course.id}/packages` }] : [{ label: "Teach", href: "/teach/courses" }],
      ...(place && { tabs: courseTabs(place.course.id, "Packages") }),
      scripts: ["upload.js"],
    },
    package: { id: packageId, title: title || "Untitled package", fileName, standard: standardOf(version), status: "ready", size: sizeOf(sizeBytes), files, sha256: digest, uploadedAt: createdAt, by, version: version.number },
    verdict: verdictOf(diagnostics),
    nodes: treeOf(structure),
    findings: findingsOf(diagnostics),
    ...(place ?? { course: null, modules: [], uses: [] }),
    versions: versions.map((each) => ({ number: each.number, href: `/teach/packages/${packageId}?version=${each.number}${place ? `&course=${place.course.id}` : ""}`, current: each === version, uploadedAt: each.createdAt, fileName: each.fileName })),
    form: formOf(values, own("add")),
    choices: ctx.can("packages.upload", courseId ?? undefined) ? choices : [],
    settings: formOf({ ...Object.fromEntries(choices.map(({ name, value }) => [name, value])), ...(refused?.form === "settings" && refused.values) }, own("settings")),
    upload: { action: `/teach/packages/${packageId}/versions${place ? `?course=${place.course.id}` : ""}`, form: formAfter(own("upload")), findings: findingsIn(own("upload")) },
    ...uploadTerms(ctx),
  });
}

/** The course that the package is looked at for, where in it its versions are, and where they may go; nothing without one that this person edits. */
async function placeOf(ctx: Context, courseId: string | null, versions: readonly { id: string; number: number }[]) {
  if (courseId === null || !ctx.can("courses.edit", courseId)) return undefined;
  const draft = await draftSeen(ctx, courseId);
  const content = await readContent(ctx, draft.version.id);
  const numberOf = new Map(versions.map(({ id, number }) => [id, number]));
  const uses = content.flatMap((module) =>
    module.items.flatMap(({ key, title, kind, content: { packageVersionId } }) => {
      const number = kind === "package" ? numberOf.get(String(packageVersionId)) : undefined;
      return number === undefined ? [] : [{ key, title: title || "Untitled item", module: module.title || "Untitled module", number }];
    }),
  );
  return {
    course: { id: courseId, title: draft.version.title || "Untitled course" },
    modules: content.map(({ key, title }) => ({ value: key, label: title || "Untitled module" })),
    uses,
  };
}

/** The id of a package's version by its number. @throws package_missing (404) */
export async function numberedVersionId(ctx: Context, packageId: string, number: number): Promise<string> {
  await seenPackage(ctx, packageId);
  const found = await ctx.db.maybe<{ id: string }>(sql`select id from package_version where package_id = ${packageId} and number = ${number}`);
  if (!found) throw packageError("package_missing", `The package has no version ${number}.`);
  return found.id;
}
