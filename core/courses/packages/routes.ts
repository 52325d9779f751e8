import type { Context } from "../../kernel/context.ts";
import { refuse } from "../../kernel/errors.ts";
import { t } from "../../kernel/schema.ts";
import { listReply, pageQuery } from "../../http/paging.ts";
import { created, noContent } from "../../http/reply.ts";
import type { UploadedFile } from "../../http/request.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { fileNameField, packageDetailShape, packageShape, settingsShape } from "./fields.ts";
import { courseOfPackage, describePackage, listPackages } from "./listing.ts";
import { changeSettings } from "./package-settings.ts";
import * as packages from "./packages.ts";
import type { ReadAhead } from "./read-ahead.ts";

export const ofPackage = t.Object({ packageId: t.Id() });

/** The scope of what is done with a package: the course it was uploaded for. */
export const inPackage = (ctx: Context, { params }: { params: { packageId: string } }): Promise<string | undefined> => courseOfPackage(ctx, params.packageId);

/** Packages over the API. An upload is the whole body, or the one file of a multipart form. */
export const packageRoutes = ({ get, post, patch, del }: RouteBuilder): readonly Route[] => [
  post(
    "/packages",
    {
      can: "packages.upload",
      scope: (_, { query }) => query.courseId,
      summary: "Upload a package. A refusal says everything that was found, in `diagnostics`.",
      query: t.Object({ fileName: t.Optional(fileNameField), courseId: t.Optional(t.Id({ description: "The course it is for." })) }),
      upload: { follow: packages.follow },
      answer: packageDetailShape,
      status: 201,
    },
    async (ctx, { query: { courseId }, files }) => {
      const { packageId } = await packages.install(ctx, { ...uploaded(files), courseId });
      return created(`/api/v1/packages/${packageId}`, await describePackage(ctx, packageId));
    },
  ),
  get(
    "/packages",
    {
      can: "packages.read",
      scope: (_, { query }) => query.courseId,
      summary: "One's own packages, and those of the courses one teaches, newest first.",
      query: t.Object({ courseId: t.Optional(t.Id({ description: "Only those of this course." })), ...pageQuery }),
      answer: t.Array(packageShape),
    },
    async (ctx, { query: { courseId, ...page }, request }) => listReply(request, await listPackages(ctx, { courseId }, page), (row) => row),
  ),
  get("/packages/:packageId", { can: "packages.read", scope: inPackage, summary: "A package: its versions with their reports, and its structure.", params: ofPackage, answer: packageDetailShape }, (ctx, { params }) =>
    describePackage(ctx, params.packageId),
  ),
  patch(
    "/packages/:packageId",
    {
      can: "packages.upload",
      scope: inPackage,
      summary: "Say how a package's content is taken where that differs from the site. Replaces what was said; it counts from the next time the content is opened.",
      params: ofPackage,
      body: t.Object({ settings: settingsShape }),
      answer: packageDetailShape,
    },
    async (ctx, { params: { packageId }, body: { settings } }) => {
      await changeSettings(ctx, packageId, settings);
      return describePackage(ctx, packageId);
    },
  ),
  post(
    "/packages/:packageId/versions",
    {
      can: "packages.upload",
      scope: inPackage,
      summary: "Upload a new version. Items keep the version they have until they are given another.",
      params: ofPackage,
      query: t.Object({ fileName: t.Optional(fileNameField) }),
      upload: { follow: packages.follow },
      answer: packageDetailShape,
      status: 201,
    },
    async (ctx, { params: { packageId }, files }) => {
      await packages.install(ctx, { ...uploaded(files), packageId });
      return created(`/api/v1/packages/${packageId}`, await describePackage(ctx, packageId));
    },
  ),
  del("/packages/:packageId", { can: "packages.delete", scope: inPackage, summary: "Delete a package that no course has.", params: ofPackage }, async (ctx, { params }) => {
    await packages.remove(ctx, params.packageId);
    return noContent();
  }),
];

/** The one file of an upload that `packages.follow` has followed. @throws invalid_input (422) at /file when there is none, or more */
export function uploaded(files: readonly UploadedFile[]): Pick<packages.NewPackage, "file" | "fileName" | "ahead"> {
  const given = files.filter(({ sizeBytes }) => sizeBytes > 0);
  const [one] = given;
  if (one && given.length === 1) return { file: one.path, fileName: one.fileName, ahead: one.followed as ReadAhead | undefined };
  const message = one ? "Send one file at a time." : "Choose a zip file; nothing arrived.";
  throw refuse("invalid_input", message, { status: 422, problems: [{ pointer: "/file", code: one ? "max_items" : "required", message }] });
}
