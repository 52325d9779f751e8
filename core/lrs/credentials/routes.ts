import { t } from "../../kernel/schema.ts";
import { listReply, pageQuery } from "../../http/paging.ts";
import { created, json, noContent } from "../../http/reply.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { labelField } from "../../people/fields.ts";
import * as credentials from "./commands.ts";
import { scopes, type Scope } from "./credential.ts";
import type { Members } from "../statement/shape.ts";

/** What each scope is called on the page, in its order there: what reads beside what writes. */
export const scopeLabels: Record<Scope, string> = {
  all: "Everything",
  "all/read": "Read everything",
  "statements/write": "Send statements",
  "statements/read": "Read statements",
  "statements/read/mine": "Read the statements it sent itself",
  define: "Define activities by what it sends",
  state: "Read and write states",
  "state/read": "Read states",
  profile: "Read and write profiles",
  "profile/read": "Read profiles",
  activities_profile: "Read and write profiles of activities",
  "activities_profile/read": "Read profiles of activities",
  agents_profile: "Read and write profiles of agents",
  "agents_profile/read": "Read profiles of agents",
};
export const scopesField = t.Array(t.Enum(scopes), { minItems: 1, maxItems: scopes.length, description: scopes.map((scope) => `${scope}: ${scopeLabels[scope]}`).join("; ") });
/** How long the secret before a new one counts, in hours; a month at most. */
export const overlapField = t.Integer({ minimum: 0, maximum: 720, default: 24, description: "Hours for which the secret before counts too." });
export const ofCredential = t.Object({ id: t.Id() });

const agent = t.Unsafe<Members>({ type: "object", description: "An Agent of xAPI." });
const shape = {
  id: t.Id(),
  key: t.String(),
  label: t.String(),
  store: t.String({ description: "The store's name." }),
  scopes: t.Array(t.Enum(scopes)),
  activity: t.Nullable(t.String()),
  registration: t.Nullable(t.Id()),
  agent: t.Nullable(agent),
  authority: agent,
  requestsPerMinute: t.Nullable(t.Integer()),
  createdAt: t.Time(),
  expiresAt: t.Nullable(t.Time()),
  expired: t.Boolean(),
  lastUsedAt: t.Nullable(t.Time()),
  formerUntil: t.Nullable(t.Time({ description: "Until when the secret before counts too." })),
};
const wish = t.Object({
  label: labelField,
  scopes: scopesField,
  expiresInDays: t.Nullable(t.Integer({ minimum: 1, maximum: 3660 }), { default: null }),
  store: t.Optional(t.String({ maxLength: 200, description: "The store's name; the site's own unless told." })),
  activity: t.Optional(t.String({ maxLength: 10_000, description: "The only activity it reaches, with what lies below it." })),
  registration: t.Optional(t.Id({ description: "The only registration it reaches." })),
  agent: t.Optional(agent),
  authority: t.Optional(t.Unsafe<Members>({ type: "object", description: "Who vouches for what is sent with it: an Agent, or an anonymous Group of two; {{key}}, {{label}}, {{homePage}} and {{siteName}} in its strings are filled in." })),
  requestsPerMinute: t.Optional(t.Integer({ minimum: 1, maximum: 10_000_000 })),
});
const can = "records.manage";
const secretly = { "Cache-Control": "no-store" };

/** The keys of the record store by the API. */
export const credentialRoutes = ({ get, post, patch, del }: RouteBuilder): readonly Route[] => [
  get("/records/credentials", { can, summary: "The keys of the record store, the newest first.", query: t.Object(pageQuery), answer: t.Array(t.Object(shape)) }, async (ctx, { query, request }) =>
    listReply(request, await credentials.list(ctx, query), (each) => each),
  ),
  post(
    "/records/credentials",
    { can, summary: "Make a key; its secret is in this answer and never shown again.", body: wish, answer: t.Object({ ...shape, secret: t.String() }), status: 201 },
    async (ctx, { body: { activity, registration, agent, authority, ...body } }) => {
      const made = await credentials.create(ctx, { ...body, limits: { activity, registration, agent }, authority: authority && JSON.stringify(authority) });
      return created(`/api/v1/records/credentials/${made.id}`, made).with(secretly);
    },
  ),
  patch("/records/credentials/:id", { can, summary: "Rename a key.", params: ofCredential, body: t.Object({ label: labelField }), answer: t.Object(shape) }, (ctx, { params, body }) => credentials.rename(ctx, params.id, body.label)),
  post(
    "/records/credentials/:id/rotate",
    { can, summary: "Give a key a new secret, which is in this answer and never shown again.", params: ofCredential, body: t.Object({ overlapHours: overlapField }), answer: t.Object({ ...shape, secret: t.String() }) },
    async (ctx, { params, body }) => json(await credentials.rotate(ctx, params.id, body.overlapHours), 200, secretly),
  ),
  del("/records/credentials/:id", { can, summary: "Revoke a key; it stops working within seconds.", params: ofCredential }, async (ctx, { params }) => {
    await credentials.revoke(ctx, params.id);
    return noContent();
  }),
];
