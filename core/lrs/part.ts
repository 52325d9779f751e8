import { definePlugin } from "../kernel/plugin.ts";
import { t } from "../kernel/schema.ts";
import type { Transactions } from "../db/database.ts";
import { browseRoutes } from "./browsing/routes.ts";
import { credentialPages } from "./credentials/pages.ts";
import { credentialRoutes } from "./credentials/routes.ts";
import { credentialSettings } from "./credentials/settings.ts";
import { exportRoutes } from "./transfers/export-routes.ts";
import { statementSource, tellingOf } from "./feed.ts";
import { recordHooks } from "./hooks.ts";
import { carryOnForAWhile } from "./transfers/import-job.ts";
import { importRoutes } from "./transfers/import-routes.ts";
import * as launchCredentials from "./credentials/launch.ts";
import { limitSettings } from "./stores/limits.ts";
import { mergeMentions, type Telling } from "./mentions.ts";
import { privacyPages } from "./privacy/pages.ts";
import { erasePerson, exportPerson, privacySettings } from "./privacy/person.ts";
import { privacyRoutes } from "./privacy/routes.ts";
import { carryForAWhile } from "./privacy/run.ts";
import { openRecords, recordsOf } from "./records.ts";
import { dropExpired, makeRoomAhead } from "./stores/retention.ts";
import { noteVerbs } from "./browsing/seen-verbs.ts";
import { storeRoutes } from "./stores/routes.ts";
import { tailRoutes } from "./browsing/tail-routes.ts";
import { commonVerbs, verbsField } from "./verbs.ts";
import { wallHealth } from "./stores/wall.ts";
import { recordAuthenticators, xapiRoutes } from "./resources/routes.ts";

