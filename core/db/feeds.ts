import type { Context } from "../kernel/context.ts";
import type { Host } from "../kernel/host.ts";
import type { ContributionDeclaration } from "../kernel/plugin.ts";
import { fits, type TSchema } from "../kernel/schema.ts";
import type { Db } from "./database.ts";
import { sql, type Sql } from "./sql.ts";

/**
 * Every feed source there is: what one item is, and what a reader may ask for beside `batch` and `run`.
 * Owners add theirs by declaration merging: `interface FeedCatalogue { statements: { item: Statement; options: { verbs?: string[] } } }`.
 */
export interface FeedCatalogue {
  events: { item: PublishedEvent; options: { names?: readonly string[] } };
}

/** An event as it was published, for readers of the feed `events`. */
export interface PublishedEvent {
  id: string;
  name: string;
  payload: unknown;
  at: Date;
}

export type FeedName = keyof FeedCatalogue;

/** A reader of a feed: batches in order, each at least once, from a cursor of its own. */
export type Feed<S extends FeedName, Config> = FeedCatalogue[S]["options"] & {
  /** Items at most in one batch, 1 to 10,000. */
  batch: number;
  /** Where a new reader begins: with everything there is (unless told), or with what is to come. */
  from?: "beginning" | "now";
  /** Run within the transaction that moves the cursor: what it writes to the database is written exactly once; it must be quick, and can't fetch. */
  inTransaction?: boolean;
  run(ctx: Context<Config>, items: FeedCatalogue[S]["item"][]): Promise<void>;
};

/** Rows that readers follow. They carry `tx xid8 default pg_current_xact_id()` and a positive `seq bigint`, with an index on (tx, seq). */
export interface FeedSource<Options = never, Item = unknown> {
  summary: string;
  /** What a reader may ask for; anything, unless told. */
  options?: TSchema;
  /** `select tx, seq, … from …`, with a condition for the options but none for tx and seq, without order and limit. */
  select(options: Options): Sql;
  /** An item out of a row, whose columns are in camelCase. */
  item(row: never): Item;
}

declare module "../kernel/plugin.ts" {
  interface PluginFields<Config> {
    /** Readers of feeds, by the source's name. */
    feeds?: { [S in FeedName]?: Feed<S, Config> };
    /** Feeds others can read. Their owner calls `announce` when it has written rows. */
    feedSources?: { [S in FeedName]?: FeedSource<FeedCatalogue[S]["options"], FeedCatalogue[S]["item"]> };
  }
}

/** A reader with everything it needs to know. */
export interface ReaderDeclaration {
  plugin: string;
  feed: string;
  declaration: { batch: number; from?: "beginning" | "now"; inTransaction?: boolean; run(ctx: Context, items: unknown[]): Promise<void> };
  source: FeedSource<unknown>;
}

/** A place in a feed: everything up to and with it has been read. Both are decimal numbers as text. */
export interface Position {
  tx: string;
  seq: string;
}

/** Tells readers in every process, with the commit of this transaction, that the source has new rows. */
export async function announce(db: Db, source: FeedName): Promise<void> {
  await db.run(sql`select pg_notify(${channelOf(source)}, '')`);
}

/** The advisory lock that one process at a time holds while this reader reads and works. */
export const readerLock = (plugin: string, feed: string): string => `cadre feed ${plugin} ${feed}`;

export const channelOf = (source: string): string => `cadre_feed_${source}`;

/** Every reader of this host. */
export function readersOf(host: Host): ReaderDeclaration[] {
  const sources = new Map(host.contributions<Record<string, FeedSource<unknown>>>("feedSources").flatMap(({ value }) => Object.entries(value)));
  return host.contributions<Record<string, ReaderDeclaration["declaration"]>>("feeds").flatMap(({ plugin, value }) =>
    Object.entries(value).map(([feed, declaration]) => ({ plugin, feed, declaration, source: sources.get(feed) as FeedSource<unknown> })),
  );
}

