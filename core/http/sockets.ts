import { randomUUID } from "node:crypto";
import { ServerResponse, STATUS_CODES, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import Koa from "koa";
import { WebSocketServer } from "ws";
import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { guest } from "../kernel/permissions.ts";
import { checker, t } from "../kernel/schema.ts";
import { checkedPart, defaultAuthenticators, identify, notFoundUnless, permit } from "./admission.ts";
import type { AppOptions } from "./app.ts";
import { fieldsOf } from "./bodies.ts";
import { checkOrigin } from "./csrf.ts";
import { asCadreError, problemDetails } from "./problems.ts";
import { rawRequest } from "./raw-request.ts";
import type { RawRequest } from "./request.ts";
import type { SocketInput } from "./routes.ts";
import { closeCodes, socketOver, type Socket } from "./socket.ts";
import { routeTable, type PlacedRoute } from "./table.ts";

/** The WebSockets of one process. */
export interface Sockets {
  /** Takes a connection that asks to be upgraded, or answers why not as problem+json. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  /** Tells every reader that the server goes away. */
  close(): void;
}

export type SocketsOptions = Pick<AppOptions, "routes" | "context" | "authenticators" | "settings" | "limits" | "measures">;

/** A socket that is open, and what it takes for it to stay so. */
interface Open {
  socket: Socket;
  who: string;
  /** False once the person may no longer have it, or is no longer there. */
  holds(): Promise<boolean>;
}

const perPersonAtMost = 20;
const messageBytesAtMost = 64 * 1024;

/** Opens the sockets that routes declare, behind the same doors as every other route. */
export function createSockets({ routes, context, authenticators, settings, limits, measures }: SocketsOptions): Sockets {
  const table = routeTable(routes.filter(({ kind }) => kind === "socket"));
  const server = new WebSocketServer({ noServer: true, clientTracking: false, maxPayload: messageBytesAtMost, perMessageDeflate: false });
  const koa = new Koa({ proxy: settings.trustProxy, maxIpsCount: 1 });
  const open = new Set<Open>();
  const cookies = new WeakMap<IncomingMessage, ServerResponse>();
  server.on("headers", (headers, request) => {
    for (const cookie of [cookies.get(request)?.getHeader("set-cookie") ?? []].flat()) headers.push(`Set-Cookie: ${cookie}`);
  });
  const beat = setInterval(() => open.forEach((each) => void keep(each)), settings.socketPingMs).unref();

  async function keep(each: Open): Promise<void> {
    const holds = await each.holds().catch(() => false);
    if (!holds) each.socket.close(closeCodes.notAllowed, "You may no longer read this; sign in again.");
  }

  function requireRoom(who: string): void {
    if (open.size < settings.maxSockets && [...open].filter((each) => each.who === who).length < perPersonAtMost) return;
    throw refuse("too_many_sockets", "Too many live connections are open; close one and try again.", { status: 429 });
  }

  async function admit(request: RawRequest, state: { route?: PlacedRoute }) {
    const match = table.find("GET", request.url.pathname);
    if (request.headers.upgrade?.toLowerCase() !== "websocket") throw refuse("bad_request", "Connections are upgraded to WebSockets only.", { status: 400 });
    if (!match || "allowed" in match) throw refuse("not_found", `There is no socket at ${request.url.pathname}.`, { status: 404 });
    const { route } = match;
    state.route = route;
    checkOrigin(request, settings.url);
    const { can, scope, params, query, limit } = route.options;
    const ways = (route.options.authenticators ?? defaultAuthenticators.socket).map((name) => authenticators.get(name)).filter((found) => found !== undefined);
    const own = context.as(route.plugin);
    const known = await identify(ways, own, request);
    const ctx = own.during(request).by(known?.actor ?? guest);
    await limits.take(route, request, ctx.actor, limit);
    if (!scope) permit(ctx, can);
    const input = {
      params: notFoundUnless(() => (params ? checker(params, "text")({ ...match.params }, "path") : match.params)),
      query: checkedPart(() => checker(query ?? t.Object({}), "text")(fieldsOf(request.parameters), "query"), "query"),
      request,
    } as Omit<SocketInput<never, never>, "socket">;
    const place = scope && (await scope(ctx, input as never));
    if (scope) permit(ctx, can, place);
    const who = ctx.actor.id ?? request.ip;
    const holds = async (): Promise<boolean> => {
      const again = known && (await (known.authenticator.recheck ?? known.authenticator.authenticate)(own, request));
      if (known && !again) return false;
      permit(own.by(again ?? guest), can, place);
      return true;
    };
    return { route, ctx, input, who, holds };
  }

  async function take(incoming: IncomingMessage, connection: Duplex, head: Buffer): Promise<void> {
    const started = performance.now();
    const id = randomUUID();
    const response = new ServerResponse(incoming);
    cookies.set(incoming, response);
    const request = rawRequest(koa.createContext(incoming, response), id, settings.secureCookies);
    const state: { route?: PlacedRoute } = {};
    const told = (status: number): void => {
      const durationMs = Math.round((performance.now() - started) * 10) / 10;
      measures.request("GET", state.route?.fullPath ?? "unknown", status, durationMs);
      context.log.info({ requestId: id, method: "GET", path: request.url.pathname, status, durationMs }, "request");
    };
    const gone = new AbortController();
    connection.once("close", () => gone.abort());
    try {
      const admitted = await admit(request, state);
      if (gone.signal.aborted) return;
      requireRoom(admitted.who);
      server.handleUpgrade(incoming, connection, head, (ws) => {
        told(101);
        const socket = socketOver(ws);
        let answered = true;
        ws.on("pong", () => (answered = true));
        const each: Open = {
          socket,
          who: admitted.who,
          async holds() {
            if (!answered) ws.terminate();
            answered = false;
            ws.ping();
            return admitted.holds();
          },
        };
        open.add(each);
        socket.closed.addEventListener("abort", () => open.delete(each));
        void run(admitted.route, admitted.ctx, { ...admitted.input, socket });
      });
    } catch (thrown) {
      const error = asCadreError(thrown);
      if (error.status >= 500) context.log.error({ requestId: id, error, code: error.code }, error.message);
      told(error.status);
      const { headers = {}, ...data } = error.data as { headers?: Record<string, string> };
      answer(connection, error.status, headers, JSON.stringify(problemDetails(error, data, id)));
    }
  }

  return {
    upgrade(request, connection, head) {
      connection.on("error", () => connection.destroy());
      take(request, connection, head).catch((error: unknown) => {
        context.log.error({ error }, "a socket could not be opened");
        connection.destroy();
      });
    },
    close() {
      clearInterval(beat);
      for (const { socket } of open) socket.close(1001, "The server is going away; connect again.");
    },
  };
}

/** A handler that fails closes its socket and is reported; one that refuses closes it with its code. */
async function run({ handler, fullPath }: PlacedRoute, ctx: Context, input: SocketInput<never, never>): Promise<void> {
  try {
    await handler(ctx, input as never);
  } catch (thrown) {
    const error = asCadreError(thrown);
    if (error.status >= 500) ctx.log.error({ error: error.cause ?? error, code: error.code }, `the socket ${fullPath} failed: ${error.message}`);
    input.socket.close(error.status >= 500 ? 1011 : 1008, error.code);
  }
}

function answer(connection: Duplex, status: number, headers: Record<string, string>, body: string): void {
  const lines = Object.entries({ ...headers, "Content-Type": "application/problem+json", "Content-Length": String(Buffer.byteLength(body)), Connection: "close" }).map(([name, value]) => `${name}: ${value}`);
  connection.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("\r\n")}\r\n\r\n${body}`);
}
