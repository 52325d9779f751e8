import type { Context } from "../kernel/context.ts";
import { survey } from "../kernel/catalogue.ts";
import { definePlugin } from "../kernel/plugin.ts";
import { httpSettingsSchema } from "./settings.ts";
import { routeBuilder, type Route } from "./routes.ts";

/** One thing whose health was looked at. */
export interface Health {
  /** What it is called: "database", "jobs". */
  name: string;
  ok: boolean;
  /** What was seen, and how to mend it when it is not ok. */
  detail: string;
}

export const httpHooks = {
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
  provides: {
    hooks: httpHooks,
    contributions: {
      routes: { summary: "Routes of the API, pages and forms.", check: (value, plugin) => badRoutes(value as (build: typeof routeBuilder) => readonly Route[], plugin.name) },
      authenticators: { summary: "Ways of telling who is asking." },
    },
  },
});

function badRoutes(routes: (build: typeof routeBuilder) => readonly Route[], plugin: string): string[] {
  return routes(routeBuilder).flatMap(({ method, path, options }) => [
    ...(path.startsWith("/") ? [] : [`${method} ${path} of ${plugin} must begin with "/"`]),
    ...(options.can ? [] : [`${method} ${path} names no permission ("can")`]),
    ...(options.summary ? [] : [`${method} ${path} has no summary`]),
  ]);
}

/** Everything that was looked at, the engine's own first. */
export async function lookAtHealth(ctx: Context, own: readonly (() => Promise<Health>)[]): Promise<Health[]> {
  const checked = await Promise.all(own.map((look) => look()));
  const answered = await ctx.survey("health.checking", {});
  return [...checked, ...answered.map(({ answer }) => answer)];
}

