import type { Db } from "../../db/database.ts";
import { sql, type Sql } from "../../db/sql.ts";

/** A stored statement and the bytes that came with it. */
export interface Attached {
  store: number;
  /** The statement's. */
  seq: number;
  /** In lower case. */
  sha2: string;
  content: Buffer;
}

/** Bytes that are there, and the statement that came with them. */
export interface AttachedLink {
  seq: number;
  sha2: string;
  sizeBytes: number;
}

/**
 * Keeps attachments with their statements; `db` must be the transaction that stores these. Bytes that the store has are not sent
 * again, and cannot be taken away by `detach` before the transaction ends.
 */
export async function storeAttached(db: Db, attached: readonly Attached[]): Promise<void> {
  if (attached.length === 0) return;
  // In one order, so that transactions which bring the same attachments wait for each other and never in a circle.
  const byName = new Map(attached.map((one) => [`${one.store} ${one.sha2}`, one]));
  const contents = [...byName.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, content]) => content);
  const there = await db.rows<{ store: number; sha2: string }>(sql`
    select store, sha2 from lrs_attachment join unnest(${contents.map(({ store }) => store)}::integer[], ${contents.map(({ sha2 }) => sha2)}::text[]) as sent(store, sha2) using (store, sha2)
    order by store, sha2 for key share of lrs_attachment`);
  const known = new Set(there.map(({ store, sha2 }) => `${store} ${sha2}`));
  for (const { store, sha2, content } of contents) {
    if (known.has(`${store} ${sha2}`)) continue;
    await db.run(sql`insert into lrs_attachment (store, sha2, size_bytes, content) values (${store}, ${sha2}, ${content.length}, ${content})
      on conflict (store, sha2) do update set size_bytes = excluded.size_bytes`);
  }
  await db.run(sql`insert into statement_attachment (store, seq, sha2)
    select * from unnest(${attached.map(({ store }) => store)}::integer[], ${attached.map(({ seq }) => seq)}::bigint[], ${attached.map(({ sha2 }) => sha2)}::text[])
    on conflict do nothing`);
}

/** What came with these statements, in the order of `seq`. */
export async function attachedTo(db: Db, store: number, seqs: readonly number[]): Promise<AttachedLink[]> {
  if (seqs.length === 0) return [];
  const rows = await db.rows<{ seq: string; sha2: string; sizeBytes: number }>(sql`
    select seq, sha2, size_bytes from statement_attachment join lrs_attachment using (store, sha2)
    where store = ${store} and seq = any(${seqs}::bigint[]) order by seq, sha2`);
  return rows.map(({ seq, sha2, sizeBytes }) => ({ seq: Number(seq), sha2, sizeBytes }));
}

/** The bytes of an attachment, piece by piece, so that a large one is never in memory whole; written in base64, the pieces make a whole. */
export async function* piecesOf(db: Db, store: number, { sha2, sizeBytes }: Omit<AttachedLink, "seq">): AsyncGenerator<Buffer> {
  for (let from = 0; from < sizeBytes; from += pieceBytes) {
    const { piece } = await db.one<{ piece: Buffer }>(sql`
      select substring(content from ${from + 1}::integer for ${pieceBytes}::integer) as piece from lrs_attachment where store = ${store} and sha2 = ${sha2}`);
    yield piece;
  }
}

/** Takes their attachments from statements of a store; bytes that no statement is left with go. `db` must be a transaction. How many of each went. */
export async function detach(db: Db, store: number, seqs: readonly number[]): Promise<{ links: number; contents: number }> {
  const gone = await db.rows<{ sha2: string }>(sql`delete from statement_attachment where store = ${store} and seq = any(${seqs}::bigint[]) returning sha2`);
  const sha2s = gone.map(({ sha2 }) => sha2);
  return { links: gone.length, contents: await remove(db, store, sql`sha2 = any(${sha2s}::text[])`) };
}

/** The same with one attachment of one statement. */
export async function detachOne(db: Db, store: number, seq: number, sha2: string): Promise<{ links: number; contents: number }> {
  const links = await db.run(sql`delete from statement_attachment where store = ${store} and seq = ${seq} and sha2 = ${sha2}`);
  return { links, contents: links === 0 ? 0 : await remove(db, store, sql`sha2 = ${sha2}`) };
}

/** Removes bytes that no statement of the store has, but for those of the last day, whose statements may still come; `db` must be a transaction. How many. */
export async function removeUnused(db: Db, store: number): Promise<number> {
  return remove(db, store, sql`created_at < now() - interval '1 day'`);
}

async function remove(db: Db, store: number, which: Sql): Promise<number> {
  // Whoever is storing a statement with one of them holds its row: what they link is seen once the rows are ours.
  const found = await db.rows<{ sha2: string }>(sql`select sha2 from lrs_attachment a where store = ${store} and ${which} and ${unused} order by sha2 for update`);
  if (found.length === 0) return 0;
  return db.run(sql`delete from lrs_attachment a where store = ${store} and sha2 = any(${found.map(({ sha2 }) => sha2)}::text[]) and ${unused}`);
}

const unused = sql.raw("not exists (select from statement_attachment l where l.store = a.store and l.sha2 = a.sha2)");
const pieceBytes = 768 * 1024; // a multiple of 3
