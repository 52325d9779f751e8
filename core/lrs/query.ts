import type { Db } from "../db/database.ts";
import { sql, type Sql } from "../db/sql.ts";
import { keyOf } from "./keys.ts";

/** What GET statements may ask for (Communication 2.1.3). Times are microseconds since 1970. */
export interface StatementFilter {
  store: number;
  /** Who, as `identityOf` tells an agent. */
  agent?: string;
  verb?: string;
  activity?: string;
  registration?: string;
  relatedAgents?: boolean;
  relatedActivities?: boolean;
  /** Stored later than. */
  since?: number;
  /** Stored at or before. */
  until?: number;
  ascending?: boolean;
  /** Only statements that this authority vouched for: its key, as prepared statements have it. */
  authorityKey?: string;
  /** Only statements that have all of these keys. */
  within?: readonly string[];
  /** Those that are voided as well: for copies of a whole store. */
  withVoided?: boolean;
}

/** A statement as it is returned; `seq` is when it was stored, in microseconds since 1970. */
export interface FoundStatement {
  seq: number;
  raw: string;
}

/** One page in the order of `stored`, the latest first unless ascending. */
export interface StatementPage {
  statements: FoundStatement[];
  /** Where the next page goes on: `after` of the next question; undefined on the last page. */
  next?: number;
}

/**
 * The statements that match and are not voided. A statement that points at a match, through any number of statements, voided or not,
 * is a match as well; time and order hold for the one that points. All filters are to match the same statement. `after` is the `next`
 * of the page before.
 */
export async function findStatements(db: Db, filter: StatementFilter, limit: number, after?: number): Promise<StatementPage> {
  const { ascending = false } = filter;
  const lowest = Math.max((filter.since ?? -1) + 1, ascending && after !== undefined ? after + 1 : 0);
  const highest = Math.min(filter.until ?? latest, !ascending && after !== undefined ? after - 1 : latest);
  const question: Question = { filter, keys: filterKeys(filter), lowest, highest, limit: limit + 1 };
  const found = await (question.keys.length === 0 ? asked(db, allOf(question)) : matchingAndPointing(db, question));
  const statements = found.slice(0, limit);
  return { statements, next: found.length > limit ? statements.at(-1)?.seq : undefined };
}

/** A statement by its id; one that is voided only when `voided` ones are asked for, and no others then. */
export async function findStatement(
  db: Db,
  { store, id, voided, authorityKey, within }: Pick<StatementFilter, "store" | "authorityKey" | "within"> & { id: string; voided: boolean },
): Promise<FoundStatement | undefined> {
  const wanted = sql`${sql.raw(voided ? "" : "not")} ${isVoided} and ${mine(authorityKey)} and ${inside(store, within)}`;
  const [found] = await asked(db, sql`select s.seq, s.raw from statement_id i cross join ${statementAt(store, "i.seq", wanted)} where i.store = ${literal(store)} and i.id = ${id}`);
  return found;
}

/** Up to where, in microseconds since 1970, every statement there will ever be can be seen by whoever asks from now on. */
export async function consistentThrough(db: Db): Promise<number> {
  return Number((await db.one<{ time: string }>(sql`select lrs_consistent_through() as time`)).time);
}

/** The question as SQL needs it: bounds of `seq`, both included. */
interface Question {
  filter: StatementFilter;
  keys: string[];
  lowest: number;
  highest: number;
  limit: number;
}

const latest = Number.MAX_SAFE_INTEGER;
/** No more matches than this are ever counted or followed, and twice as many pointers. */
const fewEnough = 1000;
/** Where a filter has several keys, the one whose 64th statement is the furthest away leads. */
const lookAhead = 63;
// "offset 0" keeps this a look into the index; without it the planner reads all that voids into a hash first.
export const isVoided = sql.raw(`(not s.voiding and exists (select from statement_reference v where v.store = s.store and v.target = s.id and v.voiding offset 0))`);

function filterKeys(filter: StatementFilter): string[] {
  const { agent, activity, registration, verb, relatedAgents, relatedActivities, within = [] } = filter;
  const keys: string[] = [...within];
  if (registration !== undefined) keys.push(keyOf("registration", registration.toLowerCase()));
  if (agent !== undefined) keys.push(keyOf(relatedAgents ? "related-agent" : "agent", agent));
  if (activity !== undefined) keys.push(keyOf(relatedActivities ? "related-activity" : "activity", activity));
  if (verb !== undefined) keys.push(keyOf("verb", verb));
  return [...new Set(keys)];
}

