import { randomUUID } from "node:crypto";
import Koa from "koa";
import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { guest, type Actor } from "../kernel/permissions.ts";
import { checker, t } from "../kernel/schema.ts";
import type { DatabaseContext } from "../db/context.ts";
import { checkedPart, defaultAuthenticators, identify, notFoundUnless, permit } from "./admission.ts";
import { fieldsOf, readBytes, readForm, readJson } from "./bodies.ts";
import { checkFormToken, checkOrigin } from "./csrf.ts";
import type { Idempotency } from "./idempotency.ts";
import type { Limits } from "./limits.ts";
import type { Measures } from "./measures.ts";
import { nextStep } from "./next-step.ts";
import { asCadreError, problemDetails } from "./problems.ts";
import { json, redirect, Reply } from "./reply.ts";
import type { RawRequest, UploadedFile } from "./request.ts";
import { rawRequest } from "./raw-request.ts";
import type { RouteInput, RouteKind } from "./routes.ts";
import { securityHeaders } from "./security-headers.ts";
import type { HttpSettings } from "./settings.ts";
import { requireStorable } from "./storable.ts";
import { routeTable, type Match, type PlacedRoute, type Refusal, type RouteTable } from "./table.ts";
import { receiveUpload, type Upload } from "./uploads.ts";

/** A way of telling who is asking; the first that answers counts. `cookie` ones are guarded against forged requests. */
export interface Authenticator {
  cookie: boolean;
  /** Nothing when this request carries no such credential. @throws a 401 refusal when it carries a wrong one */
  authenticate(ctx: Context, request: RawRequest): Promise<Actor | undefined>;
  /** The same, asked again of a request that was answered long ago, such as a socket's: changes nothing. `authenticate` without it. */
  recheck?(ctx: Context, request: RawRequest): Promise<Actor | undefined>;
}

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** Ways of telling who is asking, by name. */
    authenticators?: Record<string, Authenticator>;
  }
}

export interface AppOptions {
  origin: "site" | "content";
  routes: readonly PlacedRoute[];
  context: DatabaseContext & Context;
  authenticators: ReadonlyMap<string, Authenticator>;
  settings: HttpSettings;
  limits: Limits;
  idempotency: Idempotency;
  measures: Measures;
  /** Where uploads wait for their handler. */
  uploadsFolder: string;
  /** Renders a page for whoever is asking. */
  render(ctx: Context, request: RawRequest, template: string, data: object): Promise<string>;
}

const anything = t.Object({}, { additionalProperties: true });
const nothing = t.Object({});

/** The Koa application of one origin: a minimal core that finds the route, tells who asks, checks, and hands over. */
export function createApp(options: AppOptions): Koa {
  const { origin, settings, measures } = options;
  const table = routeTable(options.routes.filter((route) => (route.options.origin ?? "site") === origin));
  const runners = new Map(options.routes.map((route) => [route, runnerOf(route, options)]));
  const app = new Koa({ proxy: settings.trustProxy, maxIpsCount: 1 });
  const headers = Object.entries(securityHeaders(origin, settings));
  app.on("error", (error: unknown) => {
    if (leftAlone(error)) options.context.log.info({ code: error.code }, "the client went away");
    else options.context.log.error({ error }, "a response could not be sent");
  });
  let isProxyTold = settings.trustProxy;
  app.use(async (koa) => {
    const started = performance.now();
    if (!isProxyTold && koa.headers["x-forwarded-for"] !== undefined) {
      isProxyTold = true;
      options.context.log.warn("A request came through a proxy (it has X-Forwarded-For), and CADRE_TRUST_PROXY is not set: everybody behind it shares the limits of one address. Set it to true if the proxy is yours.");
    }
    const id = randomUUID();
    const request = rawRequest(koa, id, settings.secureCookies);
    for (const [name, value] of headers) koa.res.setHeader(name, value);
    koa.res.setHeader("X-Request-Id", id);
    const state: RequestState = { ctx: options.context };
    let match: ReturnType<typeof table.find>;
    let reply: Reply;
    try {
      match = table.find(koa.method, koa.path);
      if (!match) throw refuse("not_found", `There is nothing at ${koa.path}.`, { status: 404 });
      const { headers: own } = match.route.options;
      if (own) koa.set(await own(options.context.as(match.route.plugin), request));
      if ("allowed" in match) reply = elsewhere(match, table, koa);
      else {
        const run = runners.get(match.route) as Runner;
        reply = await rendered(await run(match, request, koa, state), request, state, options);
      }
    } catch (error) {
      reply = await failed(error, match && !("allowed" in match) ? match.route.kind : undefined, koa, request, state, options);
    }
    send(koa, reply);
    const found = match && !("allowed" in match) ? match : undefined;
    const durationMs = performance.now() - started;
    measures.request(koa.method, found?.route.fullPath ?? "unknown", koa.status, durationMs);
    const shape = match?.route.fullPath ?? "";
    const path = shape.includes("/:token") ? shape : koa.path;
    options.context.log.info({ requestId: id, method: koa.method, path, status: koa.status, durationMs: Math.round(durationMs * 10) / 10 }, "request");
  });
  return app;
}

