import { createHash } from "node:crypto";
import type { Db } from "../../db/database.ts";
import { sql, type Sql } from "../../db/sql.ts";

/** Things in short: how many, and a SHA-256 over a line "id digest" for each, by id. Two stores with the same digest have the same things. */
export interface Digest {
  count: number;
  sha256: string;
}

const rowsAtOnce = 5000;

/** Of the statements that an import read. */
export const digestOfSource = (db: Db, importId: string): Promise<Digest> =>
  digestOf(db, firstStatement, (after) => sql`select id, digest from lrs_import_statement where import_id = ${importId} and id > ${after} order by id limit ${rowsAtOnce}`);

/** Of what the store has of them. */
export const digestOfTarget = (db: Db, importId: string, store: number): Promise<Digest> =>
  digestOf(
    db,
    firstStatement,
    (after) => sql`
      select read.id, there.digest from (select id from lrs_import_statement where import_id = ${importId} and id > ${after} order by id limit ${rowsAtOnce}) as read
      join statement_id there on there.store = ${store} and there.id = read.id order by read.id`,
  );

/** Of all statements that a store has up to a time, in microseconds since 1970. */
export const digestOfStore = (db: Db, store: number, through: number): Promise<Digest> =>
  digestOf(db, firstStatement, (after) => sql`select id, digest from statement_id where store = ${store} and id > ${after} and seq <= ${through} order by id limit ${rowsAtOnce}`);

/** Of the documents that an import read; their id is the SHA-256 of all that names them. */
export const documentsOfSource = (db: Db, importId: string): Promise<Digest> =>
  digestOf(db, "", (after) => sql`select encode(key, 'hex') as id, digest from lrs_import_document where import_id = ${importId} and key > decode(${after}, 'hex') order by key limit ${rowsAtOnce}`);

/** Of what the store has of them. */
export const documentsOfTarget = (db: Db, importId: string, store: number): Promise<Digest> =>
  digestOf(
    db,
    "",
    (after) => sql`
      select encode(there.key, 'hex') as id, ${documentDigest} as digest from (select key from lrs_import_document where import_id = ${importId} and key > decode(${after}, 'hex') order by key limit ${rowsAtOnce}) as read
      join lrs_document there on there.store = ${store} and there.key = read.key order by there.key`,
  );

/** Of all documents that a store has. */
export const documentsOfStore = (db: Db, store: number): Promise<Digest> =>
  digestOf(db, "", (after) => sql`select encode(key, 'hex') as id, ${documentDigest} as digest from lrs_document there where store = ${store} and key > decode(${after}, 'hex') order by key limit ${rowsAtOnce}`);

const firstStatement = "00000000-0000-0000-0000-000000000000";
const documentDigest = sql.raw("sha256(convert_to(there.content_type || chr(10), 'UTF8') || there.content)");

async function digestOf(db: Db, first: string, rowsAfter: (id: string) => Sql): Promise<Digest> {
  const hash = createHash("sha256");
  let count = 0;
  for (let after = first; ; ) {
    const rows = await db.rows<{ id: string; digest: Buffer }>(rowsAfter(after));
    for (const { id, digest } of rows) hash.update(`${id} ${digest.toString("hex")}\n`);
    count += rows.length;
    const last = rows.at(-1);
    if (!last) return { count, sha256: hash.digest("hex") };
    after = last.id;
  }
}
