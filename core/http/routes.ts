import type { Static, TSchema } from "../kernel/schema.ts";
import type { CadreError } from "../kernel/errors.ts";
import type { Context } from "../kernel/context.ts";
import type { ArrivingFile, Followed } from "./arriving.ts";
import type { RawRequest, UploadedFile } from "./request.ts";
import type { Reply } from "./reply.ts";
import type { Socket } from "./socket.ts";

/** What a route's handler is given: everything checked against the route's schemas. */
export interface RouteInput<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  /** On routes with `upload`. */
  files: readonly UploadedFile[];
  request: RawRequest;
}

type Given<S, Otherwise> = S extends TSchema ? Static<S> : Otherwise;
type Input<P, Q, B> = RouteInput<Given<P, Record<string, string>>, Given<Q, object>, Given<B, undefined>>;

export interface RouteOptions<P = undefined, Q = undefined, B = undefined> {
  /** The permission it needs, or `anyone`, or `signed-in`. */
  can: string;
  /** The scope (a course's id) in which the permission must be held; none: on the whole site. */
  scope?: (ctx: Context, input: Input<P, Q, B>) => string | undefined | Promise<string | undefined>;
  /** One sentence for OpenAPI and `/docs`. */
  summary: string;
  params?: P;
  query?: Q;
  /** JSON for API routes, fields for forms. */
  body?: B;
  /** The shape of the answer, for OpenAPI and for the tests that hold answers to it. */
  answer?: TSchema;
  /** Status of a plain answer; 200 unless told. */
  status?: number;
  /** Largest body in bytes; 1 MiB unless told. */
  maxBytes?: number;
  /** `stream` and `raw` leave the body to the handler: `request.stream`, or `body` as a Buffer. */
  reads?: "json" | "raw" | "stream";
  /** For OpenAPI: it answers with an `ETag`, and an edit names the one it was made on in `If-Match`, or may. */
  ifMatch?: "required" | "optional";
  /** Takes files from a multipart form, or one file as the whole body. */
  upload?: {
    /** The largest file; what the site allows unless told. */
    maxBytes?: number;
    /** Begins to work on the first file while it arrives, before anything else of the input is checked; the handler finds it in `files`. */
    follow?: (ctx: Context, file: ArrivingFile) => Followed;
  };
  /** Requests allowed to one client in a time; without it the site's general limit holds. */
  limit?: { points: number; durationS: number };
  /** Headers of every answer at this path, refusals included. */
  headers?: (ctx: Context, request: RawRequest) => Record<string, string> | Promise<Record<string, string>>;
  /** Which ways of signing in count here, by name; the kind of route decides unless told. */
  authenticators?: readonly string[];
  /** Served on the content origin instead of the site's. */
  origin?: "site" | "content";
  /** For forms: shows the form again with what was wrong. */
  invalid?: (ctx: Context, input: { params: Record<string, string>; body: Record<string, unknown>; request: RawRequest }, error: CadreError) => Promise<Reply>;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS";
export type RouteKind = "api" | "page" | "form" | "raw" | "socket";

/** A declared route. `path` is relative to its plugin's own place, or absolute for `raw` ones of the core. */
export interface Route {
  kind: RouteKind;
  method: Method;
  path: string;
  options: RouteOptions<TSchema | undefined, TSchema | undefined, TSchema | undefined>;
  handler: (ctx: Context, input: RouteInput<never, never, never>) => unknown;
}

/** What a socket's handler is given, once whoever asks was let in. */
export type SocketInput<Params, Query> = Omit<RouteInput<Params, Query, undefined>, "body" | "files"> & { socket: Socket };

export type SocketOptions<P = undefined, Q = undefined> = Pick<RouteOptions<P, Q>, "can" | "scope" | "summary" | "params" | "query" | "limit" | "authenticators">;

type DeclareSocket<Config> = <P extends TSchema | undefined = undefined, Q extends TSchema | undefined = undefined>(
  path: string,
  options: SocketOptions<P, Q>,
  handler: (ctx: Context<Config>, input: SocketInput<Given<P, Record<string, string>>, Given<Q, object>>) => void | Promise<void>,
) => Route;

type Declare<Config> = <P extends TSchema | undefined = undefined, Q extends TSchema | undefined = undefined, B extends TSchema | undefined = undefined>(
  path: string,
  options: RouteOptions<P, Q, B>,
  handler: (ctx: Context<Config>, input: Input<P, Q, B>) => unknown,
) => Route;

/**
 * Declares routes. `get` to `del` are JSON under `/api/v1/<plugin>`; `page` and `form` are HTML under `/<plugin>`
 * (the core's parts: under `/api/v1` and `/`); `raw` is for other media: any method, an absolute path, the body as it comes.
 */
export interface RouteBuilder<Config = unknown> {
  get: Declare<Config>;
  post: Declare<Config>;
  put: Declare<Config>;
  patch: Declare<Config>;
  del: Declare<Config>;
  /** A page: the handler answers `page(template, data)`. */
  page: Declare<Config>;
  /** What a form posts to, checked against forgery; answers with `redirect(…)`. */
  form: Declare<Config>;
  /** Anything else: `raw("GET")(path, …)`. */
  raw: (method: Method) => Declare<Config>;
  /**
   * A WebSocket beside the API's paths: `socket("/tail", { can, summary, query }, (ctx, { query, socket }) => …)`. Whoever opens it is told,
   * permitted and limited as for any route, from pages of this site only; while it is open, all of that is asked again and again.
   */
  socket: DeclareSocket<Config>;
}

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** Routes; each names the permission it needs. */
    routes?: (build: RouteBuilder<Config>) => readonly Route[];
  }
}

export const routeBuilder: RouteBuilder = {
  get: declare("api", "GET"),
  post: declare("api", "POST"),
  put: declare("api", "PUT"),
  patch: declare("api", "PATCH"),
  del: declare("api", "DELETE"),
  page: declare("page", "GET"),
  form: declare("form", "POST"),
  raw: (method) => declare("raw", method),
  socket: (path, options, handler) => ({ kind: "socket", method: "GET", path, options, handler }) as unknown as Route,
};

function declare(kind: RouteKind, method: Method): Declare<unknown> {
  return (path, options, handler) => ({ kind, method, path, options, handler });
}
