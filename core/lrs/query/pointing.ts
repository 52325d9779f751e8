import type { Db } from "../../db/database.ts";
import { sql, type Sql } from "../../db/sql.ts";
import type { FoundStatement } from "./query.ts";
import { amongSeqs, asked, direction, havingAll, literal, seqsOf, visible, type Question } from "./parts.ts";

/** The statements of the question's time that point at one of `matches`, through any number of statements: for filters with few matches. */
export async function findPointingAt(db: Db, { filter, lowest, highest, limit }: Question, matches: readonly number[]): Promise<FoundStatement[]> {
  if (matches.length === 0) return [];
  const store = literal(filter.store);
  const pointers = (id: string): Sql => sql`lateral (select r.seq from statement_reference r where r.store = ${store} and r.target = ${sql.raw(id)} offset 0) as r`;
  const own = sql`lateral (select s.id from statement s where s.store = ${store} and s.seq = pointing.seq limit 1) as s`;
  return asked(db, sql`with recursive
    matched as materialized (
      select s.id from statement s where s.store = ${store} and s.seq between ${Math.min(...matches)}::bigint and ${Math.max(...matches)}::bigint and s.seq = any(${matches}::bigint[]) order by s.seq
    ),
    pointing(seq) as (
      select r.seq from matched cross join ${pointers("matched.id")}
      union
      select r.seq from pointing cross join ${own} cross join ${pointers("s.id")}
    ),
    found as materialized ${seqsOf(sql`pointing where seq between ${lowest}::bigint and ${highest}::bigint`)}
    select s.seq, s.raw from statement s where s.store = ${store} and s.seq between ${lowest}::bigint and ${highest}::bigint and ${amongSeqs("s.seq", "found")} and ${visible(filter)} order by s.seq ${direction(filter)} limit ${limit}`);
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

function followed({ filter, keys, lowest, highest, limit }: Question): Sql {
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
    matched as materialized ${havingAll(filter.store, sql`${keys}`, keys.length, "span")},
    found as materialized ${seqsOf(
      // "is true" keeps this a look into a hash; a join would go through all matches for each
      sql.raw("(select distinct first as seq from way where (way.seq in (select seq from matched)) is true) as arrived"),
    )},
    direct as materialized (
      select s.seq, s.raw from statement s where s.store = ${store} and s.seq between ${lowest}::bigint and ${highest}::bigint and ${amongSeqs("s.seq", "found")} and ${visible(filter)} order by s.seq ${direction(filter)} limit ${limit}
    ),
    told as (select count(*)::integer as pointers, ${sql.raw(filter.ascending ? "max" : "min")}(seq) as reached from pointer)
    select direct.seq, direct.raw, told.* from told left join direct on true order by direct.seq ${direction(filter)}`;
}
