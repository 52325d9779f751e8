import type { Db } from "../../db/database.ts";
import { sql, type Sql } from "../../db/sql.ts";
import type { FoundStatement, StatementFilter } from "./query.ts";

/** A question as SQL needs it: bounds of `seq`, both included, and how many statements are wanted at most. */
export interface Question {
  filter: StatementFilter;
  keys: readonly string[];
  lowest: number;
  highest: number;
  limit: number;
  /** The key that is to be followed, where it is known. */
  leads?: string;
}

/** The bound of `seq` where there is none. */
export const latest = Number.MAX_SAFE_INTEGER;

/*
 * Every statement is prepared, and is to have one plan whatever it is asked: look-ups in the order they are written in, so that a
 * page reads the index backwards until it is full, whatever the tables hold. The store's number is part of the text, so that the plan
 * has the partitions of that store alone. Rows of partitions are looked up by arrays of `seq` between the least and the greatest of
 * them: that reads the partitions they are in and no others, once, where a look-up for each row would go through all of them each time.
 * Where bounds are known beforehand they are said as well, since every partition within them costs some 15 µs, read or not.
 */

/** Runs it prepared, and answers its statements. */
export async function asked(db: Db, question: Sql): Promise<FoundStatement[]> {
  return (await db.rows<{ seq: string; raw: string }>(sql.prepared(question))).map(({ seq, raw }) => ({ seq: Number(seq), raw }));
}

// "offset 0" keeps this a look into the index; without it the planner reads all that voids into a hash first.
/** That the statement `s` is voided; one that voids cannot be. */
export const isVoided = sql.raw(`(not s.voiding and exists (select from statement_reference v where v.store = s.store and v.target = s.id and v.voiding offset 0))`);

/** That whoever asks may see the statement `s`. */
export function visible({ store, authorityKey, within, withVoided = false }: Pick<StatementFilter, "store" | "authorityKey" | "within" | "withVoided">): Sql {
  return sql`${withVoided ? sql.raw("true") : sql`not ${isVoided}`} and ${mine(authorityKey)} and ${inside(store, within)}`;
}

/** That this authority vouched for the statement `s`. */
export function mine(authorityKey: string | undefined): Sql {
  return authorityKey === undefined ? sql.raw("true") : sql`s.authority = ${authorityKey}`;
}

/** That the statement `s` itself has these keys, not only one that it points at. */
export function inside(store: number, within: readonly string[] = []): Sql {
  if (within.length === 0) return sql.raw("true");
  return sql`(select count(*) from statement_key o where o.store = ${literal(store)} and o.key = any(${within}::bigint[]) and o.seq = s.seq) = ${within.length}`;
}

/** The order of a page. */
export function direction({ ascending = false }: StatementFilter): Sql {
  return sql.raw(ascending ? "asc" : "desc");
}

/** A store's number as text. */
export function literal(store: number): Sql {
  return sql.raw(String(Math.trunc(store)));
}

/** That `seq` is one of those in the one row of the table expression `of`: `seqs`, `least` and `greatest` (`seqsOf`). */
export function amongSeqs(seq: string, of: string): Sql {
  return sql.raw(`${seq} between (select least from ${of}) and (select greatest from ${of}) and ${seq} = any((select seqs from ${of})::bigint[])`);
}

/** The column `seq` of rows, as one row for `amongSeqs`; in ascending order, which spares every partition to sort it. */
export function seqsOf(rows: Sql): Sql {
  return sql`(select array_agg(seq order by seq) as seqs, min(seq) as least, max(seq) as greatest from ${rows})`;
}

/** Those statements of `of` (`seqsOf`), all between the bounds, that have `count` of these keys. */
export function havingAll(store: number, keys: Sql, count: number, of: string, { lowest, highest }: Pick<Question, "lowest" | "highest"> = { lowest: 0, highest: latest }): Sql {
  const grouped = sql.raw(count === 1 ? "" : `group by o.seq having count(*) = ${count}`);
  return sql`(select o.seq from statement_key o where o.store = ${literal(store)} and o.key = any((${keys})::bigint[]) and o.seq between ${lowest}::bigint and ${highest}::bigint and ${amongSeqs("o.seq", of)} ${grouped})`;
}
