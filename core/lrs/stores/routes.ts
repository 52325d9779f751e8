import type { Context } from "../../kernel/context.ts";
import { t } from "../../kernel/schema.ts";
import { etagOf, matchedVersion } from "../../http/etag.ts";
import { listReply, pageQuery, pagerOf, type PageRequest } from "../../http/paging.ts";
import { created, json, noContent, page, redirect, type Reply } from "../../http/reply.ts";
import type { RawRequest } from "../../http/request.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { formOf, type Form } from "../../pages/form.ts";
import { labelField } from "../../people/fields.ts";
import { ownStore } from "./own.ts";
import * as stores from "./commands.ts";
import { stateChoices, type Store, type StoreLimits } from "./store.ts";
import { recordPlaces } from "../places.ts";

const can = "records.manage";
const versions = ["2.0.0", "1.0.3"] as const;
const stateLabels: Record<(typeof stateChoices)[number], string> = { "by version": "As its edition says: 1.0.3 replaces it, 2.0 does not", always: "Always replace it", never: "Never replace it" };
const limitLabels: Record<keyof StoreLimits, string> = {
  maxBodyBytes: "Bytes in a request, its attachments not counted",
  maxMultipartBytes: "Bytes in a request with its attachments",
  maxAttachmentBytes: "Bytes in an attachment",
  maxStatements: "Statements in a request",
  maxDepth: "Levels of nesting",
};
const limitNames = Object.keys(limitLabels) as (keyof StoreLimits)[];
const smallest: Record<keyof StoreLimits, number> = { maxBodyBytes: 1024, maxMultipartBytes: 1024, maxAttachmentBytes: 0, maxStatements: 1, maxDepth: 20 };
const limitFields = Object.fromEntries(limitNames.map((name) => [name, t.Optional(t.Integer({ minimum: smallest[name], maximum: 2 ** 30, description: limitLabels[name] }))]));
const authorityField = t.String({ minLength: 1, maxLength: 5000, description: "The Agent that vouches, as JSON; {{key}}, {{label}} and {{homePage}} are filled in." });
const retentionField = t.Integer({ minimum: 1, maximum: 36_600, description: "For how many days statements are kept at least." });
const settings = {
  name: labelField,
  defaultVersion: t.Enum(versions),
  retentionDays: t.Nullable(retentionField),
  limits: t.Object(limitFields),
  authority: t.Nullable(authorityField),
  stateWithoutMatch: t.Enum(stateChoices, { description: "Whether a PUT of a state without If-Match replaces the one that is there." }),
};
const optional = <P extends Record<string, Parameters<typeof t.Optional>[0]>>(fields: P) => Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, t.Optional(field)]));
const wishShape = t.Unsafe<{ name?: string } & stores.StoreWish>(t.Object(optional(settings)));
const newShape = t.Unsafe<{ name: string } & stores.StoreWish>(t.Object({ ...optional(settings), name: labelField }));
const shape = t.Object({ ...settings, limits: t.Object({}, { additionalProperties: true }), id: t.Integer(), createdAt: t.Time(), archivedAt: t.Nullable(t.Time()), version: t.Integer() });
const ofStore = t.Object({ id: t.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }) });
const number = t.String({ pattern: "^([0-9]{1,10})?$", default: "" });
const formFields = t.Unsafe<Record<string, string>>(
  t.Object({
    name: labelField,
    defaultVersion: t.Enum(versions),
    retentionDays: number,
    authority: t.String({ maxLength: 5000 }),
    stateWithoutMatch: t.Enum(stateChoices),
    ...Object.fromEntries(limitNames.map((name) => [name, number])),
  }),
);

