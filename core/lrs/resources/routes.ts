import type { Context } from "../../kernel/context.ts";
import { bytes, noContent, stream, type Reply } from "../../http/reply.ts";
import type { Method, Route, RouteBuilder } from "../../http/routes.ts";
import { about, aboutByForm } from "./about.ts";
import { activitiesResource } from "./activities.ts";
import { agentsResource } from "./agents.ts";
import { essenceOf } from "../attachments/multipart.ts";
import { lrsAuthenticator } from "../credentials/client.ts";
import { documentResource } from "../documents/resource.ts";
import { admitted } from "../hooks.ts";
import { limitsOf, type RecordLimits } from "../stores/limits.ts";
import { answered } from "../protocol/asked.ts";
import { open, preflight } from "../protocol/open.ts";
import { recordsOf } from "../records.ts";
import { receptionOf, type StatementRequest, type StatementSending, type XapiAnswer } from "./statements.ts";
import type { XapiMethod, XapiRequest, XapiResource } from "./request.ts";

const statementsResource: XapiResource = {
  path: "/xapi/statements",
  methods: {
    GET: { summary: "Finds xAPI statements.", answer: async (ctx, request) => replyOf(await recordsOf(ctx).resource.get(statementRequest(request))) },
    PUT: { summary: "Stores one xAPI statement under its id.", answer: async (ctx, request) => replyOf(await recordsOf(ctx).resource.put(await sending(ctx, request))) },
    POST: { summary: "Stores xAPI statements.", answer: async (ctx, request) => replyOf(await recordsOf(ctx).resource.post(await sending(ctx, request))) },
  },
};

/** Not of xAPI: what a POST of the same statements would do (see `Trial`). */
const validateResource: XapiResource = {
  path: "/xapi/statements/validate",
  methods: {
    POST: { summary: "Tells what a POST of the same statements would do, and stores nothing.", answer: async (ctx, request) => replyOf(await recordsOf(ctx).resource.validate(await sending(ctx, request))) },
  },
};

const resources = [statementsResource, validateResource, documentResource("state"), documentResource("activity-profile"), documentResource("agent-profile"), activitiesResource, agentsResource];

/** Ways of telling who is asking that this part adds. */
export const recordAuthenticators = { lrs: lrsAuthenticator };

/** xAPI over HTTP, for content and tools of any origin (Communication 1 to 3). */
export const xapiRoutes = (build: RouteBuilder<RecordLimits>): readonly Route[] => [...resources.flatMap((resource) => routesOf(build, resource)), ...aboutRoutes(build)];

const alternately = "The same by the alternate request syntax of xAPI 1.0.";

const clients = {
  ...open,
  authenticators: Object.keys(recordAuthenticators),
  reads: "stream" as const,
  // Many learners stand behind one address, and one key behind many: what holds a client back is its scopes.
  limit: { points: 300_000, durationS: 60 },
};

/** A resource's own methods; POST at all of them, for the alternate request syntax. */
function routesOf({ raw }: RouteBuilder<RecordLimits>, resource: XapiResource): Route[] {
  const { path } = resource;
  const own = Object.keys(resource.methods) as XapiMethod[];
  const all: XapiMethod[] = own.includes("POST") ? own : [...own, "POST"];
  return [
    ...all.map((method) => raw(method)(path, { ...clients, summary: resource.methods[method]?.summary ?? alternately }, (ctx, { request }) => answered(ctx, request, resource))),
    preflightAt(raw, path, all),
  ];
}

function aboutRoutes({ raw }: RouteBuilder<RecordLimits>): Route[] {
  const path = "/xapi/about";
  return [
    raw("GET")(path, { ...open, summary: "The versions of xAPI that are spoken here." }, (_, { request }) => about(request.parameters)),
    raw("POST")(path, { ...open, reads: "stream", summary: alternately }, (ctx, { request }) => aboutByForm(ctx, request)),
    preflightAt(raw, path, ["GET", "POST"]),
  ];
}

function preflightAt(raw: RouteBuilder["raw"], path: string, methods: readonly Method[]): Route {
  const allowed = [...methods, "HEAD", "OPTIONS"];
  return raw("OPTIONS")(path, { ...open, summary: "Lets scripts of other origins ask." }, () => noContent().with(preflight(allowed)));
}

function statementRequest({ path, parameters, version, credential, headers }: XapiRequest): StatementRequest {
  return { path, parameters, version, credential, acceptLanguage: headers["accept-language"] };
}

async function sending(ctx: Context<RecordLimits>, request: XapiRequest): Promise<StatementSending> {
  const { path, parameters, version, credential, headers } = request;
  const contentType = headers["content-type"];
  const limits = await limitsOf(ctx, credential.store);
  const body = await request.body(essenceOf(contentType) === "multipart/mixed" ? limits.maxMultipartBytes : limits.maxBodyBytes);
  const reception = receptionOf({ credential, version, limits });
  return { path, parameters, version, credential, contentType, body, limits, admit: (statements) => admitted(ctx, statements, reception, credential) };
}

function replyOf({ status, headers, body }: XapiAnswer): Reply {
  if (status === 204) return noContent().with(headers);
  const { "Content-Type": type = "application/json" } = headers;
  return (typeof body === "string" ? bytes(body, type, status) : stream(body, type, status)).with(headers);
}
