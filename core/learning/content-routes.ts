import type { Context, Site } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { rangeOf } from "../http/ranges.ts";
import { Reply } from "../http/reply.ts";
import type { RawRequest } from "../http/request.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import { contentPolicy } from "../http/security-headers.ts";
import type { HttpSettings } from "../http/settings.ts";
import { outsideHostsOf } from "../courses/packages/outside-hosts.ts";
import { settingsOf } from "../courses/packages/package-settings.ts";
import { fileOf } from "../courses/packages/store.ts";
import { sealed, unsealed } from "../people/secrets.ts";
import * as launches from "./launches.ts";

const limit = { points: 60_000, durationS: 60 };

/**
 * The files of a package, for who has a launch of it: on the content origin, without cookies, nothing listed. A proxy that keeps files
 * (.docker/nginx.conf.template) asks here each time, is told where the file is for any launch, and asks there once for all of them.
 */
export const contentRoutes = ({ raw }: RouteBuilder): readonly Route[] => [
  raw("GET")(
    "/content/:token{/*path}",
    { can: "anyone", origin: "content", summary: "A file of a package, by a launch's token.", limit },
    async (ctx, { params, request }) => {
      refuseWorkers(request);
      const file = await fileAt(ctx, request, String(params.token));
      const isKept = forKeeping(ctx, request) && request.method === "GET" && file.sizeBytes > 0 && !isKnown(request, file);
      return isKept ? new Reply(200, { kind: "empty" }, { "X-Accel-Redirect": `/files/${sealed(ctx.site, "file", file)}` }) : answer(ctx, request, file);
    },
  ),
  raw("GET")("/files/:token", { can: "anyone", origin: "content", summary: "A file of a package, for a proxy that keeps it.", limit }, async (ctx, { params, request }) => {
    refuseWorkers(request);
    const file = unsealed(ctx.site, "file", String(params.token)) as ServedFile | undefined;
    if (!file) throw refuse("not_found", "There is no such file.", { status: 404 });
    return answer(ctx, request, file);
  }),
];

/** A service worker would outlive its launch, and learners who share a device. @throws not_found */
function refuseWorkers({ headers }: RawRequest): void {
  if (headers["service-worker"] !== undefined) throw refuse("not_found", "Content has no service workers.", { status: 404 });
}

/** Whether a proxy asks that keeps files. Believed of one that is trusted: nobody else shall learn an address that outlives the launch. */
function forKeeping({ site }: Context, { headers }: RawRequest): boolean {
  return headers["x-cadre-keeps-files"] === "yes" && (site.host.configs.get("http") as HttpSettings).trustProxy;
}

/** All that an answer with a file says, the same for every launch. */
interface ServedFile {
  sha256: string;
  sizeBytes: number;
  mediaType: string;
  /** Where its package may load from besides its own files. */
  hosts: string[];
}

async function fileAt(ctx: Context, request: RawRequest, token: string): Promise<ServedFile> {
  const { launch, hosts } = await recentLaunch(ctx, token);
  launches.requireOwnOrigin(ctx, launch, request);
  const path = pathIn(request);
  const found = path === undefined ? undefined : await fileOf(ctx.db, launch.packageVersionId, path);
  if (!found) throw refuse("not_found", "The package has no such file.", { status: 404 });
  const { sha256, sizeBytes, mediaType } = found;
  return { sha256, sizeBytes, mediaType, hosts };
}

const etagOf = ({ sha256 }: ServedFile): string => `"${sha256}"`;

/** Whether the browser has the file already. */
const isKnown = (request: RawRequest, file: ServedFile): boolean => names(request.headers["if-none-match"], etagOf(file));

function answer(ctx: Context, request: RawRequest, file: ServedFile): Reply {
  const { sha256, sizeBytes, mediaType, hosts } = file;
  const etag = etagOf(file);
  const headers = { ETag: etag, "Cache-Control": "private, max-age=86400, immutable", "Accept-Ranges": "bytes", ...(hosts.length > 0 && { "Content-Security-Policy": contentPolicy(ctx.site, hosts) }) };
  if (isKnown(request, file)) return new Reply(304, { kind: "empty" }, headers);
  const { range, "if-range": ifRange } = request.headers;
  const wanted = request.method === "GET" && (ifRange === undefined || ifRange === etag) ? rangeOf(range, sizeBytes) : undefined;
  if (wanted === "unsatisfiable") {
    throw refuse("range_not_satisfiable", "The file ends before this range.", { status: 416, data: { headers: { "Content-Range": `bytes */${sizeBytes}` } } });
  }
  const { start, end } = wanted ?? { start: 0, end: sizeBytes - 1 };
  const all = { ...headers, "Content-Type": mediaType, "Content-Length": String(end - start + 1), ...(wanted && { "Content-Range": `bytes ${start}-${end}/${sizeBytes}` }) };
  const status = wanted ? 206 : 200;
  if (request.method === "HEAD" || sizeBytes === 0) return new Reply(status, { kind: "bytes", bytes: "", type: mediaType }, all);
  return new Reply(status, { kind: "stream", stream: ctx.site.blobs.open(sha256, { start, end }), type: mediaType }, all);
}

/** The path in the package, each part decoded by itself; undefined for what can't be one. The address as it was sent: URL objects tidy "..". */
function pathIn({ stream }: RawRequest): string | undefined {
  const [, , , ...parts] = (stream.url ?? "").split(/[?#]/, 1)[0]?.split("/") ?? [];
  try {
    const decoded = parts.map(decodeURIComponent);
    return decoded.length > 0 && decoded.every((part) => part !== "" && part !== "." && part !== ".." && !/[/\\\0]/.test(part)) ? decoded.join("/") : undefined;
  } catch {
    return undefined; // malformed percent-encoding
  }
}

/** Whether an If-None-Match names this tag (RFC 9110 13.1.2: weak comparison). */
function names(header: string | undefined, etag: string): boolean {
  return header !== undefined && (header.trim() === "*" || header.split(",").some((one) => one.trim().replace(/^W\//, "") === etag));
}

const believedMs = 5000;
const rememberedAtMost = 10_000;
type Recent = Map<string, { opened: Promise<Opened>; until: number }>;
const recentOf = new WeakMap<Site, Recent>();

/** A launch, and where its package may load from besides its own files. */
interface Opened {
  launch: launches.Launch;
  hosts: string[];
}

/** A launch by its token, asked for once in a few seconds: a page of a hundred files comes at once. */
async function recentLaunch(ctx: Context, token: string): Promise<Opened> {
  const recent = recentOf.get(ctx.site) ?? (new Map() as Recent);
  recentOf.set(ctx.site, recent);
  const nowMs = ctx.now().getTime();
  let known = recent.get(token);
  if (!known || known.until <= nowMs) {
    if (recent.size >= rememberedAtMost) recent.clear();
    known = { opened: openedBy(ctx, token), until: nowMs + believedMs };
    recent.set(token, known);
    known.opened.catch(() => recent.delete(token));
  }
  const opened = await known.opened;
  launches.requireOpen(ctx, opened.launch);
  return opened;
}

async function openedBy(ctx: Context, token: string): Promise<Opened> {
  const launch = await launches.byToken(ctx, token);
  return { launch, hosts: outsideHostsOf(await settingsOf(ctx.db, launch.packageVersionId)) };
}