/** The stores, as pages and by the API. */
export const storeRoutes = ({ get, post, patch, del, page: pageRoute, form }: RouteBuilder): readonly Route[] => [
  get("/records/stores", { can, summary: "The stores of the record store that are in use.", query: t.Object(pageQuery), answer: t.Array(shape) }, async (ctx, { query, request }) =>
    listReply(request, await stores.list(ctx, query), (each) => each),
  ),
  post("/records/stores", { can, summary: "Open a store; keys of it see nothing of any other.", body: newShape, answer: shape, status: 201 }, async (ctx, { body }) => {
    const store = await stores.create(ctx, body);
    return created(`/api/v1/records/stores/${store.id}`, store).with({ ETag: etagOf(store.version) });
  }),
  get("/records/stores/:id", { can, summary: "One store.", params: ofStore, answer: shape }, async (ctx, { params }) => tagged(await stores.get(ctx, params.id))),
  patch("/records/stores/:id", { can, ifMatch: "required", summary: "Change a store's settings; they hold everywhere within seconds.", params: ofStore, body: wishShape, answer: shape }, async (ctx, { params, body, request }) =>
    tagged(await stores.update(ctx, params.id, body, matchedVersion(request))),
  ),
  del("/records/stores/:id", { can, summary: "Close a store: its keys are revoked, its statements stay.", params: ofStore }, async (ctx, { params }) => {
    await stores.archive(ctx, params.id);
    return noContent();
  }),
  pageRoute("/admin/records/stores", { can, summary: "The stores of the record store.", query: t.Object(pageQuery) }, (ctx, { query, request }) => storesPage(ctx, query, request)),
  form(
    "/admin/records/stores",
    { can, summary: "Open a store.", body: formFields, invalid: (ctx, { body, request }, error) => storesPage(ctx, { limit: 50 }, request, formOf(body, error)) },
    async (ctx, { body, request }) => {
      const { id, name } = await stores.create(ctx, wishOf(body));
      request.flash("good", `“${name}” is open. Now make a key of it.`);
      return redirect(`/admin/records/stores/${id}`);
    },
  ),
  pageRoute("/admin/records/stores/:id", { can, summary: "The settings of one store.", params: ofStore }, async (ctx, { params }) => storePage(await stores.get(ctx, params.id))),
  form(
    "/admin/records/stores/:id",
    { can, ifMatch: "required", summary: "Change a store's settings.", params: ofStore, body: formFields, invalid: async (ctx, { params, body }, error) => storePage(await stores.get(ctx, Number(params.id)), formOf(body, error)) },
    async (ctx, { params, body, request }) => {
      await stores.update(ctx, params.id, wishOf(body));
      request.flash("good", "The settings are saved, and hold everywhere in a few seconds.");
      return redirect(`/admin/records/stores/${params.id}`);
    },
  ),
  form("/admin/records/stores/:id/close", { can, summary: "Close a store.", params: ofStore, body: t.Object({}) }, async (ctx, { params, request }) => {
    await stores.archive(ctx, params.id);
    request.flash("good", "The store is closed, and its keys work nowhere in a few seconds.");
    return redirect("/admin/records/stores");
  }),
];

const tagged = (store: Store): Reply => json(store, 200, { ETag: etagOf(store.version) });

/** What a form says, where an empty field stands for what is so by default. */
function wishOf({ name = "", defaultVersion, retentionDays = "", authority = "", stateWithoutMatch, ...limits }: Record<string, string>): { name: string } & stores.StoreWish {
  return {
    name,
    defaultVersion: defaultVersion as Store["defaultVersion"],
    retentionDays: retentionDays === "" || Number(retentionDays) === 0 ? null : Number(retentionDays),
    authority: authority.trim() === "" ? null : authority,
    stateWithoutMatch: stateWithoutMatch as Store["stateWithoutMatch"],
    limits: Object.fromEntries(limitNames.filter((limit) => (limits[limit] ?? "") !== "").map((limit) => [limit, Math.max(Number(limits[limit]), smallest[limit])])),
  };
}

const fieldsOf = ({ name, defaultVersion, retentionDays, authority, stateWithoutMatch, limits }: Omit<Store, "id" | "createdAt" | "archivedAt" | "version">) => ({ name, defaultVersion, retentionDays, authority, stateWithoutMatch, ...limits });
const untouched = fieldsOf({ name: "", defaultVersion: "2.0.0", retentionDays: null, authority: null, stateWithoutMatch: "by version", limits: {} });
const choices = {
  versions: versions.map((value) => ({ value, label: value })),
  stateChoices: stateChoices.map((value) => ({ value, label: stateLabels[value] })),
  limits: limitNames.map((name) => ({ name, label: limitLabels[name] })),
};

async function storesPage(ctx: Context, place: PageRequest, request: RawRequest, form: Form = formOf(untouched)): Promise<Reply> {
  const found = await stores.list(ctx, place);
  return page("admin/record-stores", { page: { title: "Record stores" }, places: recordPlaces(ctx, "/admin/records/stores"), ...choices, form, stores: found.items, pager: pagerOf(request, found) });
}

async function storePage(store: Store, form: Form = formOf(fieldsOf(store))): Promise<Reply> {
  return page("admin/record-store", { page: { title: store.name }, ...choices, form, store, closable: store.id !== ownStore && store.archivedAt === null });
}
