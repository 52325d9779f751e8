import pg from "pg";
import { openDatabase } from "../../core/db/database.ts";
import { storePrepared } from "../../core/lrs/ingest/ingest.ts";
import { identityOf, keyOf } from "../../core/lrs/keys.ts";
import { prepareText, type PreparedStatement } from "../../core/lrs/ingest/prepare.ts";
import { makeRoom } from "../../core/lrs/stores/room.ts";
import { reception } from "../lrs/support.ts";
import { bareStore, insertBare } from "./bare-rows.ts";
import { compare, type Figure, type Work } from "./measure.ts";
import { sample } from "./sample-statement.ts";
import { sender } from "./sender.ts";
import { serve } from "./servers.ts";

const clients = 16;

/**
 * Statements in, singly over HTTP and in batches, against the same rows through pg alone; what of it is validation; and out, against the
 * same rows read by pg. The server is a process of its own.
 */
export async function bench(): Promise<Figure[]> {
  const server = await serve("records");
  const database = openDatabase({ url: server.databaseUrl!, poolSize: clients, onError: (error) => console.error(error) });
  const pool = new pg.Pool({ connectionString: server.databaseUrl, max: clients });
  try {
    await makeRoom(database, 1);
    await makeRoom(database, bareStore);
    const send = sender(`${server.url}/xapi/statements`, server.authorization!);
    const batch = (size: number): Work => async () => {
      const statements = fresh(size);
      await database.transaction((tx) => storePrepared(tx, statements));
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
    await settled(post);
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
    await database.close();
    await server.stop();
  }
}

/** Node compiles what it runs often: for some seconds, a new server gets faster and faster. */
async function settled(work: Work): Promise<void> {
  const until = performance.now() + settlingMs;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() < until) await work();
  }));
}

const settlingMs = 5000;

let made = 0;
const fresh = (count: number): PreparedStatement[] => prepareText(JSON.stringify(Array.from({ length: count }, () => sample(made++))), reception);

async function findBare(pool: pg.Pool): Promise<void> {
  const { actor, verb } = sample(made++);
  await pool.query({
    name: "find",
    text: `select s.seq, s.raw from statement_key a join statement_key v using (store, seq) join statement s using (store, seq)
      where a.store = 1 and a.key = $1 and v.key = $2 order by a.seq desc limit 51`,
    values: [keyOf("agent", identityOf(actor)!), keyOf("verb", verb.id)],
  });
}