/**
 * The transaction below which all have ended. Rows of later ones wait: an earlier one may still commit rows that would
 * come before them, and a cursor that has passed would never see them.
 */
export async function horizonOf(db: Db): Promise<string> {
  return (await db.one<{ horizon: string }>(sql`select pg_snapshot_xmin(pg_current_snapshot())::text as horizon`)).horizon;
}

/** The next rows after `after` and below the horizon, in order. */
export function readFeed(db: Db, { source, declaration }: ReaderDeclaration, after: Position, horizon: string): Promise<(Position & object)[]> {
  return db.rows(sql`
    select item.* from (${source.select(declaration)}) as item
    where (item.tx, item.seq) > (${after.tx}::xid8, ${after.seq}::bigint) and item.tx < ${horizon}::xid8
    order by item.tx, item.seq limit ${declaration.batch}`);
}

/** True when rows wait for transactions to end that are still running. */
export async function hasHeldRows(db: Db, { source, declaration }: ReaderDeclaration, horizon: string): Promise<boolean> {
  return (await db.maybe(sql`select 1 from (${source.select(declaration)}) as item where item.tx >= ${horizon}::xid8 limit 1`)) !== undefined;
}

/** How many rows each reader has yet to read, `most` where there are more. By `<plugin>.<feed>`. */
export async function feedLags(db: Db, readers: readonly ReaderDeclaration[], most = 10_000): Promise<ReadonlyMap<string, number>> {
  const lags = new Map<string, number>();
  for (const { plugin, feed, source, declaration } of readers) {
    const { lag } = await db.one<{ lag: number }>(sql`
      select count(*)::int as lag from (
        select from (${source.select(declaration)}) as item
        where (item.tx, item.seq) > (select cursor.tx, cursor.seq from feed_cursor cursor where plugin = ${plugin} and feed = ${feed}) limit ${most}) as unread`);
    lags.set(`${plugin}.${feed}`, lag);
  }
  return lags;
}

/** The feed of published events. */
export const eventSource: FeedSource<FeedCatalogue["events"]["options"], PublishedEvent> = {
  summary: "Every durable event as it was published.",
  select: ({ names }) => sql`select tx, seq, id, name, payload, at from event where ${names ? sql`name = any(${names}::text[])` : sql.raw("true")}`,
  item: ({ id, name, payload, at }: PublishedEvent) => ({ id, name, payload, at }),
};

export const feedSourcesField: ContributionDeclaration = {
  summary: "Feeds that others can read in batches, each from a cursor of its own.",
  check: (value, plugin, { plugins }) =>
    Object.entries(value as Record<string, Partial<FeedSource>>).flatMap(([name, source]) => {
      if (typeof source.select !== "function" || typeof source.item !== "function") return [`${name} has no select or no item`];
      const owner = plugins.find((other) => other.feedSources && name in other.feedSources);
      return owner === plugin ? [] : [`the feed ${name} is ${owner?.name}'s`];
    }),
};

export const feedsField: ContributionDeclaration = {
  summary: "Readers of feeds.",
  check: (value, _plugin, { plugins }) => {
    const sources = new Map(plugins.flatMap(({ feedSources }) => Object.entries(feedSources ?? {})) as [string, FeedSource][]);
    return Object.entries(value as Record<string, Partial<ReaderDeclaration["declaration"]>>).flatMap(([name, feed]) => {
      const source = sources.get(name);
      if (!source) return [`nobody offers the feed ${name}`];
      const { batch, run, from, inTransaction: _, ...options } = feed;
      const problems: string[] = [];
      if (!Number.isInteger(batch) || (batch as number) < 1 || (batch as number) > 10_000) problems.push(`${name}: batch must be a whole number from 1 to 10000`);
      if (typeof run !== "function") problems.push(`${name}: run is no function`);
      if (from !== undefined && from !== "beginning" && from !== "now") problems.push(`${name}: from must be "beginning" or "now"`);
      if (source.options && !fits(source.options, options)) problems.push(`${name}: its options don't fit the source's`);
      return problems;
    });
  },
};
