import { isCadreError, refuse } from "../kernel/errors.ts";
import { checker, t } from "../kernel/schema.ts";
import { noContent, redirect, type Reply } from "../http/reply.ts";
import type { RawRequest } from "../http/request.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import { formOf } from "../pages/form.ts";
import { completionRuleSchema, type CompletionRule } from "./completion.ts";
import * as courses from "./courses.ts";
import { editorPage, itemEditor } from "./editor.ts";
import { newTitleField, followersField, noteField, positionField, slugField, summaryField } from "./fields.ts";
import * as items from "./items.ts";
import * as modules from "./modules.ts";
import { inCourse, ofCourse } from "./routes.ts";
import { taughtPage } from "./teach-pages.ts";

const ofModule = t.Object({ courseId: t.Id(), moduleKey: t.Id() });
const ofItem = t.Object({ courseId: t.Id(), itemKey: t.Id() });
const edits = { can: "courses.edit", scope: inCourse } as const;
const publishes = { can: "courses.publish", scope: inCourse } as const;
const titled = t.Object({ title: newTitleField });
const place = { direction: t.Optional(t.Enum(["up", "down"] as const)), position: t.Optional(positionField) };
const minuteMs = 60_000;

/** What the editor's forms post; every one works without JavaScript. */
export const teachForms = ({ form }: RouteBuilder): readonly Route[] => [
  form(
    "/teach/courses",
    { can: "courses.create", summary: "Make a draft.", body: titled, invalid: (ctx, { body, request }, error) => taughtPage(ctx, request, { limit: 25 }, formOf({ title: body.title }, error)) },
    async (ctx, { body }) => redirect(editorOf((await courses.create(ctx, body)).id)),
  ),
  form(
    "/teach/courses/:courseId",
    {
      ...edits,
      summary: "Save title, address and summary.",
      params: ofCourse,
      body: t.Object({ title: newTitleField, slug: slugField, summary: summaryField }),
      invalid: (ctx, { params, body }, error) => editorPage(ctx, params.courseId as string, { form: "details", values: body, error }),
    },
    async (ctx, { params, body, request }) => {
      await courses.edit(ctx, params.courseId, { ...body, summary: unixLines(body.summary) });
      return saved(request, params.courseId, "Details saved.");
    },
  ),
  form(
    "/teach/courses/:courseId/rules",
    {
      ...edits,
      summary: "Save completion, seats and prerequisites.",
      params: ofCourse,
      body: t.Object({ completion: t.String({ maxLength: 100_000 }), capacity: t.String({ pattern: "^([1-9][0-9]{0,5})?$" }), prerequisites: t.Array(t.Id(), { default: [] }) }),
      invalid: (ctx, { params, body }, error) => editorPage(ctx, params.courseId as string, { form: "rules", values: { ...body, prerequisites: [body.prerequisites ?? []].flat() }, error }),
    },
    async (ctx, { params, body, request }) => {
      const capacity = body.capacity === "" ? null : Number(body.capacity);
      await courses.setRules(ctx, params.courseId, { completion: ruleFrom(body.completion), capacity, requires: body.prerequisites });
      return saved(request, params.courseId, "Rules saved.");
    },
  ),
  form("/teach/courses/:courseId/publish", { ...publishes, summary: "Publish the draft.", params: ofCourse, body: t.Object({ note: noteField, followers: t.Optional(followersField) }) }, (ctx, { params, body, request }) =>
    orSay(request, params.courseId, async () => {
      const { number } = await courses.publish(ctx, params.courseId, { note: body.note.trim() || undefined, followers: body.followers });
      return `Version ${number} is published.`;
    }),
  ),
  form("/teach/courses/:courseId/archive", { ...publishes, summary: "Take the course out of the catalogue.", params: ofCourse }, async (ctx, { params, request }) => {
    await courses.archive(ctx, params.courseId);
    return saved(request, params.courseId, "The course is archived.");
  }),
  form("/teach/courses/:courseId/restore", { ...publishes, summary: "Take the course out of the archive.", params: ofCourse }, async (ctx, { params, request }) => {
    await courses.restore(ctx, params.courseId);
    return saved(request, params.courseId, "The course is out of the archive.");
  }),
  form("/teach/courses/:courseId/modules", { ...edits, summary: "Add a module.", params: ofCourse, body: titled }, async (ctx, { params, body }) => {
    await modules.add(ctx, params.courseId, body);
    return back(params.courseId);
  }),
  form("/teach/courses/:courseId/modules/:moduleKey", { ...edits, summary: "Rename a module.", params: ofModule, body: titled }, async (ctx, { params, body }) => {
    await modules.rename(ctx, params.courseId, params.moduleKey, body.title);
    return back(params.courseId);
  }),
  form("/teach/courses/:courseId/modules/:moduleKey/move", { ...edits, summary: "Move a module.", params: ofModule, body: t.Object(place) }, async (ctx, { params: { courseId, moduleKey }, body, request }) => {
    if (body.direction) await modules.step(ctx, courseId, moduleKey, body.direction);
    else await modules.move(ctx, courseId, moduleKey, body.position ?? 0);
    return moved(request, courseId);
  }),
  form("/teach/courses/:courseId/modules/:moduleKey/delete", { ...edits, summary: "Remove a module with its items.", params: ofModule }, async (ctx, { params }) => {
    await modules.remove(ctx, params.courseId, params.moduleKey);
    return back(params.courseId);
  }),
  form(
    "/teach/courses/:courseId/items",
    {
      ...edits,
      summary: "Add a page or a package.",
      params: ofCourse,
      body: t.Object({ moduleId: t.Id(), kind: t.Enum(["page", "package"] as const), title: t.Optional(newTitleField), packageId: t.Optional(t.Id()) }),
    },
    async (ctx, { params: { courseId }, body: { moduleId: moduleKey, kind, title, packageId } }) => {
      const content = kind === "page" ? { markdown: "" } : { packageVersionId: packageId };
      const { item } = await items.add(ctx, courseId, { moduleKey, kind, title, content });
      return kind === "page" ? redirect(`${editorOf(courseId)}/items/${item.key}`) : back(courseId);
    },
  ),
  form(
    "/teach/courses/:courseId/items/:itemKey",
    {
      ...edits,
      summary: "Save an item.",
      params: ofItem,
      body: t.Object({
        title: newTitleField,
        source: t.Optional(t.String({ maxLength: 200_000 })),
        durationMinutes: t.String({ pattern: "^([1-9][0-9]?|[1-5][0-9]{2}|600)?$" }),
        required: t.Optional(t.Literal("on")),
        preview: t.Optional(t.Literal("yes")),
      }),
      invalid: (ctx, { params, body }, error) => itemEditor(ctx, params.courseId as string, params.itemKey as string, { refused: { values: body, error } }),
    },
    async (ctx, { params: { courseId, itemKey }, body, request }) => {
      const durationMs = body.durationMinutes === "" ? null : Number(body.durationMinutes) * minuteMs;
      const content = body.source === undefined ? undefined : { markdown: unixLines(body.source) };
      await items.edit(ctx, courseId, itemKey, { title: body.title, ...(content && { content }), required: body.required === "on", durationMs });
      if (body.preview) return redirect(`${editorOf(courseId)}/items/${itemKey}?preview=yes#preview-of`);
      return saved(request, courseId, `“${body.title}” is saved.`);
    },
  ),
  form(
    "/teach/courses/:courseId/items/:itemKey/move",
    { ...edits, summary: "Move an item.", params: ofItem, body: t.Object({ ...place, listId: t.Optional(t.Id()) }) },
    async (ctx, { params: { courseId, itemKey }, body, request }) => {
      if (body.direction) await items.step(ctx, courseId, itemKey, body.direction);
      else await items.move(ctx, courseId, itemKey, { moduleKey: body.listId, position: body.position });
      return moved(request, courseId);
    },
  ),
  form("/teach/courses/:courseId/items/:itemKey/delete", { ...edits, summary: "Remove an item.", params: ofItem }, async (ctx, { params }) => {
    await items.remove(ctx, params.courseId, params.itemKey);
    return back(params.courseId);
  }),
];

