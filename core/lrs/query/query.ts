import type { Db } from "../../db/database.ts";
import { sql, type Sql } from "../../db/sql.ts";
import { keyOf } from "../keys.ts";
import { few, findMatches, pointersAtMost, pointingAtMatches } from "./matches.ts";
import { asked, direction, inside, isVoided, latest, literal, mine, rowsOf, visible, type Question } from "./parts.ts";
import { findPointing, findPointingFrom } from "./pointing.ts";

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
 * of the page before. A page has `limit` statements, or fewer where they are of many megabytes.
 */
export async function findStatements(db: Db, filter: StatementFilter, limit: number, after?: number): Promise<StatementPage> {
  const { ascending = false } = filter;
  const lowest = Math.max((filter.since ?? -1) + 1, ascending && after !== undefined ? after + 1 : 0);
  const highest = Math.min(filter.until ?? latest, !ascending && after !== undefined ? after - 1 : latest);
  const question: Question = { filter, keys: filterKeys(filter), lowest, highest, limit: limit + 1 };
  const found = await (question.keys.length === 0 ? asked(db, allOf(question)) : matchingAndPointing(db, question));
  const statements = fitting(found.slice(0, limit));
  return { statements, next: found.length > statements.length ? statements.at(-1)?.seq : undefined };
}

/** As many characters of statements as make a page, at least of one: an answer is to be a text that there can be. */
const charactersAtMost = 64 * 1024 ** 2;

function fitting(found: FoundStatement[]): FoundStatement[] {
  let characters = 0;
  const end = found.findIndex(({ raw }, index) => (characters += raw.length) > charactersAtMost && index > 0);
  return end < 0 ? found : found.slice(0, end);
}

/** A statement by its id; one that is voided only when `voided` ones are asked for, and no others then. */
export async function findStatement(
  db: Db,
  { store, id, voided, authorityKey, within }: Pick<StatementFilter, "store" | "authorityKey" | "within"> & { id: string; voided: boolean },
): Promise<FoundStatement | undefined> {
  const wanted = sql`${sql.raw(voided ? "" : "not")} ${isVoided} and ${mine(authorityKey)} and ${inside(store, within)}`;
  const own = sql`lateral (select s.* from statement s where s.store = ${literal(store)} and s.seq = i.seq limit 1) as s`;
  const [found] = await asked(db, sql`select s.seq, s.raw from statement_id i cross join ${own} where i.store = ${literal(store)} and i.id = ${id} and ${wanted}`);
  return found;
}

/** Up to where, in microseconds since 1970, every statement there will ever be can be seen by whoever asks from now on. */
export async function consistentThrough(db: Db): Promise<number> {
  return Number((await db.one<{ time: string }>(sql`select lrs_consistent_through() as time`)).time);
}

function filterKeys(filter: StatementFilter): string[] {
  const { agent, activity, registration, verb, relatedAgents, relatedActivities, within = [] } = filter;
  const keys: string[] = [...within];
  if (registration !== undefined) keys.push(keyOf("registration", registration.toLowerCase()));
  if (agent !== undefined) keys.push(keyOf(relatedAgents ? "related-agent" : "agent", agent));
  if (activity !== undefined) keys.push(keyOf(relatedActivities ? "related-activity" : "activity", activity));
  if (verb !== undefined) keys.push(keyOf("verb", verb));
  return [...new Set(keys)];
}

function allOf(question: Question): Sql {
  const { filter, limit } = question;
  return sql`select s.seq, s.raw from ${rowsOf(question)} where ${visible(filter)} order by s.seq ${direction(filter)} limit ${limit}`;
}

/** The page of statements that match and of those that point at a match. */
async function matchingAndPointing(db: Db, question: Question): Promise<FoundStatement[]> {
  const { filter, limit } = question;
  const { statements, pointers, passed, pointing: told } = await findMatches(db, question);
  if (pointers === 0) return statements;
  const last = statements.length === limit ? statements.at(-1)!.seq : undefined;
  const window = { ...question, ...(last !== undefined && (filter.ascending ? { highest: last } : { lowest: last })) };
  const known = told ?? (pointers >= pointersAtMost && passed < few ? await pointingAtMatches(db, question) : undefined);
  const pointing = await (known ? findPointingFrom(db, window, known) : findPointing(db, window));
  if (pointing.length === 0) return statements;
  const bySeq = new Map([...statements, ...pointing].map((statement) => [statement.seq, statement]));
  const order = filter.ascending ? 1 : -1;
  return [...bySeq.values()].sort((one, other) => order * (one.seq - other.seq)).slice(0, limit);
}
