import type { Context, Site } from "../kernel/context.ts";
import { CadreError, refuse } from "../kernel/errors.ts";
import { sql } from "../db/sql.ts";
import { actor } from "./statement/agents.ts";
import { identityOf } from "./keys.ts";
import { isObject, type Examination, type Members, type StatementProblem } from "./statement/shape.ts";
import type { XapiVersion } from "./statement/versions.ts";

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
  /** The Agent that vouches, as JSON with `{{key}}`, `{{label}}` and `{{homePage}}` in its texts; null for an account named by the key. */
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

/** Who vouches for statements sent by a key: the template with the key's own words in it. */
export function authorityFrom(template: string | null, words: { key: string; label: string; homePage: string }): Members {
  if (template === null) return { objectType: "Agent", account: { homePage: words.homePage, name: words.key } };
  return filledIn(JSON.parse(template), words) as Members;
}

/** @throws invalid_authority (422) unless the template makes an Agent, or a Group, that has an identifier */
export function checkAuthority(template: string): void {
  let made: unknown;
  try {
    made = filledIn(JSON.parse(template), { key: "key", label: "label", homePage: "https://example.org" });
  } catch (error) {
    throw invalidAuthority("is no JSON", error);
  }
  const exam: Examination = { version: "2.0.0", problems: [] };
  actor(made, "", exam);
  const [problem] = exam.problems as [StatementProblem?];
  if (problem) throw invalidAuthority(`makes no Agent: ${problem.pointer || "it"} ${problem.message}`);
  if (identityOf(made as Members) === undefined) throw invalidAuthority("makes nobody with an identifier");
}

export const noSuchStore = () => refuse("no_such_store", "There is no such store.", { status: 404 });

function cacheOf({ site }: Context): Map<number, { store: Store; until: number }> {
  let cache = caches.get(site);
  if (!cache) caches.set(site, (cache = new Map()));
  return cache;
}

function filledIn(value: unknown, words: Record<string, string>): unknown {
  if (typeof value === "string") return value.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => words[name] ?? whole);
  if (Array.isArray(value)) return value.map((each) => filledIn(each, words));
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filledIn(each, words)])) : value;
}

function invalidAuthority(what: string, cause?: unknown): CadreError {
  const problems = [{ pointer: "/authority", code: "invalid_authority", message: `The template ${what}.` }];
  return new CadreError("invalid_authority", `The template of the authority ${what}.`, { status: 422, problems, cause });
}
