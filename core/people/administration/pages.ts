import { t } from "../../kernel/schema.ts";
import type { DescribedSetting } from "../../kernel/settings.ts";
import { pageQuery, pagerOf } from "../../http/paging.ts";
import { page, redirect } from "../../http/reply.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import * as jobs from "./jobs.ts";
import * as plugins from "./plugins.ts";
import { shown } from "./routes.ts";

const byId = t.Object({ id: t.Id() });

/** The administrator's pages of plugins and jobs. */
export const administrationPages = ({ page: pageRoute, form }: RouteBuilder): readonly Route[] => [
  pageRoute("/admin", { can: "signed-in", summary: "Administration: its first page." }, () => redirect("/admin/people")),
  pageRoute("/admin/plugins", { can: "system.read", summary: "Plugins, and how they are doing." }, async (ctx) => {
    const { plugins: all, engine } = await plugins.list(ctx);
    const rows = all.map((each) => ({ ...each, href: each.health === "left-out" ? null : `/admin/plugins/${each.name}` }));
    return page("admin/plugins", {
      page: { title: "Plugins" },
      plugins: rows.filter(({ kind }) => kind === "plugin"),
      parts: rows.filter(({ kind }) => kind === "part"),
      health: engine.map(({ name, ok, detail }) => ({ name, health: ok ? "healthy" : "failing", detail })),
    });
  }),
  pageRoute("/admin/plugins/:name", { can: "system.read", summary: "One plugin, its settings and what it adds.", params: t.Object({ name: t.String({ pattern: "^[a-z0-9-]+$" }) }) }, async (ctx, { params }) => {
    const { settings, adds, ...plugin } = await plugins.get(ctx, params.name);
    return page("admin/plugin", {
      page: { title: plugin.name, crumbs: [{ label: "Plugins", href: "/admin/plugins" }] },
      plugin,
      settings: settings.map((setting) => ({ ...setting, value: textOf(setting), origin: origins[setting.source] })),
      adds,
    });
  }),
  pageRoute("/admin/jobs", { can: "jobs.manage", summary: "Queues, and what failed for good.", query: t.Object(pageQuery) }, async (ctx, { query, request }) => {
    const [queues, dead] = await Promise.all([jobs.queues(ctx), jobs.dead(ctx, undefined, query)]);
    return page("admin/jobs", {
      page: { title: "Jobs" },
      queues: queues.map(({ name, waiting, delayed, active, completed, buried, schedule, nextAt }) => ({ name, waiting: waiting + delayed, running: active, completed, dead: buried, schedule, nextAt })),
      dead: dead.items.map(shown),
      pager: pagerOf(request, dead),
    });
  }),
  form("/admin/jobs/replay", { can: "jobs.manage", summary: "Replay all that failed.", body: t.Object({}) }, async (ctx, { request }) => {
    const replayed = await jobs.replayAll(ctx);
    request.flash("good", replayed === 1 ? "One job is tried again." : `${replayed} jobs are tried again.`);
    return redirect("/admin/jobs");
  }),
  form("/admin/jobs/:id/replay", { can: "jobs.manage", summary: "Replay one that failed.", params: byId, body: t.Object({}) }, async (ctx, { params, request }) => {
    await jobs.replay(ctx, params.id);
    request.flash("good", "The job is tried again.");
    return redirect("/admin/jobs");
  }),
  form("/admin/jobs/:id/delete", { can: "jobs.manage", summary: "Give one that failed up for good.", params: byId, body: t.Object({}) }, async (ctx, { params, request }) => {
    await jobs.discard(ctx, params.id);
    request.flash("info", "The job is given up.");
    return redirect("/admin/jobs");
  }),
];

const origins = { environment: "from the environment", file: "from the settings file", default: "the default" };

function textOf({ value }: DescribedSetting): string {
  if (value === undefined || value === "") return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
