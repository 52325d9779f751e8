import { refuse } from "../kernel/errors.ts";
import type { Context } from "../kernel/context.ts";
import { bytes, type Reply } from "../http/reply.ts";
import type { RawRequest } from "../http/request.ts";
import type { Route, RouteBuilder } from "../http/routes.ts";
import type { Asset } from "./assets.ts";

declare module "../kernel/context.ts" {
  interface Site {
    /** Scripts and styles for browsers, by name. */
    readonly assets: ReadonlyMap<string, Asset>;
  }
}

/** Scripts and styles, the same on both origins; their names tell their content, so that they are kept for ever. */
export const assetRoutes = ({ raw }: RouteBuilder): readonly Route[] =>
  (["site", "content"] as const).map((origin) =>
    raw("GET")("/assets/:file", { can: "anyone", origin, summary: "A script or style of the site's pages." }, (ctx, { params, request }) => asset(ctx, request, params.file ?? "")),
  );

function asset({ site }: Context, request: RawRequest, file: string): Reply {
  const found = [...site.assets.values()].find(({ href }) => href === `/assets/${file}`);
  if (!found) throw refuse("not_found", "There is no such file.", { status: 404 });
  const gzip = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  return bytes(gzip ? found.gzipped : found.bytes, found.type).with({
    "Cache-Control": "public, max-age=31536000, immutable",
    Vary: "Accept-Encoding",
    ...(gzip && { "Content-Encoding": "gzip" }),
  });
}