/** A person who comes to the address of a form, as by loading its refusal again, is led to the page that has the form. @throws method_not_allowed (405) */
function elsewhere({ route, allowed }: Refusal, table: RouteTable, koa: Koa.Context): Reply {
  const isVisit = ["GET", "HEAD"].includes(koa.method) && koa.get("Accept").includes("text/html");
  const page = route.kind === "form" && isVisit ? table.pageAbove(koa.path) : undefined;
  if (page !== undefined) return redirect(page);
  koa.set("Allow", allowed.join(", "));
  throw refuse("method_not_allowed", `${koa.path} takes ${allowed.join(", ")}.`, { status: 405 });
}

/** Whether the other side closed the connection, which is its right. */
function leftAlone(error: unknown): error is { code: string } {
  return ["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE", "HPE_INVALID_EOF_STATE"].includes(String((error as { code?: unknown } | null)?.code));
}

/** What is known of a request so far; `ctx` is a guest's until somebody is identified. */
interface RequestState {
  ctx: Context;
}

type Runner = (match: Match, request: RawRequest, koa: Koa.Context, state: RequestState) => Promise<Reply>;

/** Everything that can be prepared for a route is prepared here, once. */
function runnerOf(route: PlacedRoute, options: AppOptions): Runner {
  const { kind, method, plugin, handler } = route;
  const { can, scope, params, query, body, upload, limit, invalid, status = 200 } = route.options;
  const names = route.options.authenticators ?? (route.options.origin === "content" ? [] : defaultAuthenticators[kind]);
  const authenticators = names.map((name) => options.authenticators.get(name)).filter((found) => found !== undefined);
  const maxBytes = route.options.maxBytes ?? 1024 * 1024;
  const reads = route.options.reads ?? (upload ? "stream" : kind === "raw" ? "raw" : "json");
  const checkParams = checker(params ?? anything, "text");
  const checkQuery = checker(query ?? (kind === "page" ? anything : nothing), "text");
  const checkBody = body && checker(body, kind === "form" || upload ? "text" : "json");
  const own = options.context.as(plugin) as Context & DatabaseContext;
  const changes = method !== "GET" && method !== "HEAD" && method !== "OPTIONS";

  return async (match, request, koa, state) => {
    const known = await identify(authenticators, own, request);
    if (known?.authenticator.cookie && changes) checkOrigin(request, options.settings.url);
    const ctx = own.during(request).by(known?.actor ?? guest);
    state.ctx = ctx;
    koa.set(await options.limits.take(route, request, ctx.actor, limit));
    if (kind === "socket") throw refuse("upgrade_required", "Only WebSockets are opened here.", { status: 426, data: { headers: { Upgrade: "websocket" } } });
    if (!scope) permit(ctx, can);
    let received: Upload | undefined;
    try {
      const fields = koa.search === "" ? fieldsOf([]) : fieldsOf(request.parameters);
      const given = kind === "raw" ? fields : checkedPart(() => requireStorable(checkQuery(fields, "query"), "query"), "query");
      const input: RouteInput<unknown, unknown, unknown> = {
        params: notFoundUnless(() => requireStorable(checkParams({ ...match.params }, "path"), "path")),
        query: query && kind === "raw" ? checkQuery(given, "query") : given,
        body: undefined,
        files: [] as readonly UploadedFile[],
        request,
      };
      if (scope) permit(ctx, can, await scope(ctx, input));
      if (kind === "form" && !upload) input.body = await readForm(request.stream, maxBytes);
      else if (upload) {
        received = await receiveUpload(request.stream, {
          folder: options.uploadsFolder,
          maxBytes: upload.maxBytes ?? options.settings.maxUploadBytes,
          fileName: request.parameters.get("fileName") ?? undefined,
          follow: (file) => upload.follow?.(ctx, file),
        });
        input.body = received.fields;
        input.files = received.files;
      } else if (changes && reads === "json" && checkBody) input.body = await readJson(request.stream, maxBytes);
      else if (changes && reads === "raw") input.body = await readBytes(request.stream, maxBytes);
      if (kind === "form") {
        const { csrfToken: token, ...fields } = input.body as Record<string, unknown>;
        checkFormToken(request, options.settings.secret, token);
        input.body = fields;
      }
      const work = async (): Promise<Reply> => {
        const what = kind === "form" ? "form" : "body";
        if (checkBody && reads !== "raw") {
          input.body = checkBody(input.body, what);
          if (kind !== "raw") requireStorable(input.body, what);
        }
        const answer = await handler(ctx, input as never);
        return answer instanceof Reply ? answer : answer === undefined ? new Reply(204, { kind: "empty" }) : json(answer, status);
      };
      if (invalid) return await work().catch((error: unknown) => shownAgain(error, () => invalid(ctx, input as never, asCadreError(error))));
      return kind === "api" && method === "POST" && !upload ? await options.idempotency.once(ctx, request, route.fullPath, input.body, work) : await work();
    } finally {
      await received?.remove();
    }
  };
}