async function asked(db: Db, question: Sql): Promise<FoundStatement[]> {
  return (await db.rows<{ seq: string; raw: string }>(sql.prepared(question))).map(({ seq, raw }) => ({ seq: Number(seq), raw }));
}

/** The page of statements that match and of those that point at a match. */
async function matchingAndPointing(db: Db, question: Question): Promise<FoundStatement[]> {
  const { filter, limit } = question;
  const rows = await db.rows<{ seq: string | null; raw: string; pointers: number }>(sql.prepared(matchesAndPointers(question)));
  const direct = rows.flatMap(({ seq, raw }) => (seq === null ? [] : [{ seq: Number(seq), raw }]));
  const pointers = rows[0]!.pointers;
  if (pointers === 0) return direct;
  const last = direct.length === limit ? direct.at(-1)!.seq : undefined;
  const window = { ...question, ...(last !== undefined && (filter.ascending ? { highest: last } : { lowest: last })) };
  const pointing = await asked(db, (await isShorterFromMatches(db, question, direct.length, pointers)) ? pointingFromMatches(window) : pointingToMatches(window));
  const bySeq = new Map([...direct, ...pointing].map((statement) => [statement.seq, statement]));
  const order = filter.ascending ? 1 : -1;
  return [...bySeq.values()].sort((one, other) => order * (one.seq - other.seq)).slice(0, limit);
}

/*
 * Every statement below is prepared, and is to have one plan whatever it is asked: look-ups in the order they are written in, each
 * kept in its place by "offset 0" or "limit 1", so that a page reads the index backwards until it is full, whatever the tables hold. The store's number is
 * part of the text, so that the plan has the partitions of that store alone.
 */

function allOf({ filter, lowest, highest, limit }: Question): Sql {
  return sql`select s.seq, s.raw from statement s where s.store = ${literal(filter.store)} and s.seq between ${lowest}::bigint and ${highest}::bigint
    and ${visible(filter)} order by s.seq ${direction(filter)} limit ${limit}`;
}

/** The matches in order, each with how many statements point anywhere in the stretch they take; one row without `seq` when there is none. */
function matchesAndPointers(question: Question): Sql {
  const { filter, lowest, highest, limit } = question;
  const end = sql`case when count(*) < ${limit} then ${filter.ascending ? highest : lowest}::bigint else ${sql.raw(filter.ascending ? "max(seq)" : "min(seq)")} end`;
  const stretch = filter.ascending ? sql`${lowest}::bigint and (select seq from reached)` : sql`(select seq from reached) and ${highest}::bigint`;
  return sql`with ${leader(question)},
    direct as materialized (
      select s.seq, s.raw from ${matches(question)} cross join ${statementAt(filter.store, "k.seq", visible(filter))}
      where k.seq between ${lowest}::bigint and ${highest}::bigint order by k.seq ${direction(filter)} limit ${limit}
    ),
    reached as materialized (select ${end} as seq from direct),
    pointer as (select from statement_reference r where r.store = ${literal(filter.store)} and r.seq between ${stretch} limit ${2 * fewEnough + 1})
    select direct.seq, direct.raw, counted.pointers from (select count(*)::integer as pointers from pointer) as counted left join direct on true
    order by direct.seq ${direction(filter)}`;
}

/** A page that is not full and has no bounds holds every match but those that are void; otherwise it is counted, where pointers are many. */
async function isShorterFromMatches(db: Db, question: Question, found: number, pointers: number): Promise<boolean> {
  if (found < question.limit && question.lowest === 0 && question.highest === latest) return found < pointers;
  if (pointers <= 2 * fewEnough) return false;
  const counted = sql`with ${leader(question)} select count(*)::integer as count from (select from ${matches(question)} limit ${fewEnough + 1}) as found`;
  return (await db.one<{ count: number }>(sql.prepared(counted))).count <= fewEnough;
}

