import type { Context } from "../kernel/context.ts";
import { t } from "../kernel/schema.ts";
import { listReply, pageQuery, pagerOf, type PageRequest } from "../http/paging.ts";
import { created, noContent, page, redirect, type Reply } from "../http/reply.ts";
import type { RawRequest } from "../http/request.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import { formOf, type Form } from "../pages/form.ts";
import { labelField } from "../people/fields.ts";
import * as credentials from "./credential-commands.ts";
import { scopes, type Scope } from "./credentials.ts";

const scopeLabels: Record<Scope, string> = {
  all: "Everything",
  "all/read": "Read everything",
  "statements/write": "Send statements",
  "statements/read": "Read statements",
  "statements/read/mine": "Read the statements it sent itself",
  state: "Read and write states",
  "state/read": "Read states",
  define: "Define activities by the statements it sends",
  profile: "Read and write profiles",
  "profile/read": "Read profiles",
  activities_profile: "Read and write profiles of activities",
  "activities_profile/read": "Read profiles of activities",
  agents_profile: "Read and write profiles of agents",
  "agents_profile/read": "Read profiles of agents",
};
const lifetimes = ["never", "30", "90", "365"] as const;
const scopesField = t.Array(t.Enum(scopes), { minItems: 1, maxItems: scopes.length, description: scopes.map((scope) => `${scope}: ${scopeLabels[scope]}`).join("; ") });
const ofCredential = t.Object({ id: t.Id() });
const shape = { id: t.Id(), key: t.String(), label: t.String(), scopes: t.Array(t.Enum(scopes)), createdAt: t.Time(), expiresAt: t.Nullable(t.Time()), expired: t.Boolean() };
const can = "records.manage";

/** The keys of the record store, as a page and by the API. */
export const credentialRoutes = ({ get, post, del, page: pageRoute, form }: RouteBuilder): readonly Route[] => [
  get("/records/credentials", { can, summary: "The keys of the record store, the newest first.", query: t.Object(pageQuery), answer: t.Array(t.Object(shape)) }, async (ctx, { query, request }) =>
    listReply(request, await credentials.list(ctx, query), (each) => each),
  ),
  post(
    "/records/credentials",
    {
      can,
      summary: "Make a key; its secret is in this answer and never shown again.",
      body: t.Object({ label: labelField, scopes: scopesField, expiresInDays: t.Nullable(t.Integer({ minimum: 1, maximum: 3660 }), { default: null }) }),
      answer: t.Object({ ...shape, secret: t.String() }),
      status: 201,
    },
    async (ctx, { body }) => {
      const made = await credentials.create(ctx, body);
      return created(`/api/v1/records/credentials/${made.id}`, made).with({ "Cache-Control": "no-store" });
    },
  ),
  del("/records/credentials/:id", { can, summary: "Revoke a key; it stops working within seconds.", params: ofCredential }, async (ctx, { params }) => {
    await credentials.revoke(ctx, params.id);
    return noContent();
  }),
  pageRoute("/admin/records", { can, summary: "The record store and its keys.", query: t.Object(pageQuery) }, (ctx, { query, request }) => recordsPage(ctx, query, request)),
  form(
    "/admin/records/keys",
    {
      can,
      summary: "Make a key; its secret is shown once.",
      body: t.Object({ label: labelField, scopes: scopesField, expires: t.Enum(lifetimes) }),
      invalid: (ctx, { body: { label, scopes: wanted, expires }, request }, error) =>
        recordsPage(ctx, firstPage, request, { form: formOf({ label, scopes: [wanted ?? []].flat(), expires }, error) }),
    },
    async (ctx, { body: { expires, ...wish }, request }) => {
      const made = await credentials.create(ctx, { ...wish, expiresInDays: expires === "never" ? null : Number(expires) });
      return (await recordsPage(ctx, firstPage, request, { made })).with({ "Cache-Control": "no-store" });
    },
  ),
  form("/admin/records/keys/:id/revoke", { can, summary: "Revoke a key.", params: ofCredential, body: t.Object({}) }, async (ctx, { params, request }) => {
    await credentials.revoke(ctx, params.id);
    request.flash("good", "The key is revoked, and works nowhere in a few seconds.");
    return redirect("/admin/records");
  }),
];

const firstPage: PageRequest = { limit: 50 };
const empty = { label: "", scopes: ["statements/write", "statements/read/mine"], expires: "365" };

async function recordsPage(ctx: Context, place: PageRequest, request: RawRequest, { form = formOf(empty), made }: { form?: Form; made?: { label: string; key: string; secret: string } } = {}): Promise<Reply> {
  const found = await credentials.list(ctx, place);
  return page("admin/records", {
    page: { title: "Records" },
    endpoint: `${ctx.site.url}/xapi/`,
    form,
    scopes: scopes.map((value) => ({ value, label: scopeLabels[value], hint: value })),
    lifetimes: lifetimes.map((value) => ({ value, label: value === "never" ? "Never" : `In ${value} days` })),
    made: made ? { label: made.label, key: made.key, secret: made.secret } : null,
    keys: found.items,
    pager: pagerOf(request, found),
  });
}
