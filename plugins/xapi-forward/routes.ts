import { created, listReply, noContent, pageQuery, t, type Route, type RouteBuilder } from "cadre";
import { statementFilter } from "./filter.ts";
import * as queue from "./queue.ts";
import type { ForwardSettings } from "./settings.ts";
import * as targets from "./targets.ts";

export const can = "xapi-forward.manage";
export const byId = t.Object({ id: t.Id() });
export const targetFields = {
  kind: t.Enum(["store", "webhook"]),
  label: t.String({ minLength: 1, maxLength: 100 }),
  url: t.String({ minLength: 1, maxLength: 2000, description: "A store's endpoint, the one that ends in /xapi or the like, or a webhook's address." }),
  version: t.Enum(["1.0.3", "2.0.0"], { default: "1.0.3", description: "The xAPI a store is spoken to in." }),
  username: t.String({ maxLength: 300, default: "", description: "A store's key." }),
  secret: t.String({ maxLength: 1000, default: "", description: "The key's secret." }),
};

/** What is sent again: everything that a store was given since a time. */
const resendFields = { store: t.Integer({ minimum: 1, default: 1 }), since: t.Time() };

const view = t.Object({
  id: t.Id(),
  kind: t.Enum(["store", "webhook"]),
  label: t.String(),
  url: t.String(),
  version: t.String(),
  username: t.String(),
  filter: statementFilter,
  paused: t.Boolean(),
  failures: t.Integer(),
  error: t.Nullable(t.String()),
  retryAt: t.Nullable(t.Time()),
  sent: t.Integer(),
  sentAt: t.Nullable(t.Time()),
  createdAt: t.Time(),
  waiting: t.Integer(),
  buried: t.Integer(),
});
const buriedView = t.Object({ position: t.String(), store: t.Integer(), statementId: t.String(), reason: t.String(), at: t.Time() });

/** Targets by the API. */
export const targetRoutes = ({ get, post, del }: RouteBuilder<ForwardSettings>): readonly Route[] => [
  get("/targets", { can, summary: "Where statements are sent, and how that goes.", answer: t.Array(view) }, (ctx) => targets.list(ctx)),
  post(
    "/targets",
    {
      can,
      summary: "Send statements somewhere, from now on; a webhook's signing secret is in this answer and never shown again.",
      body: t.Object({ ...targetFields, filter: t.Optional(statementFilter) }),
      answer: t.Object({ target: view, secret: t.Nullable(t.String()) }),
      status: 201,
    },
    async (ctx, { body: { filter = { stores: [], verbs: [], activities: [] }, ...wish } }) => {
      const made = await targets.create(ctx, { ...wish, filter });
      return created(`/api/v1/xapi-forward/targets/${made.target.id}`, made).with({ "Cache-Control": "no-store" });
    },
  ),
  get("/targets/:id", { can, summary: "One target.", params: byId, answer: view }, (ctx, { params }) => targets.get(ctx, params.id)),
  del("/targets/:id", { can, summary: "Send there no more, and forget what waits.", params: byId }, async (ctx, { params }) => {
    await targets.remove(ctx, params.id);
    return noContent();
  }),
  post("/targets/:id/pause", { can, summary: "Let statements wait.", params: byId, answer: view }, async (ctx, { params }) => {
    await targets.pause(ctx, params.id);
    return targets.get(ctx, params.id);
  }),
  post("/targets/:id/resume", { can, summary: "Send on, at once.", params: byId, answer: view }, async (ctx, { params }) => {
    await targets.resume(ctx, params.id);
    return targets.get(ctx, params.id);
  }),
  post("/targets/:id/try", { can, summary: "Ask whether it could be sent to.", params: byId, answer: t.Object({ is: t.String(), reason: t.Optional(t.String()) }) }, async (ctx, { params }) => {
    const outcome = await targets.tryOut(ctx, params.id);
    return outcome.is === "taken" ? { is: "taken" } : { is: outcome.is, reason: outcome.reason };
  }),
  post("/targets/:id/resend", { can, summary: "Send what a store was given since a time, again or for the first time.", params: byId, body: t.Object(resendFields), status: 202 }, async (ctx, { params, body }) => {
    await queue.resend(ctx, params.id, { store: body.store, since: new Date(body.since) });
    return targets.get(ctx, params.id);
  }),
  get("/targets/:id/buried", { can, summary: "What it would not take, and why, the latest first.", params: byId, query: t.Object(pageQuery), answer: t.Array(buriedView) }, async (ctx, { params, query, request }) =>
    listReply(request, await targets.buried(ctx, (await targets.get(ctx, params.id)).id, query), ({ position, store, statementId, reason, at }) => ({ position, store, statementId, reason, at })),
  ),
  post("/targets/:id/replay", { can, summary: "Send what was buried again.", params: byId, answer: t.Object({ replayed: t.Integer() }) }, async (ctx, { params }) => ({
    replayed: await queue.replay(ctx, (await targets.get(ctx, params.id)).id),
  })),
];
