import type { Context } from "../../kernel/context.ts";
import { refuse } from "../../kernel/errors.ts";
import type { Plugin } from "../../kernel/plugin.ts";
import type { DescribedSetting } from "../../kernel/settings.ts";
import { jobsIn } from "../../db/jobs.ts";
import { healthOf, type OwnedHealth } from "../../http/health.ts";

/** A part or plugin and how it is doing. */
export interface PluginState {
  name: string;
  version: string;
  summary: string;
  /** A part of the core, or a plugin. */
  kind: "part" | "plugin";
  /** `left-out`: a plugin marked optional that can't run. */
  health: "healthy" | "failing" | "left-out";
  /** What is wrong and how to mend it. */
  message: string | null;
}

/** One of them in full. */
export interface PluginView extends PluginState {
  /** The range of Cadre versions it works with. */
  engine: string;
  requires: readonly string[];
  settings: DescribedSetting[];
  /** What it adds, by the field of its declaration. */
  adds: { label: string; items: string[] }[];
}

/** Everything that runs or was left out, plugins before parts, and the engine's own health. */
export async function list(ctx: Context): Promise<{ plugins: PluginState[]; engine: OwnedHealth[] }> {
  const { host } = ctx.site;
  const health = await healthOf(ctx);
  const running = host.plugins.map((plugin) => stateOf(plugin, host.isPart(plugin.name), health));
  const leftOut = host.leftOut.map(({ plugin, version, summary, problems }) => ({ name: plugin, version, summary, kind: "plugin" as const, health: "left-out" as const, message: problems.map(({ message }) => message).join(" ") }));
  const plugins = [...running, ...leftOut].sort((a, b) => b.kind.localeCompare(a.kind) || a.name.localeCompare(b.name));
  return { plugins, engine: health.filter(({ plugin }) => plugin === undefined) };
}

/** One that runs. @throws not_found (404) */
export async function get(ctx: Context, name: string): Promise<PluginView> {
  const { host } = ctx.site;
  const plugin = host.plugins.find((each) => each.name === name);
  if (!plugin) throw refuse("not_found", `No plugin called ${name} is running.`, { status: 404 });
  const { engine = "any", requires = [] } = plugin;
  return { ...stateOf(plugin, host.isPart(name), await healthOf(ctx)), engine, requires, settings: host.settingsOf(name), adds: additionsOf(ctx, plugin) };
}

function stateOf({ name, version, summary }: Plugin, isPart: boolean, health: readonly OwnedHealth[]): PluginState {
  const wrong = health.filter(({ plugin, ok }) => plugin === name && !ok);
  return { name, version, summary, kind: isPart ? "part" : "plugin", health: wrong.length > 0 ? "failing" : "healthy", message: wrong.map(({ detail }) => detail).join(" ") || null };
}

const labels: Readonly<Record<string, string>> = { hooks: "Hooks it taps", on: "Events it listens to", feeds: "Feeds it reads" };
const identity = new Set(["name", "version", "summary", "engine", "requires", "config", "start", "stop", "migrations", "templates", "browser", "models"]);

function additionsOf({ site }: Context, plugin: Plugin): { label: string; items: string[] }[] {
  const fields = Object.entries(plugin).filter(([field, value]) => !identity.has(field) && value !== undefined);
  const named = fields.map(([field, value]) => ({ label: labels[field] ?? field.charAt(0).toUpperCase() + field.slice(1), items: itemsOf(field, value) }));
  return named.filter(({ items }) => items.length > 0);

  function itemsOf(field: string, value: unknown): string[] {
    if (field === "routes") return site.routes.filter((route) => route.plugin === plugin.name).map(({ method, fullPath }) => `${method} ${fullPath}`);
    if (field === "jobs") return Object.keys(jobsIn(plugin));
    if (field === "nav") return (value as { href: string }[]).map(({ href }) => href);
    if (field === "provides") return Object.values(value as Record<string, object>).flatMap((each) => Object.keys(each));
    return typeof value === "object" && value !== null ? Object.keys(value) : [];
  }
}