async function shownAgain(error: unknown, show: () => Promise<Reply>): Promise<Reply> {
  const { status } = asCadreError(error);
  if (status >= 500 || status === 401) throw error;
  const reply = await show();
  return new Reply(status, reply.body, reply.headers);
}

async function failed(thrown: unknown, kind: RouteKind | undefined, koa: Koa.Context, request: RawRequest, { ctx }: RequestState, { render, origin, settings }: AppOptions): Promise<Reply> {
  const error = asCadreError(thrown);
  if (error.status >= 500) ctx.log.error({ requestId: request.id, error: error.cause ?? error, code: error.code }, error.message);
  const { accept = "" } = request.headers;
  const byScript = accept.startsWith("application/json");
  const negotiated = kind === "raw" && origin === "site" ? koa.accepts("application/problem+json", "application/json", "text/html", "text/plain") : undefined;
  const wantsHtml = kind === "page" || kind === "form" ? !byScript : negotiated === "text/html" || (kind === undefined && accept.includes("text/html"));
  const { headers: own, ...data } = error.data as { headers?: Record<string, string> };
  const headers = { ...(error.status === 401 && kind === "api" && { "WWW-Authenticate": "Bearer" }), ...own }; // RFC 9110 11.6.1 wants one; a browser does not ask for a password at this
  const problem = problemDetails(error, data, request.id);
  if (negotiated === "text/plain") return new Reply(error.status, { kind: "bytes", bytes: `${problem.detail}\n`, type: "text/plain; charset=utf-8" }, headers);
  if (!wantsHtml) return new Reply(error.status, { kind: "bytes", bytes: JSON.stringify(problem), type: "application/problem+json" }, headers);
  if (error.code === "sign_in_required" && request.method === "GET") {
    return new Reply(303, { kind: "empty" }, { Location: `/sign-in?next=${encodeURIComponent(request.url.pathname + request.url.search)}` });
  }
  const html = await render(ctx, request, "error", { action: nextStep(error, request, settings.url), ...problem, message: problem.detail, page: { title: problem.title } });
  return new Reply(error.status, { kind: "bytes", bytes: html, type: "text/html; charset=utf-8" }, headers);
}

async function rendered(reply: Reply, request: RawRequest, { ctx }: RequestState, { render }: AppOptions): Promise<Reply> {
  if (reply.body.kind !== "page") return reply;
  const html = await render(ctx, request, reply.body.template, reply.body.data);
  return new Reply(reply.status, { kind: "bytes", bytes: html, type: "text/html; charset=utf-8" }, { "Cache-Control": "private, no-cache", ...reply.headers });
}

function send(koa: Koa.Context, { status, headers, body }: Reply): void {
  koa.status = status;
  if (body.kind === "json") {
    koa.type = "application/json";
    koa.body = encoded(JSON.stringify(body.value));
  } else if (body.kind === "bytes") {
    koa.type = body.type;
    koa.body = typeof body.bytes === "string" ? encoded(body.bytes) : body.bytes;
  } else if (body.kind === "stream") {
    koa.type = body.type;
    koa.body = body.stream;
  } else koa.body = null;
  koa.status = status;
  koa.set(headers);
}

/** Text as UTF-8, measured and encoded once: what is ASCII alone, as most pages are, is but copied. */
function encoded(text: string): Buffer {
  const sizeBytes = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(sizeBytes);
  bytes.write(text, sizeBytes === text.length ? "latin1" : "utf8");
  return bytes;
}
