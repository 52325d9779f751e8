import Router from "@koa/router";
import type { Host } from "../kernel/host.ts";
import type { Plugin } from "../kernel/plugin.ts";
import { routeBuilder, type Route, type RouteBuilder } from "./routes.ts";

/** A route in its place: whose it is and its full path. */
export interface PlacedRoute extends Route {
  plugin: string;
  fullPath: string;
}

/** A match: the route and the text of its path parameters. */
export interface Match {
  route: PlacedRoute;
  params: Record<string, string>;
}

/** A path that is right with a method that is not; `route` is one of those at this path. */
export interface Refusal {
  route: PlacedRoute;
  allowed: string[];
}

/** Every route of every part and plugin; a plugin's are checked before there is a host (`routeProblems`). */
export const placeRoutes = (host: Host): PlacedRoute[] => host.plugins.flatMap((plugin) => placed(plugin, host.isPart(plugin.name)));

/** A plugin's routes in their places. */
export function placed({ name, routes }: Plugin, isPart: boolean): PlacedRoute[] {
  return (routes?.(routeBuilder as RouteBuilder<never>) ?? []).map((route) => ({ ...route, plugin: name, fullPath: fullPath(route, name, isPart) }));
}

/** The same for routes that no request could tell apart. */
export function placeOf({ method, fullPath, options }: PlacedRoute): string {
  return `${method} ${fullPath.replace(/([:*])\w+/g, "$1")} ${options.origin ?? "site"}`;
}

/** Where every route of an origin is found. */
export interface RouteTable {
  find(method: string, path: string): Match | Refusal | undefined;
  /** The path of the nearest page above: the one whose form posts to `path`, as far as paths tell. */
  pageAbove(path: string): string | undefined;
}

/**
 * Finds the route of a request: one @koa/router per first path segment (`/api/v1/x`: per plugin), chosen by a Map,
 * because a router looks at its routes one after another. A path without parameters, written as declared, needs no router.
 */
export function routeTable(routes: readonly PlacedRoute[]): RouteTable {
  const routers = new Map<string, Router>();
  const byName = new Map<unknown, PlacedRoute>();
  const fixed = new Map<string, PlacedRoute>();
  for (const route of [...routes].sort((a, b) => parametersIn(a.fullPath) - parametersIn(b.fullPath))) {
    const segment = segmentOf(route.fullPath);
    const router = routers.get(segment) ?? new Router();
    routers.set(segment, router);
    const layer = router.register(route.fullPath, [route.method], [() => undefined]);
    byName.set(layer, route);
    if (/^[\w./-]+$/.test(route.fullPath)) fixed.set(`${route.method} ${route.fullPath}`, route);
  }
  const table: RouteTable = {
    find(method, path) {
      const wanted = method === "HEAD" ? "GET" : method;
      const known = fixed.get(`${wanted} ${path}`);
      if (known) return { route: known, params: {} };
      const router = routers.get(segmentOf(path)) ?? routers.get("*");
      if (!router) return undefined;
      const { path: layers, pathAndMethod } = router.match(path, wanted);
      const layer = pathAndMethod[0];
      if (layer) return { route: byName.get(layer) as PlacedRoute, params: layer.params(path, layer.captures(path)) };
      if (layers.length === 0) return undefined;
      return { route: byName.get(layers[0]) as PlacedRoute, allowed: [...new Set(layers.flatMap(({ methods }) => methods))] };
    },
    pageAbove(path) {
      if (path === "/") return undefined;
      const above = path.replace(/\/[^/]*\/?$/, "") || "/";
      const match = table.find("GET", above);
      return match && !("allowed" in match) && match.route.kind === "page" ? above : table.pageAbove(above);
    },
  };
  return table;
}

function fullPath({ kind, path }: Route, plugin: string, isPart: boolean): string {
  if (kind === "raw" && isPart) return path;
  const place = isPart ? "" : `/${plugin}`;
  const joined = `${kind === "api" || kind === "socket" ? "/api/v1" : ""}${place}${path === "/" ? "" : path}`;
  return joined === "" ? "/" : joined;
}

function segmentOf(path: string): string {
  const [, first = "", second, third] = path.split("/", 4);
  return first === "api" && second === "v1" ? `api/v1/${third ?? ""}` : first;
}

function parametersIn(path: string): number {
  return (path.match(/[:*]/g) ?? []).length;
}
