import type { Db } from "../../db/database.ts";
import { sql, type Sql } from "../../db/sql.ts";
import type { FoundStatement } from "./query.ts";
import { direction, havingAll, latest, literal, rowsOf, seqsOf, visible, type Question } from "./parts.ts";

/** The statements that match by themselves. */
export interface Matches {
  /** Those to be seen, as many as were asked for. */
  statements: FoundStatement[];
  /** How many statements point anywhere in the stretch of time that was gone through: no more than a limit are counted. */
  pointers: number;
  /** The `seq` of each statement that points at a match, wherever either is and whether it is to be seen or not; where that came out by the way. */
  pointing?: number[];
  /** How many that have the rarest key were gone through. */
  passed: number;
}

/** No more pointers than this are counted in a stretch: with so many it is shorter to ask what points at the matches, if these are few, than to follow each. */
export const pointersAtMost = 300;

/** The page of statements that match, stretch by stretch of those that have the rarest key: first what is near, then longer ones. */
export async function findMatches(db: Db, question: Question): Promise<Matches> {
  const { filter, lowest, highest, limit } = question;
  const statements: FoundStatement[] = [];
  let pointing: number[] | undefined = lowest === 0 && highest === latest ? [] : undefined;
  let pointers = 0;
  let passed = 0;
  let length = question.keys.length === 1 ? limit + spare : limit * 4;
  for (let rest = question, part = near(question); ; part = rest) {
    const rows = await db.rows<Stretch>(sql.prepared(stretch(part, length)));
    const { led, reached, pointed, leads, ...told } = rows[0]!;
    pointers += told.pointers;
    passed += led;
    if (pointed === null) pointing = undefined;
    else for (const seq of pointed) pointing?.push(Number(seq));
    for (const { seq, raw } of rows) if (seq !== null) statements.push({ seq: Number(seq), raw: raw! });
    if (led < length && part === rest) return { statements, pointers, passed, pointing };
    if (statements.length === limit) return { statements, pointers, passed };
    const end = led < length ? (filter.ascending ? part.highest : part.lowest) : Number(reached);
    rest = { ...rest, leads, limit: limit - statements.length, ...(filter.ascending ? { lowest: end + 1 } : { highest: end - 1 }) };
    length = few;
  }
}

/** The same for the weeks next to where the page begins: most pages are full there, and of all partitions few are opened. */
function near(question: Question): Question {
  const { filter, lowest, highest } = question;
  if (filter.ascending) return lowest > 0 && lowest + weeks < highest ? { ...question, highest: lowest + weeks } : question;
  const from = Math.min(highest, Date.now() * 1000) - weeks;
  return from > lowest ? { ...question, lowest: from } : question;
}

/** The `seq` of every statement that points at a match, whenever either was stored; undefined when there are more than a few matches. */
export async function pointingAtMatches(db: Db, question: Question): Promise<number[] | undefined> {
  const everywhere = { ...question, lowest: 0, highest: latest };
  const { led, pointed } = await db.one<{ led: number; pointed: string[] | null }>(
    sql.prepared(sql`with ${matched(everywhere, few)},
      seen as (select s.id from ${rowsOf(everywhere, "matched")} where (select cardinality(seqs) < ${few}::integer from span))
      select coalesce(cardinality(seqs), 0) as led, (${pointingAtSeen(question)}) as pointed from span`),
  );
  return led < few ? (pointed ?? []).map(Number) : undefined;
}

/** A row of a stretch: the first tells what holds for all of it, the others are its statements. */
interface Stretch {
  seq: string | null;
  raw: string | null;
  /** How many have the key that leads. */
  led: number;
  /** The last of these. */
  reached: string | null;
  /** The `seq` of every statement that points at a match in it; null where the page was full before its end, unless there are many pointers and few matches. */
  pointed: string[] | null;
  pointers: number;
  /** The key that led. */
  leads: string;
}

