/**
 * What must not compile. Never run: `npm run check` holds it. Each `@ts-expect-error` stands above a mistake that a plugin's
 * author could make, and fails the check when the mistake is no longer caught.
 */
import { definePlugin, event, guard, refuse, sql, t, type Context, type DeclaredIn } from "cadre";

const base = { name: "sample", version: "1.0.0", summary: "For the types." };
const hooks = { "sample.making": guard<{ weight: number }>("May it be made?") };
const events = { "sample.made": event("It was made.", t.Object({ id: t.Id() })) };

declare module "cadre" {
  interface HookCatalogue extends DeclaredIn<typeof hooks> {}
  interface EventCatalogue extends DeclaredIn<typeof events> {}
}

// A right one, with every type inferred.
definePlugin({
  ...base,
  config: t.Object({ limit: t.Integer({ default: 3 }), key: t.String({ env: "SAMPLE_KEY", secret: true }) }),
  checkConfig: ({ limit, key }) => (key.length > limit ? [] : [`The key has ${limit.toFixed()} characters or fewer.`]),
  hooks: {
    "sample.making": (ctx, { weight }) => (weight > ctx.config.limit ? refuse("too_heavy", "Too heavy.") : undefined),
  },
  on: {
    "sample.made": async (ctx, { id }, { attempt }) => {
      await ctx.db.run(sql`select ${id}, ${attempt}`);
    },
  },
  routes: ({ get, post }) => [
    get("/:id", { can: "anyone", summary: "One.", params: t.Object({ id: t.Id() }) }, (ctx, { params }) => ({ id: params.id.toUpperCase(), limit: ctx.config.limit.toFixed() })),
    post("/", { can: "signed-in", summary: "New.", body: t.Object({ weight: t.Number() }) }, (_, { body }) => ({ twice: body.weight * 2 })),
  ],
  jobs: (job) => ({ settle: job(t.Object({ id: t.Id() }), async (ctx, { id }) => void (await ctx.db.run(sql`select ${id}, ${ctx.config.limit}`))) }),
  schedules: { nightly: { cron: "15 3 * * *", job: "settle", input: { id: "00000000-0000-7000-8000-000000000000" } } },
  provides: { hooks, events },
});

// @ts-expect-error a plugin needs a summary
definePlugin({ name: "sample", version: "1.0.0" });

// @ts-expect-error there is no such field
definePlugin({ ...base, rotues: () => [] });

// @ts-expect-error there is no such hook
definePlugin({ ...base, hooks: { "sample.makin": () => undefined } });

// @ts-expect-error a guard answers with a refusal or nothing
definePlugin({ ...base, hooks: { "sample.making": () => true } });

// @ts-expect-error there is no such event
definePlugin({ ...base, on: { "sample.mode": async () => {} } });

definePlugin({
  ...base,
  config: t.Object({ limit: t.Integer() }),
  // @ts-expect-error there is no such setting
  start: async (ctx) => void ctx.config.limits,
});

definePlugin({
  ...base,
  routes: ({ get, post }) => [
    // @ts-expect-error a route names its permission
    get("/", { summary: "None." }, () => ({})),
    // @ts-expect-error the query was not declared
    get("/q", { can: "anyone", summary: "Query." }, (_, { query }) => query.page),
    // @ts-expect-error weight is a number
    post("/w", { can: "anyone", summary: "Body.", body: t.Object({ weight: t.Number() }) }, (_, { body }) => body.weight.trim()),
  ],
});

export async function inContext(ctx: Context): Promise<void> {
  await ctx.guard("sample.making", { weight: 3 });
  // @ts-expect-error weight is missing
  await ctx.guard("sample.making", {});
  // @ts-expect-error a guard is no filter
  await ctx.filter("sample.making", { weight: 3 });
  await ctx.emit("sample.made", { id: "x" });
  // @ts-expect-error the payload has no name
  await ctx.emit("sample.made", { id: "x", name: "y" });
  // @ts-expect-error SQL is written with sql`…`, never as a string
  await ctx.db.rows("select 1");
}

// @ts-expect-error the cadre package shows its public face only
type Inner = typeof import("cadre/core/kernel/host.ts");
export type { Inner };
