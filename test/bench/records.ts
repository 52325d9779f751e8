import pg from "pg";
import { createLog } from "../../core/kernel/log.ts";
import { storePrepared } from "../../core/lrs/ingest/ingest.ts";
import { identityOf, keyOf } from "../../core/lrs/keys.ts";
import { prepareText, type PreparedStatement } from "../../core/lrs/ingest/prepare.ts";
import { makeRoom } from "../../core/lrs/stores/room.ts";
import { testHost } from "../../core/testing/index.ts";
import { client } from "../lrs/http-support.ts";
import { reception } from "../lrs/support.ts";
import { compare, type Figure, type Work } from "./measure.ts";
import { sample } from "./sample-statement.ts";
import { sender } from "./sender.ts";

const clients = 16;

/** Statements in, singly over HTTP and in batches, against the same rows through pg alone; what of it is validation; and out, against the same rows read by pg. */
export async function bench(): Promise<Figure[]> {
  const host = await testHost({ log: createLog({ level: "silent" }) });
  const pool = new pg.Pool({ connectionString: host.database.url, max: clients });
  try {
    const { authorization } = await client(host);
    await makeRoom(host.database, 9); // the bare rows' store
    const send = sender(`${host.url}/xapi/statements`, authorization, clients);
    const batch = (size: number): Work => async () => {
      const statements = fresh(size);
      await host.database.transaction((tx) => storePrepared(tx, statements));
      return size;
    };
    const bare = (size: number): Work => async () => insertBare(pool, fresh(size)).then(() => size);
    const post: Work = async () => send("POST", "", JSON.stringify(sample(made++))).then(() => 1);
    const postBatch: Work = async () => send("POST", "", JSON.stringify(Array.from({ length: 50 }, () => sample(made++)))).then(() => 50);
    const text = JSON.stringify(Array.from({ length: 50 }, () => sample(made++)));
    const prepare: Work = async () => prepareText(text, reception).length;
    const find: Work = async () => {
      const { actor, verb } = sample(made++);
      return send("GET", new URLSearchParams({ agent: JSON.stringify(actor), verb: verb.id, limit: "50" }).toString()).then(() => 1);
    };
    return [
      await compare("xAPI POST of one (bare: its rows through pg)", "statements", clients, post, bare(1)),
      await compare("xAPI POST of 50 (bare: their rows through pg)", "statements", 4, postBatch, bare(50)),
      await compare("50 statements without HTTP (bare: the same)", "statements", 4, batch(50), bare(50)),
      // One divided by the ratio is the validator's share of it.
      await compare("a POST of 50 prepared only (bare: all of it)", "statements", 1, prepare, postBatch),
      await compare("xAPI GET by agent and verb (bare: its rows by pg)", "pages", clients, find, async () => findBare(pool).then(() => 1)),
    ];
  } finally {
    await pool.end();
    await host.stop();
  }
}

let made = 0;
const begun = Date.now() * 1000;
const fresh = (count: number): PreparedStatement[] => prepareText(JSON.stringify(Array.from({ length: count }, () => sample(made++))), reception);

/** The same rows with nothing looked at: ids, statements and keys, in one statement. */
async function insertBare(pool: pg.Pool, statements: PreparedStatement[]): Promise<void> {
  const first = begun + (made += statements.length) * 100;
  const rows = statements.map(({ id, digest, text, authorityKey }, position) => ({ seq: first + position, id, digest: digest.toString("hex"), raw: `${text}}`, authority: authorityKey }));
  const keys = statements.flatMap(({ keys: own }, position) => own.map((key) => ({ key, seq: first + position })));
  await pool.query({
    name: "bare",
    text: `with sent as (select * from json_to_recordset($1::json) as sent(seq bigint, id uuid, digest text, raw text, authority bigint)),
      ids as (insert into statement_id (store, id, seq, digest) select 9, id, seq, decode(digest, 'hex') from sent),
      kept as (insert into statement (store, seq, id, stored, authority, raw) select 9, seq, id, now(), authority, raw from sent)
      insert into statement_key (store, key, seq) select 9, key, seq from unnest($2::bigint[], $3::bigint[]) as has(key, seq)`,
    values: [JSON.stringify(rows), `{${keys.map(({ key }) => key).join()}}`, `{${keys.map(({ seq }) => seq).join()}}`],
  });
}

async function findBare(pool: pg.Pool): Promise<void> {
  const { actor, verb } = sample(made++);
  await pool.query({
    name: "find",
    text: `select s.seq, s.raw from statement_key a join statement_key v using (store, seq) join statement s using (store, seq)
      where a.store = 1 and a.key = $1 and v.key = $2 order by a.seq desc limit 51`,
    values: [keyOf("agent", identityOf(actor)!), keyOf("verb", verb.id)],
  });
}
