import { isCadreError } from "../../kernel/errors.ts";
import { t } from "../../kernel/schema.ts";
import { pageQuery } from "../../http/paging.ts";
import { json, redirect, type Reply } from "../../http/reply.ts";
import type { RawRequest } from "../../http/request.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { newTitleField } from "../fields.ts";
import * as items from "../items.ts";
import * as modules from "../modules.ts";
import { inCourse, ofCourse } from "../routes.ts";
import { changeSettings } from "./package-settings.ts";
import * as packages from "./packages.ts";
import { numberedVersionId, reportPage } from "./report-page.ts";
import { inPackage, ofPackage, uploaded } from "./routes.ts";
import { uploadPage } from "./upload-page.ts";

const numberField = t.Integer({ minimum: 1, maximum: 2 ** 31 - 1 });
const forCourse = t.Object({ course: t.Id(), version: numberField });
const listQuery = t.Object({ ...pageQuery, limit: t.Integer({ minimum: 1, maximum: 200, default: 25 }) });

/** Where instructors upload packages, see what is in them, and put them into a course. */
export const packagePages = ({ page, form }: RouteBuilder): readonly Route[] => [
  page("/teach/courses/:courseId/packages", { can: "courses.edit", scope: inCourse, summary: "Upload a package for a course.", params: ofCourse, query: listQuery }, (ctx, { params, query, request }) =>
    uploadPage(ctx, request, params.courseId, query),
  ),
  form(
    "/teach/courses/:courseId/packages",
    {
      can: "courses.edit",
      scope: inCourse,
      summary: "Upload a package for a course.",
      params: ofCourse,
      upload: { follow: packages.follow },
      invalid: (ctx, { params, request }, error) => (wantsProblem(request) ? Promise.reject(error) : uploadPage(ctx, request, params.courseId as string, { limit: 25 }, error)),
    },
    async (ctx, { params: { courseId }, files, request }) => {
      ctx.require("packages.upload", courseId);
      const { packageId } = await packages.install(ctx, { ...uploaded(files), courseId });
      return goTo(request, `/teach/packages/${packageId}?course=${courseId}`);
    },
  ),
  page(
    "/teach/packages/:packageId",
    { can: "packages.read", scope: inPackage, summary: "What is in a package.", params: ofPackage, query: t.Object({ version: t.Optional(numberField), course: t.Optional(t.Id()) }) },
    (ctx, { params, query }) => reportPage(ctx, params.packageId, query),
  ),
  form(
    "/teach/packages/:packageId/versions",
    {
      can: "packages.upload",
      scope: inPackage,
      summary: "Upload a new version of a package.",
      params: ofPackage,
      query: t.Object({ course: t.Optional(t.Id()) }),
      upload: { follow: packages.follow },
      invalid: (ctx, { params, request }, error) =>
        wantsProblem(request) ? Promise.reject(error) : reportPage(ctx, params.packageId as string, courseIn(request), { form: "upload", error }),
    },
    async (ctx, { params: { packageId }, query, files, request }) => {
      await packages.install(ctx, { ...uploaded(files), packageId });
      return goTo(request, `/teach/packages/${packageId}${query.course ? `?course=${query.course}` : ""}`);
    },
  ),
  form(
    "/teach/packages/:packageId/add",
    {
      can: "courses.edit",
      scope: (_, { query }) => query.course,
      summary: "Add a package to a course.",
      params: ofPackage,
      query: forCourse,
      body: t.Object({ title: newTitleField, moduleId: t.Optional(t.Id()) }),
      invalid: (ctx, { params, body, request }, error) => reportPage(ctx, params.packageId as string, courseIn(request), { form: "add", values: body, error }),
    },
    async (ctx, { params, query, body, request }) => {
      const content = { packageVersionId: await numberedVersionId(ctx, params.packageId, query.version) };
      await ctx.transact(async (ctx) => {
        const moduleKey = body.moduleId ?? (await modules.add(ctx, query.course, { title: body.title })).module.key;
        await items.add(ctx, query.course, { moduleKey, kind: "package", title: body.title, content });
      });
      request.flash("good", `“${body.title}” is in the course. Publish it when you are ready.`);
      return redirect(`/teach/courses/${query.course}`);
    },
  ),
  form(
    "/teach/packages/:packageId/use",
    { can: "courses.edit", scope: (_, { query }) => query.course, summary: "Give an item of a course this version.", params: ofPackage, query: forCourse, body: t.Object({ itemKey: t.Id() }) },
    async (ctx, { params, query, body, request }) => {
      const { item } = await items.edit(ctx, query.course, body.itemKey, { content: { packageVersionId: await numberedVersionId(ctx, params.packageId, query.version) } });
      request.flash("good", `“${item.title}” now has version ${query.version}. Learners get it when you publish.`);
      return redirect(`/teach/courses/${query.course}`);
    },
  ),
  form(
    "/teach/packages/:packageId/settings",
    {
      can: "packages.upload",
      scope: inPackage,
      summary: "Say how a package's content is taken.",
      params: ofPackage,
      query: t.Object({ course: t.Optional(t.Id()) }),
      body: t.Object({}, { additionalProperties: t.String({ maxLength: 2000 }) }),
      invalid: (ctx, { params, body, request }, error) => reportPage(ctx, params.packageId as string, courseIn(request), { form: "settings", values: body, error }),
    },
    async (ctx, { params: { packageId }, query: { course }, body, request }) => {
      await changeSettings(ctx, packageId, body, "text");
      request.flash("good", "Saved. It counts from the next time that somebody opens the content.");
      return redirect(`/teach/packages/${packageId}${course ? `?course=${course}` : ""}`);
    },
  ),
  form(
    "/teach/packages/:packageId/delete",
    { can: "packages.delete", scope: inPackage, summary: "Delete a package that no course has.", params: ofPackage, query: t.Object({ course: t.Optional(t.Id()) }) },
    async (ctx, { params: { packageId }, query: { course }, request }) => {
      try {
        await packages.remove(ctx, packageId);
        request.flash("good", "The package is deleted.");
        return redirect(course ? `/teach/courses/${course}/packages` : "/teach/courses");
      } catch (error) {
        if (!isCadreError(error) || error.code !== "package_in_use") throw error;
        request.flash("bad", error.message);
        return redirect(`/teach/packages/${packageId}${course ? `?course=${course}` : ""}`);
      }
    },
  ),
];

/** What a script sends; one that takes HTML as well is shown a refusal as the page shows it. */
const wantsJson = ({ headers }: RawRequest): boolean => headers.accept?.startsWith("application/json") ?? false;
const wantsProblem = (request: RawRequest): boolean => wantsJson(request) && !request.headers.accept?.includes("text/html");

/** The script is told where to go; without one the browser is sent there. */
function goTo(request: RawRequest, location: string): Reply {
  return wantsJson(request) ? json({ location }, 201, { Location: location }) : redirect(location);
}

/** The query of a form whose input was refused before it was checked. */
function courseIn({ parameters }: RawRequest): { course?: string; version?: number } {
  const [course, version] = ["course", "version"].map((name) => parameters.get(name));
  return { course: course ?? undefined, version: version ? Number(version) : undefined };
}
