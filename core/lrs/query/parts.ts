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
 * has the partitions of that store alone. Every partition that a question opens costs it some 10 µs for each condition and column,
 * read or not. So rows of partitions are looked up by arrays of `seq`, once, and by nothing else but the bounds that are known before
 * the question is asked, which leave partitions out; and what else is asked of a statement is asked outside of the partitions (`rowsOf`).
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

/** Statements within the question's time as `s`, in the order of a page, only those in `of` (`seqsOf`) if told; for conditions that are to be asked once and not for each partition. */
export function rowsOf({ filter, lowest, highest }: Pick<Question, "filter" | "lowest" | "highest">, of?: string): Sql {
  const among = of === undefined ? sql.raw("true") : amongSeqs("s.seq", of);
  return sql`(select s.* from statement s where s.store = ${literal(filter.store)} and s.seq between ${lowest}::bigint and ${highest}::bigint and ${among} order by s.seq ${direction(filter)} offset 0) as s`;
}

/** That `seq` is one of those in the one row of the table expression `of` (`seqsOf`). */
export function amongSeqs(seq: string, of: string): Sql {
  return sql.raw(`${seq} = any((select seqs from ${of})::bigint[])`);
}

/** The column `seq` of rows, as one row for `amongSeqs`; in ascending order, which spares every partition to sort it. */
export function seqsOf(rows: Sql): Sql {
  return sql`(select array_agg(seq order by seq) as seqs from ${rows})`;
}

/** Those statements of `of` (`seqsOf`), all between the bounds, that have `count` of these keys. */
export function havingAll({ filter, lowest, highest }: Pick<Question, "filter" | "lowest" | "highest">, keys: Sql, count: number, of: string): Sql {
  const grouped = sql.raw(count === 1 ? "" : `group by o.seq having count(*) = ${count}`);
  return sql`(select o.seq from statement_key o where o.store = ${literal(filter.store)} and o.key = any((${keys})::bigint[]) and o.seq between ${lowest}::bigint and ${highest}::bigint and ${amongSeqs("o.seq", of)} ${grouped})`;
}
