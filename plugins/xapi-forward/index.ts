import { definePlugin, sql, t } from "cadre";
import { deliver, wakeAll } from "./delivery.ts";
import { Buried, Target, Waiting } from "./model.ts";
import { targetPages } from "./pages.ts";
import { collect, queue } from "./queue.ts";
import { can, targetRoutes } from "./routes.ts";
import { settings } from "./settings.ts";

export default definePlugin({
  name: "xapi-forward",
  version: "1.0.0",
  summary: "Sends xAPI statements on, to other record stores and to signed webhooks, in order and until they have arrived.",
  engine: "^1.0",
  config: settings,
  permissions: { [can]: { label: "Choose where statements are sent on to", roles: ["administrator"] } },
  errors: { invalid_target: { status: 422, summary: "Statements can't be sent there; `errors` points to the field." } },
  models: [Target, Waiting, Buried],
  migrations: new URL("./migrations/", import.meta.url),
  templates: new URL("./templates/", import.meta.url),
  feeds: { statements: { batch: 500, from: "now", inTransaction: true, run: queue } },
  jobs: (job) => ({
    deliver: job(t.Object({ targetId: t.Id() }), (ctx, { targetId }) => deliver(ctx, targetId)),
    collect: job(t.Object({ targetId: t.Id(), store: t.Integer(), after: t.Integer(), until: t.Integer() }), collect),
    wakeAll: job(t.Object({}), (ctx) => wakeAll(ctx)),
  }),
  schedules: { wakeAll: { cron: "* * * * *", job: "wakeAll" } },
  routes: (build) => [...targetRoutes(build), ...targetPages(build)],
  nav: [{ place: "admin", label: "Forwarding", href: "/xapi-forward", can }],
  hooks: {
    "health.checking": async (ctx) => {
      const failing = await ctx.db.rows<{ label: string; error: string }>(sql`select label, error from xapi_forward.target where failures > 3 and not paused order by id`);
      const wrong = failing.map(({ label, error }) => `“${label}”: ${error}`).join(" ");
      return { name: "forwarding", ok: failing.length === 0, detail: wrong || "Every target takes what it is sent." };
    },
  },
});
