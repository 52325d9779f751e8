import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Context } from "../kernel/context.ts";
import type { HookOrder } from "../kernel/catalogue.ts";
import { inOrder, ranks } from "../kernel/order.ts";
import type { Host } from "../kernel/host.ts";
import { definePlugin, type Plugin } from "../kernel/plugin.ts";
import { t } from "../kernel/schema.ts";
import { assetRoutes } from "./asset-routes.ts";
import { bundleAssets, type Asset, type AssetFolder } from "./assets.ts";
import { helpers } from "./helpers.ts";
import { createRenderer, pageHooks, type Renderer } from "./renderer.ts";
import { coreTemplates, slotProblems, templateFolders, templateProblems } from "./template-folders.ts";
import { loadTemplates, type Templates } from "./templates.ts";

/** A link the frame shows to those who may follow it. */
export interface NavigationEntry {
  place: "main" | "account" | "admin" | "docs";
  label: string;
  href: string;
  /** Where its pages are, when they are not all below `href`: it is marked as current on all of them. */
  under?: string;
  /** The permission it needs, or `signed-in`; everybody sees it without. */
  can?: string;
  /** Where it stands among its neighbours; `normal` unless told. */
  order?: HookOrder;
}

/** What a plugin puts into a slot of a page: one of its templates, with data or nothing to show this time. */
export interface SlotContribution<Config = unknown> {
  template: string;
  data?(ctx: Context<Config>, page: object): Promise<object | undefined> | object | undefined;
}

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** The folder of handlebars templates, rendered as `<plugin>/<file>`. */
    templates?: URL;
    /** The folder of scripts and styles for browsers, bundled as `<plugin>/<file>`. */
    browser?: URL;
    slots?: Record<string, SlotContribution<Config>>;
    nav?: readonly NavigationEntry[];
  }
}

const folder = (value: unknown): string[] => {
  if (!(value instanceof URL) || value.protocol !== "file:") return ['must be a file URL: new URL("./templates/", import.meta.url)'];
  return existsSync(value) ? [] : [`the folder ${fileURLToPath(value)} is not there`];
};

/** Pages of the site: templates, slots, navigation, scripts and styles. */
export const pagesPart = definePlugin({
  name: "pages",
  version: "1.0.0",
  summary: "Renders pages from handlebars templates.",
  config: t.Object({
    siteName: t.String({ env: "CADRE_SITE_NAME", default: "Cadre", description: "What the site is called, on pages and in mail." }),
  }),
  routes: assetRoutes,
  templates: coreTemplates,
  nav: [
    { place: "docs", label: "API", href: "/docs" },
    { place: "docs", label: "Hooks", href: "/docs/hooks" },
    { place: "docs", label: "Events", href: "/docs/events" },
    { place: "docs", label: "Errors", href: "/docs/errors" },
    { place: "docs", label: "Permissions", href: "/docs/permissions" },
    { place: "docs", label: "Verbs", href: "/docs/verbs" },
    { place: "docs", label: "Scale", href: "/docs/scale" },
  ],
  provides: {
    hooks: pageHooks,
    contributions: {
      templates: { summary: "A folder of templates.", check: (value, plugin, all) => [...folder(value), ...templateProblems(plugin, all)] },
      browser: { summary: "A folder of scripts and styles for browsers.", check: folder },
      slots: { summary: "Parts of pages of others.", check: (value, plugin, all) => slotProblems(plugin, value as Record<string, SlotContribution>, all) },
      nav: { summary: "Links in the frame of every page.", check: (value) => (Array.isArray(value) ? [] : ["must be a list"]) },
    },
  },
});

declare module "../kernel/context.ts" {
  interface Site {
    readonly templates: Templates;
  }
}

export interface Pages extends Renderer {
  siteName: string;
  templates: Templates;
  assets: ReadonlyMap<string, Asset>;
}

/** The folders of scripts and styles that plugins have. */
export function assetFolders(plugins: readonly Plugin[], isPart: (name: string) => boolean): AssetFolder[] {
  return plugins.flatMap(({ name, browser }) => (browser === undefined || folder(browser).length > 0 ? [] : [{ plugin: name, path: fileURLToPath(browser), prefix: isPart(name) ? "" : `${name}/` }]));
}

/** Everything that pages need, loaded; the site's folder may hold templates in place of others'. @throws boot_failed for scripts that can't be read */
export async function createPages(host: Host, site: string): Promise<Pages> {
  const bundling = bundleAssets([{ plugin: "pages", path: fileURLToPath(new URL("./browser/", import.meta.url)), prefix: "" }, ...assetFolders(host.plugins, host.isPart)]);
  bundling.catch(() => undefined); // told where it is waited for: esbuild works beside us, while templates are read
  const templates = loadTemplates(templateFolders({ plugins: host.plugins, isPart: ({ name }) => host.isPart(name), site }), helpers);
  const slots = host.contributions<Record<string, SlotContribution>>("slots");
  const assets = await bundling;
  const { siteName } = host.configs.get("pages") as { siteName: string };
  const nav = inOrder(host.contributions<NavigationEntry[]>("nav").flatMap(({ value }) => value.map((entry) => ({ ...entry, name: entry.href }))), ({ order = "normal" }) => ranks[order]);
  return { siteName, templates, assets, ...createRenderer({ siteName, templates, assets, slots, nav }) };
}