/** Records: the learning record store and its xAPI endpoint. */
export const recordsPart = definePlugin({
  name: "records",
  version: "1.0.0",
  summary: "Keeps what people learn as xAPI statements, the site's own and those of other tools.",
  config: t.Object({
    ...limitSettings,
    pageSize: t.Integer({ env: "CADRE_XAPI_PAGE_SIZE", default: 250, minimum: 1, maximum: 5000, description: "Statements on one page of an xAPI answer at most." }),
    ...credentialSettings,
    ...privacySettings,
  }),
  permissions: {
    "records.manage": { label: "Make and revoke keys of the record store", roles: [] },
    "records.read": { label: "Look at statements of the record store and export them", roles: ["administrator"] },
    "records.import": { label: "Import statements of another record store", roles: ["administrator"] },
    "records.privacy": { label: "Export, erase and pseudonymise what the record store has of somebody", roles: ["administrator"] },
    "records.send": { label: "Send xAPI statements of one's own by an API token", roles: ["user"] },
  },
  errors: {
    credentials_required: { status: 401, summary: "Send a key of the record store and its secret as Basic credentials." },
    wrong_credentials: { status: 401, summary: "The key is unknown, revoked or expired, or the secret is not its own." },
    scope_missing: { status: 403, summary: "The key may not do this; `scopes` names what it needs." },
    outside_limits: { status: 403, summary: "A statement or document lies outside what the key is limited to; `errors` tells which and why." },
    issuer_unreachable: { status: 503, summary: "The keys that bearer tokens are checked with can't be had now." },
    invalid_authority: { status: 422, summary: "The authority is no Agent, nor an anonymous Group of two, or names a value that is not there." },
    invalid_limits: { status: 422, summary: "What a key is to be limited to is no activity, registration or agent; `errors` tells which." },
    unknown_store: { status: 422, summary: "There is no store of this name." },
    version_required: { status: 400, summary: "Send X-Experience-API-Version." },
    version_not_spoken: { status: 400, summary: "Only xAPI 1.0.x and 2.0.x are spoken here." },
    invalid_statements: { status: 400, summary: "Something in the statements is not as xAPI wants it; `errors` tells where, what, and which clause says so." },
    invalid_parameters: { status: 400, summary: "A parameter is unknown or not as xAPI wants it." },
    wrong_request: { status: 400, summary: "The request is none of those that xAPI knows." },
    invalid_multipart: { status: 400, summary: "The multipart body is not as RFC 2046 wants it; the message tells which part." },
    attachment_too_large: { status: 413, summary: "An attachment is larger than the `maxBytes` allowed here." },
    too_many_statements: { status: 413, summary: "The request has more statements than the `maxStatements` allowed here." },
    json_too_deep: { status: 400, summary: "The JSON is nested too deep." },
    no_such_statement: { status: 404, summary: "There is no such statement, or not for this key." },
    no_such_document: { status: 404, summary: "There is no such state or profile." },
    document_exists: { status: 409, summary: "The document is there already; send its ETag as If-Match to replace it." },
    condition_required: { status: 400, summary: "A profile is stored with If-None-Match: * or with its ETag as If-Match." },
    precondition_failed: { status: 412, summary: "The document is not as If-Match or If-None-Match wants it." },
    not_mergeable: { status: 400, summary: "Only JSON objects can be merged, both told to be application/json." },
    statement_conflict: { status: 409, summary: "Another statement with this id is stored already." },
    no_such_store: { status: 404, summary: "There is no store of this number." },
    store_name_taken: { status: 409, summary: "Another store has this name." },
    store_in_use: { status: 409, summary: "The site writes to this store itself, so it can't be closed." },
    import_done: { status: 409, summary: "The import is done already." },
    invalid_agents: { status: 422, summary: "An agent can't be told from others: it needs one identifier, as xAPI wants it." },
    no_agents: { status: 422, summary: "A request for privacy names at least one agent." },
    nothing_to_do: { status: 422, summary: "A request for privacy keeps everything." },
    not_confirmed: { status: 422, summary: "What was to be typed to confirm is not what was typed." },
    privacy_done: { status: 409, summary: "The request is done already." },
    agent_forgotten: { status: 403, summary: "A statement names somebody whose records were erased, and of whom no more are taken." },
    records_closed: { status: 503, summary: "The record store is not open yet." },
  },
  provides: { hooks: recordHooks, contributions: { verbs: verbsField } },
  verbs: commonVerbs,
  authenticators: recordAuthenticators,
  feedSources: { statements: statementSource },
  feeds: { statements: { batch: 500, run: (ctx, statements) => merge(recordsOf(ctx).transactions, statements.map(tellingOf)) } },
  jobs: (job) => ({
    importStatements: job(t.Object({ id: t.Id() }), carryOnForAWhile, { timeoutSeconds: 600, concurrency: 1 }),
    carryPrivacy: job(t.Object({ id: t.Id() }), carryForAWhile, { timeoutSeconds: 600, concurrency: 1 }),
    makeRoom: job(t.Object({}), makeRoomAhead),
    dropExpired: job(t.Object({}), async (ctx) => void (await dropExpired(ctx))),
    sweepLaunchKeys: job(t.Object({}), launchCredentials.sweep),
  }),
  schedules: {
    makeRoom: { cron: "10 1 * * *", job: "makeRoom", catchUp: true },
    dropExpired: { cron: "20 1 * * *", job: "dropExpired", catchUp: true },
    sweepLaunchKeys: { cron: "55 3 * * *", job: "sweepLaunchKeys" },
  },
  routes: (build) => [
    ...xapiRoutes(build),
    ...credentialRoutes(build as never),
    ...credentialPages(build as never),
    ...storeRoutes(build as never),
    ...browseRoutes(build as never),
    ...tailRoutes(build as never),
    ...exportRoutes(build as never),
    ...importRoutes(build as never),
    ...privacyPages(build as never),
    ...privacyRoutes(build as never),
  ],
  nav: [{ place: "admin", label: "Records", href: "/admin/records/statements", under: "/admin/records", can: "records.read" }],
  hooks: {
    "user.erasing": (ctx, { userId }) => erasePerson(ctx, userId),
    "user.exporting": (ctx, { userId }) => exportPerson(ctx, userId),
    "health.checking": async (ctx) => wallHealth(recordsOf(ctx).wall.obstacle),
  },
  start: openRecords,
  stop: async (ctx) => recordsOf(ctx).close(),
});

/** What statements tell beside themselves: of activities and agents, and which verbs there are. */
async function merge(db: Transactions, tellings: readonly Telling[]): Promise<void> {
  await mergeMentions(db, tellings);
  await noteVerbs(db, tellings);
}
