import type { Db } from "../../db/database.ts";
import { sql, type Sql } from "../../db/sql.ts";
import type { FoundStatement } from "./query.ts";
import { amongSeqs, direction, havingAll, latest, literal, seqsOf, visible, type Question } from "./parts.ts";

/** The statements that match by themselves. */
export interface Matches {
  /** Those to be seen, as many as were asked for. */
  statements: FoundStatement[];
  /** How many statements point anywhere in the stretch of time that was gone through: no more than a limit are counted. */
  pointers: number;
  /** Where all matches there are were gone through: the `seq` of each, whether it is to be seen or not. */
  all?: number[];
}

/** No more pointers than this are counted in a stretch. */
export const pointersAtMost = 2001;

/** The page of statements that match, stretch by stretch of those that have the rarest key: first what is near, then longer ones. */
export async function findMatches(db: Db, question: Question): Promise<Matches> {
  const { filter, lowest, highest, limit } = question;
  const statements: FoundStatement[] = [];
  let all: number[] | undefined = lowest === 0 && highest === latest ? [] : undefined;
  let pointers = 0;
  let length = question.keys.length === 1 ? limit + spare : limit * 4;
  for (let rest = question, part = near(question); ; part = rest) {
    const rows = await db.rows<Stretch>(sql.prepared(stretch(part, length)));
    const { led, reached, seqs, leads, ...told } = rows[0]!;
    pointers += told.pointers;
    if (seqs === null && led === length) all = undefined;
    else all?.push(...(seqs ?? []).map(Number));
    for (const { seq, raw } of rows) if (seq !== null) statements.push({ seq: Number(seq), raw: raw! });
    if (led < length && part === rest) return { statements, pointers, all };
    if (statements.length === limit) return { statements, pointers };
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

/** The `seq` of every statement that matches, whenever it was stored; undefined when there are more than a few. */
export async function allMatches(db: Db, question: Question): Promise<number[] | undefined> {
  const [row] = await db.rows<Stretch>(sql.prepared(stretch({ ...question, lowest: 0, highest: latest, limit: 1 }, few)));
  return row!.led < few ? (row!.seqs ?? []).map(Number) : undefined;
}

/** A row of a stretch: the first tells what holds for all of it, the others are its statements. */
interface Stretch {
  seq: string | null;
  raw: string | null;
  /** How many have the key that leads. */
  led: number;
  /** The last of these. */
  reached: string | null;
  /** Those that have all keys; null where there are more to come. */
  seqs: string[] | null;
  pointers: number;
  /** The key that led. */
  leads: string;
}

/** More than the page, for statements that are voided. */
const spare = 13;
const weeks = 6 * 7 * 86_400 * 1e6;
const few = 1000;
/** Where a filter has several keys, the one whose 64th statement is the furthest away leads. */
const lookAhead = 63;

function stretch(question: Question, length: number): Sql {
  const { filter, keys, lowest, highest, limit } = question;
  const store = literal(filter.store);
  const last = sql.raw(filter.ascending ? "greatest" : "least");
  const end = sql`case when (select count(*) from direct) = ${limit} then (select ${sql.raw(filter.ascending ? "max" : "min")}(seq) from direct)
    when cardinality(span.seqs) = ${length}::integer then span.${last} else ${filter.ascending ? highest : lowest}::bigint end`;
  const window = filter.ascending ? sql`${lowest}::bigint and (select seq from reached)` : sql`(select seq from reached) and ${highest}::bigint`;
  const matched = keys.length === 1 ? sql.raw("led") : havingAll(filter.store, sql`select array_remove(${keys}::bigint[], key) from leader`, keys.length - 1, "span", question);
  return sql`with ${leader(question)},
    led as materialized (
      select led.seq from statement_key led where led.store = ${store} and led.key = (select key from leader) and led.seq between ${lowest}::bigint and ${highest}::bigint
      order by led.seq ${direction(filter)} limit ${length}
    ),
    span as materialized ${seqsOf(sql.raw("led"))},
    matched as materialized ${seqsOf(sql`${matched} as had`)},
    direct as materialized (
      select s.seq, s.raw from statement s where s.store = ${store} and s.seq between ${lowest}::bigint and ${highest}::bigint and ${amongSeqs("s.seq", "matched")} and ${visible(filter)} order by s.seq ${direction(filter)} limit ${limit}
    ),
    reached as materialized (select ${end} as seq from span),
    pointer as (select from statement_reference r where r.store = ${store} and r.seq between ${window} limit ${sql.raw(String(pointersAtMost))}),
    told as (
      select coalesce(cardinality(span.seqs), 0) as led, span.${last} as reached, case when coalesce(cardinality(span.seqs), 0) < ${length}::integer then matched.seqs end as seqs,
        (select count(*)::integer from pointer) as pointers, (select key from leader) as leads
      from span, matched
    )
    select null as seq, null as raw, told.* from told union all select seq, raw, null, null, null, null, null from direct order by seq ${direction(filter)} nulls first`;
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
