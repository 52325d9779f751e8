import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { readBytes } from "../http/bodies.ts";
import { bytes, json, noContent, stream, type Reply } from "../http/reply.ts";
import type { RawRequest } from "../http/request.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import { credentialOf, lrsAuthenticator } from "./client.ts";
import { admitted } from "./hooks.ts";
import { essenceOf } from "./attachments/multipart.ts";
import { limitsOf, type RecordLimits } from "./limits.ts";
import { ownStore } from "./own.ts";
import { recordsOf } from "./records.ts";
import { receptionOf, type StatementRequest, type StatementSending, type XapiAnswer } from "./statement-resource.ts";
import { storeOf } from "./stores.ts";
import { versionOf, type XapiVersion } from "./statement/versions.ts";

const path = "/xapi/statements";
const methods = "GET, HEAD, PUT, POST, OPTIONS";

/** xAPI over HTTP, for content and tools of any origin: the Statement Resource and About (Communication 2.1, 2.8, 3.3). */
export const xapiRoutes = ({ raw }: RouteBuilder<RecordLimits>): readonly Route[] => [
  raw("GET")(path, { ...clients, summary: "Finds xAPI statements." }, async (ctx, { request }) => replyOf(await recordsOf(ctx).resource.get(await asked(ctx, request)))),
  raw("POST")(path, { ...clients, summary: "Stores xAPI statements." }, async (ctx, { request }) => replyOf(await recordsOf(ctx).resource.post(await sent(ctx, request)))),
  raw("PUT")(path, { ...clients, summary: "Stores one xAPI statement under its id." }, async (ctx, { request }) => replyOf(await recordsOf(ctx).resource.put(await sent(ctx, request)))),
  raw("POST")(`${path}/validate`, { ...clients, summary: "Tells what a POST of the same statements would do, and stores nothing." }, async (ctx, { request }) => replyOf(await recordsOf(ctx).resource.validate(await sent(ctx, request)))),
  raw("OPTIONS")(`${path}/validate`, { ...open, summary: "Lets scripts of other origins try statements." }, () => noContent().with(preflight)),
  raw("OPTIONS")(path, { ...open, summary: "Lets scripts of other origins call the record store." }, () => noContent().with(preflight)),
  raw("GET")("/xapi/about", { ...open, summary: "The versions of xAPI that are spoken here." }, () => json({ version: ["1.0.3", "2.0.0"] })),
  raw("OPTIONS")("/xapi/about", { ...open, summary: "Lets scripts of other origins ask for the versions." }, () => noContent().with(preflight)),
];

const open = {
  can: "anyone",
  /** Of all answers, refusals too. A credential is sent by hand and never by cookie, so any origin may have it answered. */
  headers: async (ctx: Context, { headers }: RawRequest): Promise<Record<string, string>> => ({
    "X-Experience-API-Version": versionOf(String(headers[versionHeader] ?? "")) ?? (await defaultVersion(ctx, ownStore)),
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Experience-API-Version, X-Experience-API-Consistent-Through, Last-Modified, ETag, Retry-After, X-Request-Id",
  }),
};
const clients = {
  ...open,
  authenticators: ["lrs"] satisfies (keyof typeof recordAuthenticators)[],
  reads: "stream" as const,
  // Many learners stand behind one address, and one key behind many: what holds a client back is its scopes.
  limit: { points: 300_000, durationS: 60 },
};
const preflight = {
  "Access-Control-Allow-Methods": methods,
  "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Experience-API-Version, If-Match, If-None-Match, Accept-Language",
  "Access-Control-Max-Age": "86400",
};
const versionHeader = "x-experience-api-version";

/** Ways of telling who is asking that this part adds. */
export const recordAuthenticators = { lrs: lrsAuthenticator };

async function asked(ctx: Context, { headers, url }: RawRequest): Promise<StatementRequest> {
  const credential = credentialOf(ctx);
  const version = await versionAsked(ctx, headers[versionHeader], credential.store);
  return { path, parameters: url.searchParams, version, credential, acceptLanguage: headers["accept-language"] };
}

async function sent(ctx: Context<RecordLimits>, request: RawRequest): Promise<StatementSending> {
  const common = await asked(ctx, request);
  const contentType = request.headers["content-type"];
  const limits = await limitsOf(ctx, common.credential.store);
  const body = await readBytes(request.stream, essenceOf(contentType) === "multipart/mixed" ? limits.maxMultipartBytes : limits.maxBodyBytes);
  return { ...common, contentType, body, limits, admit: (statements) => admitted(ctx, statements, receptionOf(common), common.credential) };
}

/** @throws version_required (400), version_not_spoken (400); both answer with the version that the store is asked in by default */
async function versionAsked(ctx: Context, header: string | string[] | undefined, store: number): Promise<XapiVersion> {
  const version = versionOf(String(header ?? ""));
  if (version) return version;
  const data = { headers: { "X-Experience-API-Version": await defaultVersion(ctx, store) } };
  if (header === undefined) throw refuse("version_required", "Send the header X-Experience-API-Version: 1.0.3 or 2.0.0.", { status: 400, data });
  throw refuse("version_not_spoken", `xAPI ${String(header)} is not spoken here; 1.0.3 and 2.0.0 are.`, { status: 400, data });
}

async function defaultVersion(ctx: Context, store: number): Promise<XapiVersion> {
  return (await storeOf(ctx, store)).defaultVersion;
}

function replyOf({ status, headers, body }: XapiAnswer): Reply {
  if (status === 204) return noContent().with(headers);
  const { "Content-Type": type = "application/json" } = headers;
  return (typeof body === "string" ? bytes(body, type, status) : stream(body, type, status)).with(headers);
}
