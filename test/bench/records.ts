/* What the record store costs, each as a ratio to its bare cost in the same run. `node -C source --import tsx test/bench/records.ts` */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { coalescer } from "../../core/lrs/coalesce.ts";
import { storePrepared } from "../../core/lrs/ingest.ts";
import { prepareText, type PreparedStatement } from "../../core/lrs/prepare.ts";
import { digestOf } from "../../core/lrs/statement/equality.ts";
import { problemsOf } from "../../core/lrs/statement/statement.ts";
import { mochaHooks } from "../../core/testing/database.ts";
import { reception, recordDatabase } from "../lrs/support.ts";

const seconds = Number(process.env.CADRE_BENCH_SECONDS ?? 4);

function sample(number: number): object {
  const activity = (id: number, kind: string) => ({
    objectType: "Activity",
    id: `https://lms.example/courses/${id % 40}/${kind}/${id % 400}`,
    definition: { type: `http://adlnet.gov/expapi/activities/${kind}`, name: { "en-US": `${kind} ${id % 400}` } },
  });
  return {
    id: randomUUID(),
    actor: { objectType: "Agent", name: `Learner ${number % 500}`, account: { homePage: "https://lms.example", name: `learner-${number % 500}` } },
    verb: { id: `http://adlnet.gov/expapi/verbs/${["attempted", "answered", "completed", "passed"][number % 4]}`, display: { "en-US": "did" } },
    object: activity(number, "question"),
    result: { score: { scaled: 0.8, raw: 8, min: 0, max: 10 }, success: true, completion: true, duration: "PT1M30.5S", response: "a[,]b" },
    context: {
      registration: `00000000-0000-4000-8000-${String(number % 500).padStart(12, "0")}`,
      contextActivities: { parent: [activity(number, "module")], grouping: [activity(number, "course")], category: [{ id: "https://w3id.org/xapi/cmi5/context/categories/cmi5" }] },
      extensions: { "https://w3id.org/xapi/cmi5/context/extensions/sessionid": `session-${number % 900}` },
    },
    timestamp: "2025-11-18T12:17:00.123Z",
  };
}

function timed(name: string, work: (index: number) => void): void {
  for (let index = 0; index < 3000; index++) work(index);
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < 800) for (let index = 0; index < 200; index++) work(count++);
  console.log(`${name.padEnd(42)} ${(((performance.now() - start) * 1000) / count).toFixed(2).padStart(8)} µs per statement`);
}

/** Statements per second of several ways, which take turns so that a noisy machine is as noisy for each. */
async function rates(clients: number, ways: readonly (() => Promise<number>)[]): Promise<number[]> {
  const turns = 5;
  const totals = ways.map(() => ({ count: 0, ms: 0 }));
  for (let turn = 0; turn < turns; turn++) {
    for (const [index, way] of ways.entries()) {
      const start = performance.now();
      const counts = await Promise.all(
        Array.from({ length: clients }, async () => {
          let count = 0;
          while (performance.now() - start < (seconds * 1000) / turns) count += await way();
          return count;
        }),
      );
      totals[index]!.count += counts.reduce((sum, count) => sum + count, 0);
      totals[index]!.ms += performance.now() - start;
    }
  }
  return totals.map(({ count, ms }) => Math.round((count * 1000) / ms));
}

const texts = Array.from({ length: 500 }, (_, number) => JSON.stringify(sample(number)));
const parsed = texts.map((text) => JSON.parse(text) as Record<string, unknown>);
console.log(`one statement has ${texts[0]!.length} characters`);
timed("JSON.parse", (index) => void JSON.parse(texts[index % 500]!));
timed("validation", (index) => void problemsOf(parsed[index % 500], "2.0.0"));
timed("digest", (index) => void digestOf(parsed[index % 500]!));
timed("parse, validate, digest, keys, compose", (index) => void prepareText(texts[index % 500]!, reception));

let made = 0;
const fresh = (count: number): PreparedStatement[] => prepareText(JSON.stringify(Array.from({ length: count }, () => sample(made++))), reception);

const { db, url, drop } = await recordDatabase(24);
const pool = new pg.Pool({ connectionString: url, max: 16 });

/** The same rows with nothing looked at: ids, statements and keys, in one statement. */
async function bare(statements: PreparedStatement[]): Promise<number> {
  const first = 10_000_000_000_000 + (made += statements.length) * 100;
  const rows = statements.map(({ id, digest, text, authorityKey }, position) => ({ seq: first + position, id, digest: digest.toString("hex"), raw: `${text}}`, authority: authorityKey }));
  const keys = statements.flatMap(({ keys }, position) => keys.map((key) => ({ key, seq: first + position })));
  await pool.query({
    name: "bare",
    text: `with sent as (select * from json_to_recordset($1::json) as sent(seq bigint, id uuid, digest text, raw text, authority bigint)),
      ids as (insert into statement_id (store, id, seq, digest) select 9, id, seq, decode(digest, 'hex') from sent),
      kept as (insert into statement (store, seq, id, stored, authority, raw) select 9, seq, id, now(), authority, raw from sent)
      insert into statement_key (store, key, seq) select 9, key, seq from unnest($2::bigint[], $3::bigint[]) as has(key, seq)`,
    values: [JSON.stringify(rows), `{${keys.map(({ key }) => key).join()}}`, `{${keys.map(({ seq }) => seq).join()}}`],
  });
  return statements.length;
}

const together = coalescer(
  async (requests: PreparedStatement[][]) => {
    const stored = await db.transaction((tx) => storePrepared(tx, requests.flat()));
    return requests.map((_, index) => stored[index]);
  },
  { maximum: 64, flushers: 2 },
);
const batch = (size: number) => async () => {
  await db.transaction(async (tx) => void (await storePrepared(tx, fresh(size))));
  return size;
};

for (const [name, clients, own, floor] of [
  ["single, coalesced", 16, async () => (await together(fresh(1)), 1), () => bare(fresh(1))],
  ["single, one transaction each", 16, batch(1), () => bare(fresh(1))],
  ["batch of 50", 1, batch(50), () => bare(fresh(50))],
  ["batch of 50", 4, batch(50), () => bare(fresh(50))],
] as const) {
  const [floorRate = 0, ownRate = 0] = await rates(clients, [floor, own]);
  console.log(`${`${name}, ${clients} clients`.padEnd(42)} ${String(ownRate).padStart(8)} statements/s; bare ${floorRate}; ratio ${(ownRate / floorRate).toFixed(2)}`);
}

await pool.end();
await drop();
await mochaHooks.afterAll();
