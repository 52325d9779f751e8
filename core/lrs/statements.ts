import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { attachedTo } from "./attachments/contents.ts";
import { withAttachments, type MultipartAnswer } from "./attachments/writing.ts";
import { statementSource, type FedStatement } from "./feed.ts";
import { consistentThrough } from "./query/query.ts";

/** Where a statement lies: its store's number, and the microsecond since 1970 it was stored at. */
export type StatementPlace = Pick<FedStatement, "store" | "seq">;

/** The statements at these places, in the order of the places; those that are there no more are left out, voided ones are not. */
export async function at(ctx: Context, places: readonly StatementPlace[]): Promise<FedStatement[]> {
  const found = await ctx.db.rows(sql`
    select s.seq, s.store, s.stored, s.raw
    from unnest(${places.map(({ store }) => store)}::integer[], ${places.map(({ seq }) => seq)}::bigint[]) with ordinality as wanted(store, seq, position)
    join statement s using (store, seq) order by position`);
  return found.map((row) => statementSource.item(row as never));
}

/** The next statements of a store that were stored after `after` (microseconds since 1970) and up to `until`, the earliest first. */
export async function after(ctx: Context, { store, after: lowest, until }: { store: number; after: number; until: number }, limit: number): Promise<FedStatement[]> {
  const found = await ctx.db.rows(sql`
    select s.seq, s.store, s.stored, s.raw from statement s
    where s.store = ${store} and s.seq > ${lowest} and s.seq <= ${until} order by s.seq limit ${limit}`);
  return found.map((row) => statementSource.item(row as never));
}

/** The microsecond since 1970 up to which every statement there will ever be can be seen. */
export function complete(ctx: Context): Promise<number> {
  return consistentThrough(ctx.db);
}

/** A statement and the bytes that came with it, as multipart/mixed has them (Communication 1.5.2); undefined when none came. */
export async function multipart(ctx: Context, statement: FedStatement): Promise<MultipartAnswer | undefined> {
  const { store, seq, raw } = statement;
  if (!raw.includes('"attachments"') || (await attachedTo(ctx.db, store, [seq])).length === 0) return undefined;
  return withAttachments(ctx.db, store, raw, [statement]);
}
