import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { detach, detachOne } from "../attachments/contents.ts";
import { authorityKeyOf, keysOf } from "../keys.ts";
import { read } from "../raw-json.ts";
import { digestOf } from "../statement/equality.ts";
import type { Members } from "../statement/shape.ts";
import { microsecondsOf, timestampOf } from "../statement/timestamps.ts";
import type { Rewritten } from "./roles.ts";

/** A stored statement, locked by the transaction that changes it. */
export interface LockedStatement {
  seq: number;
  id: string;
  raw: string;
}

/** Attachments that went along: from how many statements' places, and how many bytes that nobody else has. */
export interface Detached {
  links: number;
  contents: number;
}

/** Locks the statements of a store that are there, in the order of `seqs`. */
export async function lockStatements(tx: Db, store: number, seqs: readonly number[]): Promise<LockedStatement[]> {
  const rows = await tx.rows<{ seq: string; id: string; raw: string }>(sql`
    select seq, id, raw from statement where store = ${store} and seq = any(${seqs}::bigint[]) order by seq for update`);
  return rows.map(({ seq, id, raw }) => ({ seq: Number(seq), id, raw }));
}

/**
 * Erases statements: the row, its keys, where it points, its attachments and those of their bytes that nobody else has. Its id stays
 * taken, without a digest, so that a device which sends the statement again is told that it is there, and it does not come back. What it
 * had voided stays void; statements that point at it do so still, at nothing.
 */
export async function eraseStatements(tx: Db, store: number, statements: readonly LockedStatement[]): Promise<Detached> {
  if (statements.length === 0) return { links: 0, contents: 0 };
  const seqs = statements.map(({ seq }) => seq);
  await removeKeys(tx, store, statements);
  await tx.run(sql`delete from statement where store = ${store} and seq = any(${seqs}::bigint[])`);
  await tx.run(sql`update statement_id set digest = '' where store = ${store} and id = any(${statements.map(({ id }) => id)}::uuid[])`);
  await tx.run(sql`delete from statement_reference where store = ${store} and seq = any(${seqs}::bigint[]) and not voiding`);
  return detach(tx, store, seqs);
}

/** Puts other texts in place of statements, with the keys and digests that these have; signatures that they lost go. */
export async function replaceStatements(tx: Db, store: number, changes: readonly { statement: LockedStatement; by: Rewritten }[]): Promise<Detached> {
  const detached = { links: 0, contents: 0 };
  if (changes.length === 0) return detached;
  await removeKeys(tx, store, changes.map(({ statement }) => statement));
  const rows = changes.map(({ statement: { seq, id }, by: { text } }) => {
    const statement = read(text) as Members;
    return { seq, id, raw: text, authority: authorityKeyOf(statement.authority as Members), digest: digestOf(statement, isOurTime(statement, seq) ? "timestamp" : undefined).toString("hex") };
  });
  const told = sql`json_to_recordset(${JSON.stringify(rows)}::json) as told(seq bigint, id uuid, raw text, authority bigint, digest text)`;
  await tx.run(sql`update statement set raw = told.raw, authority = told.authority from ${told} where statement.store = ${store} and statement.seq = told.seq`);
  await tx.run(sql`update statement_id set digest = decode(told.digest, 'hex') from ${told} where statement_id.store = ${store} and statement_id.id = told.id`);
  const { keys, seqs } = keyRows(rows);
  await tx.run(sql`insert into statement_key (store, key, seq) select ${store}::integer, * from unnest(${keys}::bigint[], ${seqs}::bigint[])`);
  for (const { statement, by } of changes) {
    for (const sha2 of by.signatures) {
      const { links, contents } = await detachOne(tx, store, statement.seq, sha2);
      detached.links += links;
      detached.contents += contents;
    }
  }
  return detached;
}

async function removeKeys(tx: Db, store: number, statements: readonly LockedStatement[]): Promise<void> {
  const { keys, seqs } = keyRows(statements);
  await tx.run(sql`delete from statement_key k using unnest(${keys}::bigint[], ${seqs}::bigint[]) as gone(key, seq)
    where k.store = ${store} and k.key = gone.key and k.seq = gone.seq`);
}

function keyRows(statements: readonly { seq: number; raw: string }[]): { keys: string[]; seqs: number[] } {
  const pairs = statements.flatMap(({ seq, raw }) => allKeysOf(JSON.parse(raw) as Members).map((key) => [key, seq] as const));
  return { keys: pairs.map(([key]) => key), seqs: pairs.map(([, seq]) => seq) };
}

/** Whether the LRS gave the statement its time, which its sender may leave out again. */
function isOurTime({ timestamp }: Members, seq: number): boolean {
  const time = typeof timestamp === "string" ? timestampOf(timestamp) : undefined;
  return time !== undefined && microsecondsOf(time) === seq;
}

const allKeysOf = (statement: Members): string[] => keysOf(statement, statement.authority as Members);