const editorOf = (courseId: string): string => `/teach/courses/${courseId}`;
const back = (courseId: string): Reply => redirect(`${editorOf(courseId)}#content`);
const unixLines = (text: string): string => text.replaceAll("\r\n", "\n");

function saved(request: RawRequest, courseId: string, words: string): Reply {
  request.flash("good", words);
  return redirect(editorOf(courseId));
}

/** The script asks for JSON and needs no page. */
function moved(request: RawRequest, courseId: string): Reply {
  return request.headers.accept?.includes("application/json") ? noContent() : back(courseId);
}

/** A refusal of the command is said on the editor's page instead of a page of its own. */
async function orSay(request: RawRequest, courseId: string, work: () => Promise<string>): Promise<Reply> {
  try {
    return saved(request, courseId, await work());
  } catch (error) {
    if (!isCadreError(error) || error.status >= 500 || error.status === 404) throw error;
    request.flash("bad", error.message);
    return redirect(editorOf(courseId));
  }
}

/** The rule that a choice of the form stands for. @throws invalid_input (422) at the field */
function ruleFrom(text: string): CompletionRule {
  try {
    return checker(completionRuleSchema)(JSON.parse(text));
  } catch (error) {
    throw refuse("invalid_input", "Choose when the course is completed.", { status: 422, problems: [{ pointer: "/completion", code: "enum", message: "Choose one of the list." }], cause: error });
  }
}
