import { Readable } from "node:stream";
import { refuse } from "../kernel/errors.ts";
import { t } from "../kernel/schema.ts";
import { stream } from "../http/reply.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import { exportersOf } from "./exporters.ts";

const exporterShape = t.Object({ name: t.String(), label: t.String(), summary: t.String(), of: t.Enum(["course", "site"] as const), mediaType: t.String(), href: t.String() });
const place = t.Object({ courseId: t.Optional(t.Id({ description: "The course to export; needed where the exporter is of a course." })) });

/** Files to download. */
export const exportRoutes = ({ get }: RouteBuilder): readonly Route[] => [
  get("/exports", { can: "signed-in", summary: "What you may download, of the site, or of a course.", query: place, answer: t.Array(exporterShape) }, (ctx, { query: { courseId } }) =>
    exportersOf(ctx)
      .filter(({ exporter: { can, of } }) => (of === "course" ? courseId !== undefined && ctx.can(can, courseId) : ctx.can(can)))
      .map(({ name, exporter: { label, summary, of, mediaType } }) => ({ name, label, summary, of, mediaType, href: `/api/v1/exports/${name}${of === "course" ? `?courseId=${courseId}` : ""}` })),
  ),
  get("/exports/:name", { can: "signed-in", summary: "Download a file.", params: t.Object({ name: t.String({ maxLength: 100 }) }), query: place }, (ctx, { params, query: { courseId } }) => {
    const found = exportersOf(ctx).find(({ name }) => name === params.name);
    if (!found) throw refuse("exporter_not_found", "There is no such file to download.", { status: 404 });
    const { can, of, mediaType, fileName, run } = found.exporter;
    if (of === "course" && courseId === undefined) throw refuse("course_needed", "Say which course: ?courseId=…", { status: 400 });
    ctx.require(can, of === "course" ? courseId : undefined);
    const name = fileName({ courseId }).replace(/[^\w.-]+/g, "-");
    const own = ctx.as(found.plugin);
    return stream(Readable.from(run(own, { courseId }), { objectMode: false }), mediaType).with({ "Content-Disposition": `attachment; filename="${name}"`, "Cache-Control": "private, no-store" });
  }),
];
