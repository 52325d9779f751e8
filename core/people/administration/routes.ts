import { t } from "../../kernel/schema.ts";
import type { DeadLetter } from "../../db/backlog.ts";
import { listReply, pageQuery } from "../../http/paging.ts";
import { healthOf } from "../../http/health.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import * as jobs from "./jobs.ts";
import * as plugins from "./plugins.ts";
import { healthShape, jobShape, pluginShape, pluginViewShape, queueShape } from "./shapes.ts";

const byId = t.Object({ id: t.Id() });
const queueName = t.String({ maxLength: 200, pattern: "^[A-Za-z0-9._-]+$" });

/** How the site is doing and what failed, by the API. */
export const administrationRoutes = ({ get, post, del }: RouteBuilder): readonly Route[] => [
  get("/health", { can: "system.read", summary: "What was looked at, and how to mend what is not well.", answer: t.Array(healthShape) }, (ctx) => healthOf(ctx)),
  get("/plugins", { can: "system.read", summary: "Plugins and parts of the core, and how each is doing.", answer: t.Array(pluginShape) }, async (ctx) => (await plugins.list(ctx)).plugins),
  get(
    "/plugins/:name",
    { can: "system.read", summary: "One plugin with its settings; secrets are masked.", params: t.Object({ name: t.String({ pattern: "^[a-z0-9-]+$" }) }), answer: pluginViewShape },
    (ctx, { params }) => plugins.get(ctx, params.name),
  ),
  get("/queues", { can: "system.read", summary: "Every queue with its counts.", answer: t.Array(queueShape) }, (ctx) => jobs.queues(ctx)),
  get("/jobs", { can: "jobs.manage", summary: "Jobs and deliveries that failed in every try.", query: t.Object({ queue: t.Optional(queueName), ...pageQuery }), answer: t.Array(jobShape) }, async (ctx, { query, request }) => {
    const { queue, ...place } = query;
    return listReply(request, await jobs.dead(ctx, queue, place), shown);
  }),
  post("/jobs/replay", { can: "jobs.manage", summary: "Replay all that failed, of one queue or of every one.", body: t.Object({ queue: t.Optional(queueName) }), answer: t.Object({ replayed: t.Integer() }) }, async (ctx, { body }) => ({
    replayed: await jobs.replayAll(ctx, body.queue),
  })),
  post("/jobs/:id/replay", { can: "jobs.manage", summary: "Replay one that failed.", params: byId, status: 204 }, (ctx, { params }) => jobs.replay(ctx, params.id)),
  del("/jobs/:id", { can: "jobs.manage", summary: "Give one that failed up for good.", params: byId, status: 204 }, (ctx, { params }) => jobs.discard(ctx, params.id)),
];

/** What failed, as pages and the API show it; the stack stays in the log. */
export function shown({ id, queue, letterId, content, error, attempts, queuedAt, buriedAt }: DeadLetter): object {
  return { id, queue, letterId, attempts, queuedAt, failedAt: buriedAt, message: error.message, code: error.code ?? null, payload: content };
}

