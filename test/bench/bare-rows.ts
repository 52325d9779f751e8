import type pg from "pg";
import type { PreparedStatement } from "../../core/lrs/ingest/prepare.ts";

/** Where the bare rows go; it needs room. */
export const bareStore = 9;

/** The same rows with nothing looked at: ids, statements and keys, in one statement. */
export async function insertBare(client: Pick<pg.Client, "query">, statements: PreparedStatement[]): Promise<void> {
  const first = begun + (made += statements.length) * 100;
  const rows = statements.map(({ id, digest, text, authorityKey }, position) => ({ seq: first + position, id, digest: digest.toString("hex"), raw: `${text}}`, authority: authorityKey }));
  const keys = statements.flatMap(({ keys: own }, position) => own.map((key) => ({ key, seq: first + position })));
  await client.query({
    name: "bare",
    text: `with sent as (select * from json_to_recordset($1::json) as sent(seq bigint, id uuid, digest text, raw text, authority bigint)),
      ids as (insert into statement_id (store, id, seq, digest) select ${bareStore}, id, seq, decode(digest, 'hex') from sent),
      kept as (insert into statement (store, seq, id, stored, authority, raw) select ${bareStore}, seq, id, now(), authority, raw from sent)
      insert into statement_key (store, key, seq) select ${bareStore}, key, seq from unnest($2::bigint[], $3::bigint[]) as has(key, seq)`,
    values: [JSON.stringify(rows), `{${keys.map(({ key }) => key).join()}}`, `{${keys.map(({ seq }) => seq).join()}}`],
  });
}

let made = 0;
const begun = Date.now() * 1000;
