import { openDatabase, type Database, type Db } from "../../core/db/database.ts";
import { withClient } from "../../core/db/database-url.ts";
import { sql } from "../../core/db/sql.ts";
import { storePrepared, type StoredStatement } from "../../core/lrs/ingest/ingest.ts";
import { prepareStatements, prepareText, type Reception } from "../../core/lrs/ingest/prepare.ts";
import { makeRoom } from "../../core/lrs/stores/room.ts";
import { testDatabase } from "../../core/testing/database.ts";
import { up as records } from "../../migrations/0020_records.ts";
import { up as stores } from "../../migrations/0021_stores.ts";
import { up as credentials } from "../../migrations/0022_credentials.ts";
import { up as attachments } from "../../migrations/0024_attachments.ts";
import { up as privacy } from "../../migrations/0026_record_privacy.ts";

/** An empty database with the record store's tables in it. */
export async function recordDatabase(poolSize = 20): Promise<{ db: Database; url: string; drop(): Promise<void> }> {
  const { url, drop } = await testDatabase();
  await withClient(url, async (client) => {
    for (const up of [records, stores, credentials, attachments, privacy]) await up(async (statement) => void (await client.query(statement)));
  });
  const db = openDatabase({ url, poolSize, onError: (error) => console.error(error) });
  return { db, url, drop: async () => db.close().then(drop) };
}

export const reception: Reception = {
  store: 1,
  version: "2.0.0",
  authority: { objectType: "Agent", account: { homePage: "https://lms.example", name: "key" } },
};

/** Stores statements, objects or JSON text, in one transaction. */
export async function store(db: Database, statements: object | string, changes: Partial<Reception> = {}): Promise<StoredStatement[]> {
  if (changes.store !== undefined) await makeRoom(db, changes.store);
  const text = typeof statements === "string" ? statements : JSON.stringify(statements);
  return db.transaction((tx) => storePrepared(tx, prepareText(text, { ...reception, ...changes })));
}

/** Stores statements of our own making within the caller's transaction. */
export function storeStatements(tx: Db, statements: readonly object[], reception: Reception): Promise<StoredStatement[]> {
  return storePrepared(tx, prepareStatements(statements, reception));
}

/** A small valid statement, changed by `changes`. */
export function statement(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    actor: { mbox: "mailto:ann@example.org" },
    verb: { id: "http://example.org/verbs/tried" },
    object: { id: "http://example.org/activities/one" },
    ...changes,
  };
}

/** The UUID whose last digits are `number`. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** Makes a statement of store 1 one that was stored at another time (to the millisecond, and its own microsecond). */
export async function movedTo(db: Db, seq: number, timeMs: number): Promise<number> {
  await db.run(sql`select lrs_make_room(1, to_timestamp(${timeMs / 1000}))`);
  const place = timeMs * 1000 + (seq % 1000);
  await db.run(sql`update statement set seq = ${place}, stored = to_timestamp(${timeMs / 1000}) where store = 1 and seq = ${seq}`);
  for (const table of ["statement_key", "statement_id", "statement_reference"]) await db.run(sql`update ${sql.id(table)} set seq = ${place} where store = 1 and seq = ${seq}`);
  return place;
}
