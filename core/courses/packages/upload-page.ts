import type { Context } from "../../kernel/context.ts";
import type { CadreError } from "../../kernel/errors.ts";
import { pagerOf, type PageRequest } from "../../http/paging.ts";
import { page, type Reply } from "../../http/reply.ts";
import type { RawRequest } from "../../http/request.ts";
import type { HttpSettings } from "../../http/settings.ts";
import { formOf } from "../../pages/form.ts";
import { draftSeen } from "../drafts.ts";
import { courseTabs } from "../editor.ts";
import { sizeOf } from "../../pages/words.ts";
import { standardOf } from "../package-kind.ts";
import { acceptedStandards } from "./formats.ts";
import { listPackages } from "./listing.ts";
import type { Diagnostic } from "./report.ts";
import { findingsOf } from "./verdict.ts";

/** Where packages for a course are uploaded; after a refusal with everything that was found. */
export async function uploadPage(ctx: Context, request: RawRequest, courseId: string, at: PageRequest, refused?: CadreError): Promise<Reply> {
  const { version } = await draftSeen(ctx, courseId);
  const title = version.title || "Untitled course";
  const found = await listPackages(ctx, { courseId }, at);
  return page("instructor/package-upload", {
    page: { title: "Packages", crumbs: courseCrumbs(courseId, title), tabs: courseTabs(courseId, "Packages"), scripts: ["upload.js"] },
    action: `/teach/courses/${courseId}/packages`,
    course: { id: courseId, title },
    form: formAfter(refused),
    findings: findingsIn(refused),
    ...uploadTerms(ctx),
    packages: found.items.map(({ id, title, sizeBytes, number, createdAt, ...row }) => ({
      href: `/teach/packages/${id}?course=${courseId}`,
      title: title || "Untitled package",
      standard: standardOf(row),
      status: "ready",
      version: number,
      size: sizeOf(sizeBytes),
      uploadedAt: createdAt,
    })),
    pager: pagerOf(request, found),
  });
}

/** What may be uploaded, in words and in bytes. */
export function uploadTerms(ctx: Context): { accepts: string; maxSize: string; maxBytes: number } {
  const { maxUploadBytes } = ctx.as("http").config as HttpSettings;
  return { accepts: acceptedStandards(ctx) || "No plugin that reads packages is installed", maxSize: sizeOf(maxUploadBytes), maxBytes: maxUploadBytes };
}

/** The form of an upload, the refusal at its one field. */
export function formAfter(refused?: CadreError) {
  return refused ? { values: {}, problems: [{ field: "file", message: refused.message }] } : formOf({});
}

/** What the report in a refusal says. */
export function findingsIn(refused?: CadreError) {
  return findingsOf((refused?.data.diagnostics ?? []) as Diagnostic[]);
}

/** The way to a page below a course that is taught. */
export const courseCrumbs = (courseId: string, title: string) => [
  { label: "Teach", href: "/teach/courses" },
  { label: title, href: `/teach/courses/${courseId}` },
];
