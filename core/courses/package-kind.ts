import { t } from "../kernel/schema.ts";
import { sizeOf } from "../pages/words.ts";
import { itemKind } from "./item-kinds.ts";
import { formatsOf } from "./packages/formats.ts";
import { isUsable } from "./packages/listing.ts";
import { versionOf, type PackageVersion } from "./packages/store.ts";

/** A version of an uploaded course package: SCORM, cmi5 and whatever else the installed formats read. */
export const packageKind = itemKind({
  label: "Package",
  icon: "package",
  opens: "player",
  scored: true,
  content: t.Object({ packageVersionId: t.Id() }),
  async check(ctx, { packageVersionId }) {
    const version = await versionOf(ctx.db, packageVersionId);
    const wrong = (code: string, message: string) => [{ pointer: "/packageVersionId", code, message }];
    if (!version) return wrong("package_missing", "its package is not there any more.");
    if (!Object.hasOwn(formatsOf(ctx), version.format)) return wrong("package_format_unknown", `no installed plugin plays ${standardOf(version)}.`);
    return version.diagnostics.some(({ severity }) => severity === "error") ? wrong("package_refused", "its package has errors; see its report.") : [];
  },
  async permit(ctx, { packageVersionId }, { courseId }) {
    if (await isUsable(ctx, packageVersionId, courseId)) return [];
    return [{ pointer: "/packageVersionId", code: "package_missing", message: "There is no such version of a package." }];
  },
  async title(ctx, { packageVersionId }) {
    return (await versionOf(ctx.db, packageVersionId))?.title ?? "Package";
  },
  async note(ctx, { packageVersionId }) {
    const version = await versionOf(ctx.db, packageVersionId);
    return version ? `${standardOf(version)}, ${sizeOf(version.sizeBytes)}` : null;
  },
});

/** "SCORM 2004 4th Edition". */
export function standardOf({ standard, edition }: Pick<PackageVersion, "standard" | "edition">): string {
  return edition ? `${standard} ${edition}` : standard;
}
