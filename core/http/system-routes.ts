import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { refuse } from "../kernel/errors.ts";
import type { Host } from "../kernel/host.ts";
import { t } from "../kernel/schema.ts";
import { sql } from "../db/sql.ts";
import { openApi } from "./openapi.ts";
import type { Measures } from "./measures.ts";
import { bytes, json, page } from "./reply.ts";
import type { RouteBuilder, Route } from "./routes.ts";
import { scale } from "./scale.ts";
import type { PlacedRoute } from "./table.ts";

declare module "../kernel/context.ts" {
  interface Site {
    /** Every route of this engine. */
    readonly routes: readonly PlacedRoute[];
    readonly measures: Measures;
  }
}

/** How the process is doing, and the documents of the running objects. */
export const systemRoutes = ({ raw, page: pageRoute }: RouteBuilder): readonly Route[] => [
  raw("GET")("/healthz", { can: "anyone", summary: "The process answers." }, () => json({ status: "ok" })),
  raw("GET")("/readyz", { can: "anyone", summary: "The process can do its work: the database answers." }, async (ctx) => {
    await ctx.db.one(sql`select 1 as ready`).catch((error: unknown) => {
      throw refuse("not_ready", "The database does not answer.", { status: 503, cause: error });
    });
    return json({ status: "ready" });
  }),
  raw("GET")("/metrics", { can: "system.measure", authenticators: ["token", "session"], summary: "Prometheus metrics." }, async ({ site }) =>
    bytes(await site.measures.text(), site.measures.contentType),
  ),
  raw("GET")("/api/openapi.json", { can: "anyone", summary: "The API as OpenAPI 3.1." }, ({ site }) => json(openApi(site.routes, { name: site.name, version: site.host.engineVersion, url: site.url }))),
  pageRoute("/docs", { can: "anyone", summary: "Try the API." }, ({ site }) =>
    page("docs/api", {
      page: { title: "API", scripts: ["api.js"] },
      openapiHref: "/api/openapi.json",
      version: site.host.engineVersion,
      swaggerCss: "/docs/swagger/swagger-ui.css",
      swaggerJs: "/docs/swagger/swagger-ui-bundle.js",
    }),
  ),
  raw("GET")("/docs/swagger/:file", { can: "anyone", summary: "Swagger UI's own files.", params: t.Object({ file: t.Enum(["swagger-ui.css", "swagger-ui-bundle.js"] as const) }) }, async (_, { params }) =>
    bytes(await readFile(join(dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json")), params.file)), params.file.endsWith(".css") ? "text/css" : "text/javascript").with({
      "Cache-Control": "public, max-age=86400",
    }),
  ),
  pageRoute("/docs/scale", { can: "anyone", summary: "What the record store costs as it grows." }, () => page("docs/scale", { page: { title: "Scale" }, ...scale })),
  pageRoute("/docs/:list", { can: "anyone", summary: "Hooks, events, errors, permissions and verbs of the running site.", params: t.Object({ list: t.Enum(["hooks", "events", "errors", "permissions", "verbs"] as const) }) }, ({ site: { host } }, { params: { list } }) =>
    page("docs/list", { page: { title: documents[list].heading }, ...documents[list], groups: grouped(host, entries[list](host)) }),
  ),
];

interface Entry {
  plugin: string;
  name: string;
  /** Of the entry in the page; its name unless told. */
  anchor?: string;
  badge: string | null;
  summary: string;
  facts: { label: string; value: string }[];
  schema: unknown;
}

const documents = {
  hooks: { heading: "Hooks", lead: "What runs in process, before the fact. A plugin taps a hook by naming it under hooks." },
  events: { heading: "Events", lead: "What has happened: delivered after the commit, at least once. A plugin listens by naming an event under on." },
  errors: { heading: "Errors", lead: "Every code the API answers with, and the status it comes with." },
  permissions: { heading: "Permissions", lead: "What can be allowed, and the roles that hold it from the start." },
  verbs: { heading: "Verbs", lead: "What xAPI statements say, and how it reads after a name. A plugin adds its own under verbs." },
};

const entries: Record<keyof typeof documents, (host: Host) => Entry[]> = {
  hooks: ({ hookDeclarations, hooks }) =>
    [...hookDeclarations].map(([name, { kind, summary, plugin }]) => ({ plugin, name, badge: kind, summary, facts: [{ label: "Handled by", value: hooks.listeners(name).join(", ") || "nobody" }], schema: null })),
  events: ({ eventDeclarations }) => [...eventDeclarations].map(([name, { summary, plugin, payload }]) => ({ plugin, name, badge: null, summary, facts: [], schema: payload })),
  errors: ({ errors }) => [...errors].map(([name, { status, summary, plugin }]) => ({ plugin, name, badge: String(status), summary, facts: [], schema: null })),
  permissions: ({ permissions }) => [...permissions].map(([name, { label, roles, plugin }]) => ({ plugin, name, badge: null, summary: label, facts: [{ label: "Roles", value: ["administrator", ...roles].join(", ") }], schema: null })),
  verbs: (host) =>
    host.contributions<Record<string, DeclaredVerb>>("verbs").flatMap(({ plugin, value }) =>
      Object.entries(value).map(([name, { id, display }]) => ({
        plugin,
        name,
        anchor: `${plugin}.${name}`,
        badge: null,
        summary: id,
        facts: Object.entries(display).map(([language, words]) => ({ label: `In ${language}`, value: words })),
        schema: null,
      })),
    ),
};

/** What of a verb is shown; the record store, which is above this part, declares the whole of it. */
interface DeclaredVerb {
  id: string;
  display: Record<string, string>;
}

function grouped(host: Host, all: readonly Entry[]): { name: string; entries: (Entry & { anchor: string })[] }[] {
  return host.plugins
    .map(({ name }) => ({ name, entries: all.filter(({ plugin }) => plugin === name).map((entry) => ({ anchor: entry.name, ...entry })) }))
    .filter(({ entries: own }) => own.length > 0);
}
