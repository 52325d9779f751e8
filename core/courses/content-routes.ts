import { t } from "../kernel/schema.ts";
import { etagOf, matchedVersion } from "../http/etag.ts";
import { created, json, noContent } from "../http/reply.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import { itemOf } from "./content.ts";
import { draftSeen } from "./drafts.ts";
import { contentField, durationField, itemShape, moduleSummaryShape, newTitleField, positionField, titleField } from "./fields.ts";
import { itemKindsOf } from "./item-kinds.ts";
import * as items from "./items.ts";
import * as modules from "./modules.ts";
import { showItem, showModule } from "./reading.ts";
import { inCourse, ofCourse, perhapsMatched } from "./routes.ts";

const ofModule = t.Object({ courseId: t.Id(), moduleKey: t.Id() });
const ofItem = t.Object({ courseId: t.Id(), itemKey: t.Id() });
const edits = { can: "courses.edit", scope: inCourse, ifMatch: "optional" } as const;
const kindShape = t.Object({ name: t.String(), label: t.String(), opens: t.String(), content: t.Object({}, { additionalProperties: true, description: "The JSON Schema of its items' content." }) });

/** Modules and items of a draft over the API. */
export const contentRoutes = ({ get, post, patch, del }: RouteBuilder): readonly Route[] => [
  get("/item-kinds", { can: "courses.create", summary: "The kinds of items that courses can have.", answer: t.Array(kindShape) }, (ctx) =>
    [...itemKindsOf(ctx)].map(([name, { label, opens, content }]) => ({ name, label, opens, content })),
  ),
  post(
    "/courses/:courseId/modules",
    { ...edits, summary: "Add a module to the draft.", params: ofCourse, body: t.Object({ title: newTitleField, position: t.Optional(positionField) }), answer: moduleSummaryShape, status: 201 },
    async (ctx, { params: { courseId }, body, request }) => {
      const { module, revision } = await modules.add(ctx, courseId, body, perhapsMatched(request));
      return created(`/api/v1/courses/${courseId}/modules/${module.key}`, showModule(module)).with({ ETag: etagOf(revision) });
    },
  ),
  patch(
    "/courses/:courseId/modules/:moduleKey",
    { ...edits, ifMatch: "required", summary: "Rename a module.", params: ofModule, body: t.Object({ title: titleField }), answer: moduleSummaryShape },
    async (ctx, { params, body, request }) => {
      const { module, revision } = await modules.rename(ctx, params.courseId, params.moduleKey, body.title, matchedVersion(request));
      return json(showModule(module), 200, { ETag: etagOf(revision) });
    },
  ),
  post(
    "/courses/:courseId/modules/:moduleKey/move",
    { ...edits, summary: "Move a module.", params: ofModule, body: t.Object({ position: positionField }), answer: moduleSummaryShape, status: 200 },
    async (ctx, { params, body, request }) => {
      const { module, revision } = await modules.move(ctx, params.courseId, params.moduleKey, body.position, perhapsMatched(request));
      return json(showModule(module), 200, { ETag: etagOf(revision) });
    },
  ),
  del("/courses/:courseId/modules/:moduleKey", { ...edits, summary: "Remove a module with its items.", params: ofModule }, async (ctx, { params, request }) => {
    const { revision } = await modules.remove(ctx, params.courseId, params.moduleKey, perhapsMatched(request));
    return noContent().with({ ETag: etagOf(revision) });
  }),
  post(
    "/courses/:courseId/items",
    {
      ...edits,
      summary: "Add an item to a module of the draft.",
      params: ofCourse,
      body: t.Object({
        moduleKey: t.Id(),
        kind: t.String({ minLength: 1, maxLength: 100 }),
        title: t.Optional(newTitleField),
        content: contentField,
        required: t.Optional(t.Boolean()),
        durationMs: t.Optional(durationField),
        position: t.Optional(positionField),
      }),
      answer: itemShape,
      status: 201,
    },
    async (ctx, { params: { courseId }, body, request }) => {
      const { item, revision } = await items.add(ctx, courseId, body, perhapsMatched(request));
      return created(`/api/v1/courses/${courseId}/items/${item.key}`, showItem(item)).with({ ETag: etagOf(revision) });
    },
  ),
  get("/courses/:courseId/items/:itemKey", { can: "courses.read", scope: inCourse, summary: "An item of the draft.", params: ofItem, answer: itemShape }, async (ctx, { params }) => {
    const { course, version } = await draftSeen(ctx, params.courseId);
    return json(showItem(await itemOf(ctx, version.id, params.itemKey)), 200, { ETag: etagOf(course.revision) });
  }),
  patch(
    "/courses/:courseId/items/:itemKey",
    {
      ...edits,
      ifMatch: "required",
      summary: "Change an item; its content is replaced as a whole.",
      params: ofItem,
      body: t.Partial(t.Object({ title: titleField, content: contentField, required: t.Boolean(), durationMs: durationField }), { additionalProperties: false }),
      answer: itemShape,
    },
    async (ctx, { params, body, request }) => {
      const { item, revision } = await items.edit(ctx, params.courseId, params.itemKey, body, matchedVersion(request));
      return json(showItem(item), 200, { ETag: etagOf(revision) });
    },
  ),
  post(
    "/courses/:courseId/items/:itemKey/move",
    { ...edits, summary: "Move an item, also to another module.", params: ofItem, body: t.Object({ moduleKey: t.Optional(t.Id()), position: t.Optional(positionField) }), answer: itemShape, status: 200 },
    async (ctx, { params, body, request }) => {
      const { item, revision } = await items.move(ctx, params.courseId, params.itemKey, body, perhapsMatched(request));
      return json(showItem(item), 200, { ETag: etagOf(revision) });
    },
  ),
  del("/courses/:courseId/items/:itemKey", { ...edits, summary: "Remove an item.", params: ofItem }, async (ctx, { params, request }) => {
    const { revision } = await items.remove(ctx, params.courseId, params.itemKey, perhapsMatched(request));
    return noContent().with({ ETag: etagOf(revision) });
  }),
];
