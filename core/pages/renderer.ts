import Handlebars from "handlebars";
import type { Context } from "../kernel/context.ts";
import { filter } from "../kernel/catalogue.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Asset } from "./assets.ts";
import type { NavigationEntry, SlotContribution } from "./part.ts";
import type { Templates } from "./templates.ts";

/** What the frame of a page shows besides the page itself; see templates/layouts/main.hbs. */
export interface PageFrame {
  title: string;
  crumbs?: { label: string; href: string }[];
  tabs?: { label: string; links: { label: string; href: string; current?: boolean }[] };
  /** Browser modules beyond the site's own: `upload.js`. */
  scripts?: string[];
}

/** What is said of the asking browser by the HTTP layer. */
export interface Visit {
  path: string;
  csrfToken: string;
  flash: { kind: string; text: string }[];
}

/** A page on its way to the browser; a filter may change its data, never its place. */
export interface RenderingPage {
  template: string;
  data: Record<string, unknown>;
}

export const pageHooks = {
  "page.rendering": filter<RenderingPage>("Changes the data of a page before it is rendered."),
};

declare module "../kernel/catalogue.ts" {
  interface HookCatalogue {
    "page.rendering": (typeof pageHooks)["page.rendering"];
  }
}

export interface RendererOptions {
  siteName: string;
  templates: Templates;
  assets: ReadonlyMap<string, Asset>;
  slots: readonly { plugin: string; value: Record<string, SlotContribution> }[];
  nav: readonly NavigationEntry[];
}

/** Renders a whole page for whoever asks: frame, slots and the page's own data. */
export interface Renderer {
  render(ctx: Context, visit: Visit, template: string, data: object): Promise<string>;
}

export function createRenderer({ siteName, templates, assets, slots, nav }: RendererOptions): Renderer {
  const hrefs = Object.fromEntries([...assets].map(([name, { href }]) => [name, href]));
  return {
    async render(ctx, visit, name, given) {
      const core = `pages/${name}`;
      const template = templates.has(core) ? core : name;
      const { data } = await ctx.filter("page.rendering", { template, data: given as Record<string, unknown> });
      const allowed = nav.filter(({ can }) => can === undefined || (can === "signed-in" ? ctx.actor.kind === "user" : ctx.can(can)));
      const links = (place: string) =>
        allowed.filter((entry) => entry.place === place).map(({ label, href, under = href }) => ({ label, href, current: isHere(under, visit.path) }));
      // Plugins have pages of administration as well, below their own names; one entry of the main navigation stands for all of it.
      const administration = links("admin");
      const administers = visit.path.startsWith("/admin/") || administration.some(({ current }) => current);
      const rendered = await Promise.all(templates.slotsOf(template).map(async (slot) => [slot, await filled(ctx, slot, data)] as const));
      return templates.render(template, {
        ...data,
        page: {
          path: visit.path,
          site: { name: siteName },
          user: ctx.actor.kind === "user" ? { name: ctx.actor.name, initials: initialsOf(ctx.actor.name), email: ctx.actor.email ?? "" } : null,
          nav: links("main").map((link) => (link.href.startsWith("/admin/") ? { ...link, current: administers } : link)),
          account: links("account"),
          ...(administers && { tabs: { label: "Administration", links: administration } }),
          ...(visit.path.startsWith("/docs") && { tabs: { label: "Documents", links: links("docs") } }),
          flash: visit.flash,
          csrfToken: visit.csrfToken,
          assets: hrefs,
          now: ctx.now(),
          timeZone: ctx.actor.timeZone,
          ...(data.page as object | undefined),
          slots: Object.fromEntries(rendered),
        },
      });
    },
  };

  /** A contribution that fails leaves its place empty and is reported. */
  async function filled(ctx: Context, slot: string, data: object): Promise<Handlebars.SafeString[]> {
    const parts = await Promise.all(
      slots.map(async ({ plugin, value }) => {
        const contribution = value[slot];
        if (!contribution) return undefined;
        try {
          const own = await contribution.data?.(ctx.as(plugin), data);
          return own === undefined && contribution.data ? undefined : new Handlebars.SafeString(templates.render(`${plugin}/${contribution.template}`, { ...own }));
        } catch (error) {
          ctx.log.error({ plugin, slot, error }, `${plugin} failed in the slot ${slot}, which is left empty: ${messageOf(error)}`);
          return undefined;
        }
      }),
    );
    return parts.filter((part) => part !== undefined);
  }
}

/** "Ada King Lovelace" as "AL". */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? "");
  return letters.join("").toUpperCase();
}

/** Whether a link leads to this page or above it. */
function isHere(href: string, path: string): boolean {
  return href === path || (href !== "/" && path.startsWith(`${href}/`));
}
