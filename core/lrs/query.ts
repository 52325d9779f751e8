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
  const direct = await asked(db, directMatches(question));
  const found = question.keys.length === 0 ? direct : await withPointing(db, question, direct);
  const statements = found.slice(0, limit);
  return { statements, next: found.length > limit ? statements.at(-1)?.seq : undefined };
}

/** A statement by its id; one that is voided only when `voided` ones are asked for, and no others then. */
export async function findStatement(
  db: Db,
  { store, id, voided, authorityKey }: { store: number; id: string; voided: boolean; authorityKey?: string },
): Promise<FoundStatement | undefined> {
  const [found] = await asked(db, sql`
    select s.seq, s.raw from statement_id join statement s using (store, seq)
    where statement_id.store = ${store} and statement_id.id = ${id} and ${sql.raw(voided ? "" : "not")} ${isVoided} and ${mine(authorityKey)}`);
  return found;
}

/** Up to where, in microseconds since 1970, every statement there will ever be can be seen by whoever asks from now on. */
export async function consistentThrough(db: Db): Promise<number> {
  return Number((await db.one<{ time: string }>(sql`select lrs_consistent_through() as time`)).time);
}

/** The question as SQL needs it: the narrowest key first, bounds of `seq` both included. */
interface Question {
  filter: StatementFilter;
  keys: string[];
  lowest: number;
  highest: number;
  limit: number;
}

const latest = Number.MAX_SAFE_INTEGER;
const fewEnough = 1000;
// "offset 0" keeps each of these a look into the index; without it the planner reads all that voids into a hash first.
export const isVoided = sql.raw(`(not s.voiding and exists (select from statement v where v.store = s.store and v.target = s.id and v.voiding offset 0))`);

function filterKeys(filter: StatementFilter): string[] {
  const { agent, activity, registration, verb, relatedAgents, relatedActivities } = filter;
  const keys: string[] = [];
  if (registration !== undefined) keys.push(keyOf("registration", registration.toLowerCase()));
  if (agent !== undefined) keys.push(keyOf(relatedAgents ? "related-agent" : "agent", agent));
  if (activity !== undefined) keys.push(keyOf(relatedActivities ? "related-activity" : "activity", activity));
  if (verb !== undefined) keys.push(keyOf("verb", verb));
  return keys;
}

async function asked(db: Db, question: Sql): Promise<FoundStatement[]> {
  return (await db.rows<{ seq: string; raw: string }>(question)).map(({ seq, raw }) => ({ seq: Number(seq), raw }));
}

function directMatches({ filter, keys, lowest, highest, limit }: Question): Sql {
  const from = keys.length === 0 ? sql.raw("statement s") : sql`${matching(filter.store, keys)} join statement s using (store, seq)`;
  const seq = sql.raw(keys.length === 0 ? "s.seq" : "k0.seq");
  return sql`select s.seq, s.raw from ${from} where s.store = ${filter.store} and ${seq} between ${lowest} and ${highest}
    and ${visible(filter)} order by ${seq} ${direction(filter)} limit ${limit}`;
}

/** The pages of statements that match and of those that point at a match, made one. */
async function withPointing(db: Db, question: Question, direct: FoundStatement[]): Promise<FoundStatement[]> {
  const last = direct.length === question.limit ? direct.at(-1)?.seq : undefined;
  const bounds = last === undefined ? {} : question.filter.ascending ? { highest: last } : { lowest: last };
  const window = { ...question, ...bounds };
  const pointers = await count(db, sql`select from statement s where s.store = ${question.filter.store} and s.target is not null
    and s.seq between ${window.lowest} and ${window.highest} limit ${fewEnough + 1}`);
  if (pointers === 0) return direct;
  const few = pointers > fewEnough && (await count(db, sql`select from ${matching(question.filter.store, question.keys)} limit ${fewEnough + 1}`)) <= fewEnough;
  const pointing = await asked(db, few ? pointingFromMatches(window) : pointingToMatches(window));
  const bySeq = new Map([...direct, ...pointing].map((statement) => [statement.seq, statement]));
  const order = question.filter.ascending ? 1 : -1;
  return [...bySeq.values()].sort((one, other) => order * (one.seq - other.seq)).slice(0, question.limit);
}

/** From each statement of the window that points, along its way, until a match: for windows with few of them. */
function pointingToMatches({ filter, keys, lowest, highest, limit }: Question): Sql {
  const hits = keys.map((key) => sql`exists (select from statement_key k where k.store = ${filter.store} and k.key = ${key} and k.seq = way.seq offset 0)`);
  return sql`select s.seq, s.raw from statement s
    where s.store = ${filter.store} and s.target is not null and s.seq between ${lowest} and ${highest} and ${visible(filter)}
      and exists (
        with recursive way(seq, target) as (
          select t.seq, t.target from statement_id i join statement t using (store, seq) where i.store = ${filter.store} and i.id = s.target
          union
          select t.seq, t.target from way join statement_id i on i.store = ${filter.store} and i.id = way.target
            join statement t on t.store = i.store and t.seq = i.seq
        )
        select from way where ${sql.join(hits, " and ")})
    order by s.seq ${direction(filter)} limit ${limit}`;
}

/** From each match to all that point at it: for filters with few matches. */
function pointingFromMatches({ filter, keys, lowest, highest, limit }: Question): Sql {
  return sql`with recursive reached(seq, id) as (
      select s.seq, s.id from ${matching(filter.store, keys)} join statement s using (store, seq)
      union
      select p.seq, p.id from reached join statement p on p.store = ${filter.store} and p.target = reached.id
    )
    select s.seq, s.raw from reached cross join lateral (
      select seq, raw, id, store, target, voiding, authority from statement where store = ${filter.store} and seq = reached.seq offset 0
    ) as s
    where s.target is not null and s.seq between ${lowest} and ${highest} and ${visible(filter)}
    order by s.seq ${direction(filter)} limit ${limit}`;
}

/** Rows of `store` and `seq` that have all the keys. */
function matching(store: number, keys: string[]): Sql {
  const others = keys.slice(1).map((key, index) => sql`join statement_key ${sql.raw(`k${index + 1}`)} using (store, seq)`);
  const conditions = keys.map((key, index) => sql`${sql.raw(`k${index}`)}.key = ${key}`);
  return sql`(select k0.store, k0.seq from statement_key k0 ${sql.join(others, " ")} where k0.store = ${store} and ${sql.join(conditions, " and ")}) as k0`;
}

function visible({ authorityKey }: StatementFilter): Sql {
  return sql`not ${isVoided} and ${mine(authorityKey)}`;
}

function mine(authorityKey: string | undefined): Sql {
  return authorityKey === undefined ? sql.raw("true") : sql`s.authority = ${authorityKey}`;
}

function direction({ ascending = false }: StatementFilter): Sql {
  return sql.raw(ascending ? "asc" : "desc");
}

async function count(db: Db, rows: Sql): Promise<number> {
  return Number((await db.one<{ count: string }>(sql`select count(*) from (${rows}) as found`)).count);
}