/** From each statement of the window that points, along its way, until a match: for windows with few of them. */
function pointingToMatches({ filter, keys, lowest, highest, limit }: Question): Sql {
  const store = literal(filter.store);
  return sql`select s.seq, s.raw from statement_reference r cross join ${statementAt(filter.store, "r.seq", visible(filter))}
    where r.store = ${store} and r.seq between ${lowest}::bigint and ${highest}::bigint
      and exists (
        with recursive way(seq) as (
          select i.seq from statement_id i where i.store = ${store} and i.id = r.target
          union
          select i.seq from way join statement_reference n on n.store = ${store} and n.seq = way.seq join statement_id i on i.store = ${store} and i.id = n.target
        )
        select from way where ${hasAll(filter.store, keys, "way.seq")})
    order by r.seq ${direction(filter)} limit ${limit}`;
}

/** From each match to all that point at it: for filters with few matches. */
function pointingFromMatches(question: Question): Sql {
  const { filter, lowest, highest, limit } = question;
  const anyone = sql.raw("true");
  const pointers = sql`lateral (select r.seq from statement_reference r where r.store = ${literal(filter.store)} and r.target = s.id offset 0) as r`;
  // The limit changes nothing but what PostgreSQL reckons with: without it it lays out a hash for two million rows.
  const many = 100_000;
  return sql`with recursive ${leader(question)},
    pointing(seq) as (
      select r.seq from (select k.seq from ${matches(question)} limit ${sql.raw(String(many))}) as k cross join ${statementAt(filter.store, "k.seq", anyone)} cross join ${pointers}
      union
      select r.seq from pointing cross join ${statementAt(filter.store, "pointing.seq", anyone)} cross join ${pointers}
    )
    select s.seq, s.raw from (select seq from pointing where seq between ${lowest}::bigint and ${highest}::bigint order by seq ${direction(filter)} offset 0) as p
      cross join ${statementAt(filter.store, "p.seq", visible(filter))}
    order by s.seq ${direction(filter)} limit ${limit}`;
}

/** The key that is to be followed, `leader.key`: the rarest, as far as a look ahead from the beginning of the page tells. */
function leader({ filter, keys, lowest, highest }: Question): Sql {
  if (keys.length === 1) return sql`leader as materialized (select ${keys[0]}::bigint as key)`;
  return sql`leader as materialized (
    select wanted.key from unnest(${keys}::bigint[]) as wanted(key), lateral (select (
      select seq from statement_key where store = ${literal(filter.store)} and key = wanted.key and seq between ${lowest}::bigint and ${highest}::bigint
      order by seq ${direction(filter)} offset ${lookAhead} limit 1) as seq) as ahead
    order by ahead.seq ${sql.raw(filter.ascending ? "desc" : "asc")} nulls first limit 1)`;
}

/** Rows `k` of those that have all the keys; with `leader` before. */
function matches({ filter, keys }: Question): Sql {
  const others = keys.length === 1 ? sql.raw("true") : hasAll(filter.store, keys, "led.seq");
  return sql`(select led.seq from statement_key led where led.store = ${literal(filter.store)} and led.key = (select key from leader) and ${others}) as k`;
}

function hasAll(store: number, keys: readonly string[], seq: string): Sql {
  return sql`(select count(*) from statement_key o where o.store = ${literal(store)} and o.key = any(${keys}::bigint[]) and o.seq = ${sql.raw(seq)}) = ${keys.length}`;
}

/** The statement `s` at this place, if it is as wanted. */
function statementAt(store: number, seq: string, wanted: Sql): Sql {
  return sql`lateral (select s.seq, s.id, s.raw from statement s where s.store = ${literal(store)} and s.seq = ${sql.raw(seq)} and ${wanted} limit 1) as s`;
}

function visible({ store, authorityKey, within, withVoided = false }: StatementFilter): Sql {
  return sql`${withVoided ? sql.raw("true") : sql`not ${isVoided}`} and ${mine(authorityKey)} and ${inside(store, within)}`;
}

function mine(authorityKey: string | undefined): Sql {
  return authorityKey === undefined ? sql.raw("true") : sql`s.authority = ${authorityKey}`;
}

/** That the statement itself has these keys, not only one that it points at. */
function inside(store: number, within: readonly string[] = []): Sql {
  return within.length === 0 ? sql.raw("true") : hasAll(store, within, "s.seq");
}

function direction({ ascending = false }: StatementFilter): Sql {
  return sql.raw(ascending ? "asc" : "desc");
}

function literal(store: number): Sql {
  return sql.raw(String(Math.trunc(store)));
}
