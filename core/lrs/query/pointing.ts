import type { Db } from "../../db/database.ts";
import { sql, type Sql } from "../../db/sql.ts";
import type { FoundStatement } from "./query.ts";
import { asked, direction, havingAll, latest, literal, rowsOf, seqsOf, visible, type Question } from "./parts.ts";

/** The statements of the question's time among these, each of which points at a match, and those that point at one of these through any number of statements. */
export async function findPointingFrom(db: Db, question: Question, pointing: readonly number[]): Promise<FoundStatement[]> {
  if (pointing.length === 0) return [];
  const { filter, lowest, highest, limit } = question;
  const store = literal(filter.store);
  const [least, greatest] = pointing.reduce(([least, greatest], seq) => [Math.min(least, seq), Math.max(greatest, seq)], [latest, 0]);
  const bounds = { filter, lowest: least, highest: greatest };
  const rows = await db.rows<{ seq: string; raw: string | null; further: boolean }>(sql.prepared(sql`with given as materialized (select ${pointing}::bigint[] as seqs)
    select s.seq, case when ${visible(filter)} then s.raw end as raw, exists (select from statement_reference r where r.store = ${store} and r.target = s.id offset 0) as further from ${rowsOf(bounds, "given")}`));
  if (rows.some(({ further }) => further)) return findPointingThrough(db, question, pointing);
  const within = rows.map(({ seq, raw }) => ({ seq: Number(seq), raw })).filter(({ seq, raw }) => raw !== null && seq >= lowest && seq <= highest);
  return within.slice(0, limit) as FoundStatement[];
}

async function findPointingThrough(db: Db, question: Question, first: readonly number[]): Promise<FoundStatement[]> {
  const { filter, lowest, highest, limit } = question;
  const store = literal(filter.store);
  return asked(db, sql`with recursive
    pointing(seq) as (
      select unnest(${first}::bigint[])
      union
      select r.seq from pointing
        cross join lateral (select s.id from statement s where s.store = ${store} and s.seq = pointing.seq limit 1) as s
        cross join lateral (select r.seq from statement_reference r where r.store = ${store} and r.target = s.id offset 0) as r
    ),
    found as materialized ${seqsOf(sql`pointing where seq between ${lowest}::bigint and ${highest}::bigint`)}
    select s.seq, s.raw from ${rowsOf(question, "found")} where ${visible(filter)} order by s.seq ${direction(filter)} limit ${limit}`);
}

/** The same from the other end: from the statements of the question's time that point, so many at once, along their ways to a match. */
export async function findPointing(db: Db, question: Question): Promise<FoundStatement[]> {
  const { filter, limit } = question;
  const statements: FoundStatement[] = [];
  let rest = question;
  for (;;) {
    const rows = await db.rows<{ seq: string | null; raw: string; pointers: number; reached: string | null }>(sql.prepared(followed(rest)));
    for (const { seq, raw } of rows) if (seq !== null) statements.push({ seq: Number(seq), raw });
    const { pointers, reached } = rows[0]!;
    if (pointers < atOnce || statements.length === limit) return statements;
    rest = { ...rest, limit: limit - statements.length, ...(filter.ascending ? { lowest: Number(reached) + 1 } : { highest: Number(reached) - 1 }) };
  }
}

const atOnce = 1000;

function followed(question: Question): Sql {
  const { filter, keys, lowest, highest, limit } = question;
  const store = literal(filter.store);
  const target = (id: string): Sql => sql`lateral (select i.seq from statement_id i where i.store = ${store} and i.id = ${sql.raw(id)} offset 0) as i`;
  const next = sql`lateral (select n.target from statement_reference n where n.store = ${store} and n.seq = way.seq offset 0) as n`;
  return sql`with recursive
    pointer as materialized (
      select r.seq, r.target from statement_reference r where r.store = ${store} and r.seq between ${lowest}::bigint and ${highest}::bigint
      order by r.seq ${direction(filter)} limit ${sql.raw(String(atOnce))}
    ),
    way(first, seq) as (
      select pointer.seq, i.seq from pointer cross join ${target("pointer.target")}
      union
      select way.first, i.seq from way cross join ${next} cross join ${target("n.target")}
    ),
    span as materialized ${seqsOf(sql.raw("(select distinct seq from way) as passed"))},
    matched as materialized ${havingAll({ filter, lowest: 0, highest: latest }, sql`${keys}`, keys.length, "span")},
    found as materialized ${seqsOf(
      // "is true" keeps this a look into a hash; a join would go through all matches for each
      sql.raw("(select distinct first as seq from way where (way.seq in (select seq from matched)) is true) as arrived"),
    )},
    direct as materialized (
      select s.seq, s.raw from ${rowsOf(question, "found")} where ${visible(filter)} order by s.seq ${direction(filter)} limit ${limit}
    ),
    told as (select count(*)::integer as pointers, ${sql.raw(filter.ascending ? "max" : "min")}(seq) as reached from pointer)
    select direct.seq, direct.raw, told.* from told left join direct on true order by direct.seq ${direction(filter)}`;
}
