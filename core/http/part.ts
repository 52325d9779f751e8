import { survey } from "../kernel/catalogue.ts";
import { definePlugin } from "../kernel/plugin.ts";
import { t } from "../kernel/schema.ts";
import type { Health } from "./health.ts";
import { httpSettingsSchema } from "./settings.ts";
import { settingsProblems } from "./site.ts";
import { systemRoutes } from "./system-routes.ts";
import { routeProblems } from "./route-problems.ts";
import { removeOldUploads, uploadsFolderOf } from "./uploads.ts";

export type { Health } from "./health.ts";

const httpHooks = {
  "health.checking": survey<Record<string, never>, Health>("How is it? Each plugin may answer for what it depends on."),
};

declare module "../kernel/catalogue.ts" {
  interface HookCatalogue {
    "health.checking": (typeof httpHooks)["health.checking"];
  }
}

/** HTTP: routes, limits, idempotency, and how the process is doing. */
export const httpPart = definePlugin({
  name: "http",
  version: "1.0.0",
  summary: "Serves the API, the pages and the content.",
  config: httpSettingsSchema,
  checkConfig: settingsProblems,
  permissions: { "system.measure": { label: "Read the metrics of the process", roles: [] } },
  errors: {
    invalid_input: { status: 422, summary: "Something in the input is not as its schema wants it; `errors` points to each place." },
    invalid_json: { status: 400, summary: "The body is no JSON." },
    bad_body: { status: 400, summary: "The body did not arrive whole, or is not what its headers say." },
    bad_request: { status: 400, summary: "The request can't be understood." },
    private_address: { status: 400, summary: "An address that was to be called is none of the public internet, nor named in CADRE_PRIVATE_HOSTS." },
    body_too_large: { status: 413, summary: "The body is larger than is allowed here." },
    unsupported_media_type: { status: 415, summary: "The body is of a media type that is not taken here." },
    upload_broken: { status: 400, summary: "An upload broke off; nothing of it was kept." },
    not_found: { status: 404, summary: "There is no such thing, or not for you." },
    method_not_allowed: { status: 405, summary: "The path is right, the method is not; `Allow` tells which are." },
    sign_in_required: { status: 401, summary: "Sign in, or send a token." },
    forbidden: { status: 403, summary: "You are known, and may not do this; `permission` names what it needs." },
    form_expired: { status: 403, summary: "The form is too old, or came from elsewhere." },
    cross_site_request: { status: 403, summary: "Another site asked this browser to make the request." },
    too_many_requests: { status: 429, summary: "Wait for as long as `Retry-After` says." },
    bad_idempotency_key: { status: 400, summary: "The Idempotency-Key is too long." },
    idempotency_key_reused: { status: 422, summary: "The Idempotency-Key was used for another request." },
    request_running: { status: 409, summary: "The first request with this Idempotency-Key is still running." },
    upgrade_required: { status: 426, summary: "Only WebSockets are opened here." },
    too_many_sockets: { status: 429, summary: "As many WebSockets as are allowed are open already; close one." },
    not_ready: { status: 503, summary: "The process can't do its work now." },
    plugin_failed: { status: 500, summary: "A plugin failed in a hook, and what it guards was not done." },
    internal_error: { status: 500, summary: "A fault on our side, noted under the request's number." },
  },
  jobs: (job) => ({
    removeOldUploads: job(t.Object({}), (ctx) => removeOldUploads(uploadsFolderOf(ctx.site.dataDir), new Date(ctx.now().getTime() - 86_400_000))),
  }),
  schedules: { removeOldUploads: { cron: "0 3 * * *", job: "removeOldUploads" } },
  routes: systemRoutes,
  provides: {
    hooks: httpHooks,
    contributions: {
      routes: { summary: "Routes of the API, pages and forms.", check: (_, plugin, all) => routeProblems(plugin, all) },
      authenticators: { summary: "Ways of telling who is asking." },
    },
  },
});
