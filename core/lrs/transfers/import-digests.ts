import { createHash } from "node:crypto";
import type { Db } from "../../db/database.ts";
import { sql, type Sql } from "../../db/sql.ts";

/** Statements in short: how many, and a SHA-256 over a line "id digest" for each, by id. Two stores with the same have the same statements. */
export interface Digest {
  statements: number;
  sha256: string;
}

const rowsAtOnce = 5000;
const first = "00000000-0000-0000-0000-000000000000";

/** Of what an import read. */
export const digestOfSource = (db: Db, importId: string): Promise<Digest> => digestOf(db, (after) => sql`select id, digest from lrs_import_statement where import_id = ${importId} and id > ${after} order by id limit ${rowsAtOnce}`);

/** Of what the store has of that. */
export const digestOfTarget = (db: Db, importId: string, store: number): Promise<Digest> =>
  digestOf(
    db,
    (after) => sql`
      select read.id, there.digest from (select id from lrs_import_statement where import_id = ${importId} and id > ${after} order by id limit ${rowsAtOnce}) as read
      join statement_id there on there.store = ${store} and there.id = read.id order by read.id`,
  );

/** Of everything a store has up to a time, in microseconds since 1970. */
export const digestOfStore = (db: Db, store: number, through: number): Promise<Digest> =>
  digestOf(db, (after) => sql`select id, digest from statement_id where store = ${store} and id > ${after} and seq <= ${through} order by id limit ${rowsAtOnce}`);

async function digestOf(db: Db, rowsAfter: (id: string) => Sql): Promise<Digest> {
  const hash = createHash("sha256");
  let statements = 0;
  for (let after = first; ; ) {
    const rows = await db.rows<{ id: string; digest: Buffer }>(rowsAfter(after));
    for (const { id, digest } of rows) hash.update(`${id} ${digest.toString("hex")}\n`);
    statements += rows.length;
    const last = rows.at(-1);
    if (!last) return { statements, sha256: hash.digest("hex") };
    after = last.id;
  }
}
