import { Readable } from "node:stream";
import type { Context } from "../../kernel/context.ts";
import { t, type Static } from "../../kernel/schema.ts";
import { listReply, pageQuery } from "../../http/paging.ts";
import { accepted, json, stream, type Reply } from "../../http/reply.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import { audit } from "../../people/index.ts";
import type { Members } from "../statement/shape.ts";
import { everythingOf } from "./export.ts";
import { agentsOfPerson } from "./person.ts";
import { preview } from "./preview.ts";
import * as requests from "./requests.ts";
import { acts } from "./roles.ts";
import type { Thoroughness } from "./search.ts";
import { checkedAgents } from "./subject.ts";

export const can = "records.privacy";
export const ofRequest = t.Object({ id: t.Id() });

const agents = t.Array(t.Object({}, { additionalProperties: true }), { minItems: 1, maxItems: 100, description: "Agents that stand for one person, each by one identifier, as xAPI has them. An address is looked for by its SHA-1 as well." });
const store = t.Optional(t.Nullable(t.Integer({ minimum: 1, description: "The store's number; every store unless told." })));
const who = t.Object({ agents, store });
const act = t.Enum(acts);
const choices = t.Object({ actor: act, instructor: act, authority: act, mention: act, documents: t.Enum(["keep", "erase"] as const) });
const later = t.Enum(requests.laterChoices, { default: "store", description: "What becomes of statements about them that come after: stored as any other, refused, or stored with the pseudonym." });
const anything = t.Object({}, { additionalProperties: true });
const count = t.Integer({ minimum: 0 });
const byRole = t.Object({ actor: count, instructor: count, authority: count, mention: count });
const shape = t.Object({
  id: t.Id(), store: t.Nullable(t.Integer()), choices, later, pseudonym: t.String(), reason: t.String(), state: t.Enum(requests.requestStates), error: t.Nullable(t.String()), step: t.Enum(requests.steps),
  counts: anything, report: t.Nullable(anything), createdAt: t.Time(), startedAt: t.Nullable(t.Time()), finishedAt: t.Nullable(t.Time()),
});

/** Privacy by the API. Whom it is about is in bodies alone, so that no log of addresses has it. */
export const privacyRoutes = ({ get, post }: RouteBuilder): readonly Route[] => [
  post("/records/privacy/preview", { can, summary: "Count what the record store has of somebody, by role; nothing is changed.", body: who, answer: t.Object({ statements: count, byRole, looked: count, documents: count, names: t.Array(t.String()) }) }, (ctx, { body }) =>
    preview(ctx, checkedAgents(body.agents), body.store ?? null),
  ),
  post("/records/privacy/export", { can, summary: "Everything the record store has of somebody, one thing on each line (NDJSON).", body: who }, (ctx, { body }) => exported(ctx, checkedAgents(body.agents), body.store ?? null)),
  post("/records/privacy", { can, summary: "Erase or pseudonymise somebody in the record store, with a choice for each role.", body: t.Object({ agents, store, choices, later }), answer: shape, status: 202 }, async (ctx, { body }) => {
    const begun = await requests.begin(ctx, { ...body, agents: checkedAgents(body.agents) });
    return accepted(`/api/v1/records/privacy/${begun.id}`, shown(begun));
  }),
  get("/records/privacy", { can, summary: "Requests to erase or pseudonymise somebody, the latest first.", query: t.Object(pageQuery), answer: t.Array(shape) }, async (ctx, { query, request }) => listReply(request, await requests.list(ctx, query), shown)),
  get("/records/privacy/:id", { can, summary: "How a request stands, and its report when it is done.", params: ofRequest, answer: shape }, async (ctx, { params }) => shown(await requests.get(ctx, params.id))),
  get("/records/privacy/:id/report.json", { can, summary: "The report of a request that is done, to keep.", params: ofRequest, answer: t.Nullable(anything) }, async (ctx, { params }) =>
    json((await requests.get(ctx, params.id)).report, 200, { "Content-Disposition": `attachment; filename="erasure-${params.id}.json"`, "Cache-Control": "private, no-store" }),
  ),
  get("/records/mine.ndjson", { can: "profile.read", summary: "Everything the record store has of you, one thing on each line.", limit: { points: 20, durationS: 3600 } }, async (ctx) => exported(ctx, await agentsOfPerson(ctx, ctx.actor.id ?? ""), null, "by key")),
];

/** Everything as a download; noted in the audit, without a name. */
export async function exported(ctx: Context, whom: readonly Members[], inStore: number | null, thoroughness: Thoroughness = "everywhere"): Promise<Reply> {
  await requests.storesOf(ctx, inStore);
  await ctx.transact((tx) => audit.record(tx, { action: "records.agent-exported", subject: { kind: "record-privacy" }, detail: { store: inStore, agents: whom.length, thoroughness } }));
  const lines = everythingOf(ctx, whom, inStore, thoroughness);
  return stream(Readable.from(lines, { objectMode: false }), "application/x-ndjson; charset=utf-8").with({ "Content-Disposition": 'attachment; filename="records.ndjson"', "Cache-Control": "private, no-store" });
}

function shown({ id, store: inStore, choices: chosen, later: after, pseudonym, reason, state, error, step, tallies, report, createdAt, startedAt, finishedAt }: requests.PrivacyRequest): Static<typeof shape> {
  return { id, store: inStore, choices: chosen, later: after, pseudonym, reason, state, error, step, counts: tallies, report: report as object | null, createdAt, startedAt, finishedAt } as unknown as Static<typeof shape>;
}
