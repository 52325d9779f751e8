import { bytes, json, launches, refuse, t, type Context, type RawRequest, type Reply, type Route, type RouteBuilder } from "cadre";
import { commit } from "./commits.ts";
import { begin, type Beginning } from "./play2004/begin.ts";
import { commit2004 } from "./play2004/commits.ts";
import { playerPage } from "./player-page.ts";
import type { CommitRequest } from "./runtime/journal.ts";
import type { CommitRequest2004 } from "./playing.ts";
import * as runs from "./runs.ts";
import type { ScormSettings } from "./settings.ts";
import { contentHref } from "./units.ts";

const commitBody = t.Object({
  launchId: t.Id({ description: "Of the page: the journal is numbered within it." }),
  fromSeq: t.Integer({ minimum: 1 }),
  entries: t.Array(t.Array(t.Union([t.String(), t.Number()])), { maxItems: 10_000 }),
  sentAtMs: t.Number({ minimum: 0, maximum: Date.UTC(2200, 0) }),
  token: t.Optional(t.String({ maxLength: 200, description: "The launch's token, in a beacon, which has no headers." })),
  recover: t.Optional(t.Boolean()),
  take: t.Optional(t.Boolean({ description: "This page plays from now on, in place of whichever did." })),
  leaving: t.Optional(t.Boolean({ description: "The page is being left." })),
  calls: t.Optional(t.Array(t.Array(t.Union([t.String({ maxLength: 300 }), t.Number()])), { maxItems: 200, description: "What content called besides, to be read in the launch's diagnosis." })),
});

const identifier = t.String({ maxLength: 64_000 });
const learnerRequest = t.Union([
  t.Object({ kind: t.Enum(["continue", "previous", "exitAll", "leave"]) }),
  t.Object({ kind: t.Literal("choice"), target: identifier }),
]);

const commitBody2004 = t.Object({
  ...commitBody.properties,
  navigation: t.Optional(t.Object({ number: t.Integer({ minimum: 1, description: "Counts what this page asked for." }), request: learnerRequest })),
  activity: t.Optional(identifier),
});

const beginning = t.Object({
  unit: t.Optional(t.String({ maxLength: 4000, description: "Where the learner asked to go." })),
  take: t.Optional(t.Boolean({ description: "This page plays from now on, in place of whichever did." })),
});

const commitOptions = { can: "anyone", origin: "content", reads: "json", maxBytes: 1024 * 1024, limit: { points: 30_000, durationS: 60 } } as const;

/** The player's page and what it posts to, both on the content origin, both by a launch's token. */
export const scormRoutes = ({ raw }: RouteBuilder<ScormSettings>): readonly Route[] => [
  raw("GET")(
    "/:token/player",
    { can: "anyone", origin: "content", summary: "The page that runs a SCORM unit.", query: t.Object({ unit: t.String({ maxLength: 4000 }) }), limit: { points: 6000, durationS: 60 } },
    (ctx, { params, query, request }) => player(ctx, request, String(params.token), query.unit),
  ),
  raw("POST")(
    "/commit",
    { ...commitOptions, summary: "Takes a piece of a SCORM run's journal.", body: commitBody },
    async (ctx, { body, request }) => json(await commit(ctx, tokenOf(request, body.token), body as CommitRequest), 200, { "Cache-Control": "no-store" }),
  ),
  raw("GET")(
    "/:token/course",
    { can: "anyone", origin: "content", summary: "The page that runs a SCORM 2004 course.", query: beginning, limit: { points: 6000, durationS: 60 } },
    (ctx, { params, query, request }) => course(ctx, request, String(params.token), query),
  ),
  raw("POST")(
    "/course/commit",
    { ...commitOptions, summary: "Takes a piece of a SCORM 2004 run's journal, and where the learner goes.", body: commitBody2004 },
    async (ctx, { body, request }) => json(await commit2004(ctx, tokenOf(request, body.token), body as CommitRequest2004), 200, { "Cache-Control": "no-store" }),
  ),
];

async function player(ctx: Context<ScormSettings>, request: RawRequest, token: string, identifier: string): Promise<Reply> {
  const launch = await launches.byToken(ctx, token);
  launches.requireOwnOrigin(ctx, launch, request);
  const { runId, unit, scope, setup, state, elsewhere } = await runs.begin(ctx, launch, identifier);
  const { url, assets } = ctx.site;
  const contentUrl = launches.contentUrlOf(ctx.site, launch);
  const html = playerPage(
    {
      standard: "scorm12",
      launchId: runId,
      scope,
      token,
      commitUrl: `${contentUrl}/scorm/commit`,
      scoUrl: contentHref(contentUrl, token, unit),
      lmsOrigin: url,
      title: unit.title,
      setup,
      state,
      elsewhere,
    },
    assets.get("scorm/player.js")?.href ?? "",
  );
  return bytes(html, "text/html; charset=utf-8").with({ "Cache-Control": "no-store" });
}

async function course(ctx: Context<ScormSettings>, request: RawRequest, token: string, where: Beginning): Promise<Reply> {
  const launch = await launches.byToken(ctx, token);
  launches.requireOwnOrigin(ctx, launch, request);
  const page = await begin(ctx, launch, token, where);
  const { url, assets } = ctx.site;
  const contentUrl = launches.contentUrlOf(ctx.site, launch);
  const html = playerPage({ standard: "scorm2004", token, commitUrl: `${contentUrl}/scorm/course/commit`, lmsOrigin: url, scope: `${launch.registration}/${launch.itemKey}`, launchId: launch.id, ...page }, assets.get("scorm/course.js")?.href ?? "");
  return bytes(html, "text/html; charset=utf-8").with({ "Cache-Control": "no-store" });
}

/** @throws launch_unknown (401) where the request has no token */
function tokenOf(request: RawRequest, inBody: string | undefined): string {
  const [, inHeader] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "") ?? [];
  const token = inHeader ?? inBody;
  if (token === undefined) throw refuse("launch_unknown", "Send the launch's token.", { status: 401 });
  return token;
}