/** More than the page, for statements that are voided. */
const spare = 13;
const weeks = 6 * 7 * 86_400 * 1e6;
/** So many with one key are gone through at once; where there are no more of them, they are few. */
export const few = 1000;
/** Where a filter has several keys, the one whose 64th statement is the furthest away leads. */
const lookAhead = 63;

function stretch(question: Question, length: number): Sql {
  const { filter, lowest, highest, limit } = question;
  const [last, farthest] = filter.ascending ? [sql.raw("greatest"), sql.raw("max")] : [sql.raw("least"), sql.raw("min")];
  const isFull = sql`(select count(*) from direct) = ${limit}::integer`;
  const end = sql`case when ${isFull} then (select ${farthest}(seq) from direct) when cardinality(span.seqs) = ${length}::integer then span.${last} else ${filter.ascending ? highest : lowest}::bigint end`;
  const window = filter.ascending ? sql`${lowest}::bigint and (select seq from reached)` : sql`(select seq from reached) and ${highest}::bigint`;
  return sql`with ${matched(question, length)},
    seen as materialized (select s.store, s.seq, s.id, s.voiding, s.authority, s.raw from ${rowsOf(question, "matched")}),
    direct as materialized (select s.seq, s.raw from seen as s where ${visible(filter)} limit ${limit}),
    reached as materialized (select ${end} as seq from span),
    counted as materialized (
      select count(*)::integer as pointers from (select from statement_reference r where r.store = ${literal(filter.store)} and r.seq between ${window} limit ${sql.raw(String(pointersAtMost))}) as those
    ),
    told as (
      select coalesce(cardinality(span.seqs), 0) as led, span.${last} as reached,
        case when not ${isFull} or pointers = ${sql.raw(String(pointersAtMost))} and cardinality(span.seqs) < ${Math.min(length, few)}::integer then coalesce((${pointingAtSeen(question)}), '{}') end as pointed,
        pointers, (select key from leader) as leads
      from span, counted
    )
    select null as seq, null as raw, told.* from told union all select seq, raw, null, null, null, null, null from direct order by seq ${direction(filter)} nulls first`;
}

/** Those of the key that leads, so many at most (`span`), and those of them that have all keys (`matched`). */
function matched(question: Question, length: number): Sql {
  const { filter, keys, lowest, highest } = question;
  const had = keys.length === 1 ? sql.raw("led") : havingAll(question, sql`select array_remove(${keys}::bigint[], key) from leader`, keys.length - 1, "span");
  return sql`${leader(question)},
    led as materialized (
      select led.seq from statement_key led where led.store = ${literal(filter.store)} and led.key = (select key from leader) and led.seq between ${lowest}::bigint and ${highest}::bigint
      order by led.seq ${direction(filter)} limit ${length}
    ),
    span as materialized (select array_agg(seq order by seq) as seqs, min(seq) as least, max(seq) as greatest from led),
    matched as materialized ${seqsOf(sql`${had} as had`)}`;
}

/** What points at the statements `seen`. */
function pointingAtSeen({ filter }: Question): Sql {
  return sql`select array_agg(r.seq) from seen cross join lateral (select r.seq from statement_reference r where r.store = ${literal(filter.store)} and r.target = seen.id offset 0) as r`;
}

/** The key that is to be followed, `leader.key`: the rarest, as far as a look ahead from the beginning of the page tells. */
function leader({ filter, keys, lowest, highest, leads }: Question): Sql {
  if (leads !== undefined || keys.length === 1) return sql`leader as materialized (select ${leads ?? keys[0]}::bigint as key)`;
  return sql`leader as materialized (
    select wanted.key from unnest(${keys}::bigint[]) as wanted(key), lateral (select (
      select seq from statement_key where store = ${literal(filter.store)} and key = wanted.key and seq between ${lowest}::bigint and ${highest}::bigint
      order by seq ${direction(filter)} offset ${lookAhead} limit 1) as seq) as ahead
    order by ahead.seq ${sql.raw(filter.ascending ? "desc" : "asc")} nulls first limit 1)`;
}
