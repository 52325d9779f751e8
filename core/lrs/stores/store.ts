import type { Context, Site } from "../../kernel/context.ts";
import { refuse } from "../../kernel/errors.ts";
import { sql } from "../../db/sql.ts";
import { authorityFrom } from "../credentials/authority.ts";
import type { XapiVersion } from "../statement/versions.ts";

/** Whether a PUT of a state without If-Match replaces the one that is there: as the edition says that it came by (2.0's text and its tests disagree), or whatever it says. */
export const stateChoices = ["by version", "always", "never"] as const;
export type StateChoice = (typeof stateChoices)[number];

/** What one request to a store may bring; what is left out is the site's. */
export interface StoreLimits {
  maxBodyBytes?: number;
  maxMultipartBytes?: number;
  maxAttachmentBytes?: number;
  maxStatements?: number;
  maxDepth?: number;
}

/** A store of statements and documents, apart from all others. */
export interface Store {
  id: number;
  name: string;
  /** The edition that requests without a version header are answered by. */
  defaultVersion: XapiVersion;
  /** For how long statements are kept at least, in days; null for ever. */
  retentionDays: number | null;
  limits: StoreLimits;
  /** The Agent that vouches, as JSON with `{{key}}`, `{{label}}`, `{{homePage}}` and `{{siteName}}` in its texts (`authorityFrom`); null for an account named by the key. */
  authority: string | null;
  stateWithoutMatch: StateChoice;
  createdAt: Date;
  /** When it was closed; its keys went with that, its statements did not. */
  archivedAt: Date | null;
  /** Rises with every edit. */
  version: number;
}

export const storeColumns = sql.raw("id, name, default_version, retention_days, limits, authority, state_without_match, created_at, archived_at, version");

const cachedForMs = 5000;
const caches = new WeakMap<Site, Map<number, { store: Store; until: number }>>();

/** The store of this number as it was within the last seconds. @throws no_such_store (404) */
export async function storeOf(ctx: Context, id: number): Promise<Store> {
  const cache = cacheOf(ctx);
  const time = ctx.now().getTime();
  const cached = cache.get(id);
  if (cached && cached.until > time) return cached.store;
  const store = await ctx.db.maybe<Store>(sql`select ${storeColumns} from lrs_store where id = ${id}`);
  if (!store) throw noSuchStore();
  cache.set(id, { store, until: time + cachedForMs });
  return store;
}

/** Has this process look stores up again; others do within seconds. */
export function forgetStores(ctx: Context): void {
  cacheOf(ctx).clear();
}

/** @throws invalid_authority (422) unless the template makes an authority of a key's own words */
export function checkAuthority(template: string): void {
  authorityFrom(template, { key: "key", label: "label", homePage: "https://example.org", siteName: "Cadre" });
}

export const noSuchStore = () => refuse("no_such_store", "There is no such store.", { status: 404 });

function cacheOf({ site }: Context): Map<number, { store: Store; until: number }> {
  let cache = caches.get(site);
  if (!cache) caches.set(site, (cache = new Map<number, { store: Store; until: number }>()));
  return cache;
}
