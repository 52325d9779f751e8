import { randomUUID } from "node:crypto";
import pg from "pg";
import { compare, type Figure, type Work } from "./measure.ts";
import type { BenchPlayer } from "./seed.ts";
import { serve } from "./servers.ts";

/** A commit of twelve elements with a new score, from sixteen learners at once, against one bare transaction of the rows it writes. */
export async function bench(): Promise<Figure[]> {
  const engine = await serve("engine");
  const players = engine.players ?? [];
  const pool = new pg.Pool({ connectionString: engine.databaseUrl, max: players.length });
  try {
    const turns = players.map(commits);
    let next = 0;
    const own: Work = async () => {
      const turn = turns[next++ % turns.length] as Work;
      return turn();
    };
    await pool.query(bareTables);
    const bare = players.map(() => bareCommit(pool));
    const rows = await Promise.all(bare);
    let nextBare = 0;
    return [await compare("SCORM commit (bare: a transaction of its rows)", "commits", players.length, own, async () => (rows[nextBare++ % rows.length] as Work)())];
  } finally {
    await pool.end();
    await engine.stop();
  }
}

/** One learner's commits, each after the other's answer. */
function commits({ commitUrl, token, launchId, seq: begun }: BenchPlayer): Work {
  let seq = begun;
  let queue: Promise<unknown> = Promise.resolve();
  const send = async (): Promise<number> => {
    const from = seq + 1;
    const entries = elements(seq).map(([element, value]) => [++seq, Date.now(), "set", element, value]);
    entries.push([++seq, Date.now(), "commit"] as never);
    const response = await fetch(commitUrl, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ launchId, fromSeq: from, entries, sentAtMs: Date.now() }),
    });
    if (!response.ok) throw new Error(`The commit was answered ${response.status}: ${await response.text()}`);
    await response.arrayBuffer();
    return 1;
  };
  return () => {
    const sent = queue.then(send);
    queue = sent.catch(() => undefined);
    return sent;
  };
}

function elements(seq: number): [string, string][] {
  return [
    ["cmi.core.lesson_location", `page-${seq}`],
    ["cmi.suspend_data", `${seq}:${"x".repeat(1000)}`],
    ["cmi.core.lesson_status", "incomplete"],
    ["cmi.core.score.raw", String(seq % 101)],
    ["cmi.core.score.min", "0"],
    ["cmi.core.score.max", "100"],
    ["cmi.core.session_time", "0000:12:34.00"],
    ["cmi.core.exit", "suspend"],
    ["cmi.student_preference.audio", String(seq % 100)],
    ["cmi.student_preference.speed", String(seq % 100)],
    ["cmi.student_preference.text", "1"],
    ["cmi.student_preference.language", seq % 2 === 0 ? "en" : "de"],
  ];
}

/** Tables of the same columns, keys and indexes, without foreign keys, so that the bare way pays for rows alone. */
const bareTables = `
  create schema bare;
  create table bare.run (like scorm.run including all);
  create table bare.outcome (like scorm.outcome including all);
  create table bare.journal (like scorm.journal including all);
  create table bare.attempt (like public.attempt including all);
  create table bare.item_progress (like public.item_progress including all);
  create table bare.enrollment (like public.enrollment including all);
  create table bare.event (like public.event including all);
  create table bare.statement_id (like public.statement_id including all);
  create table bare.statement (like public.statement including all);
  create table bare.statement_key (like public.statement_key including all);
  insert into bare.run select * from scorm.run;
  insert into bare.outcome select * from scorm.outcome;
  insert into bare.attempt select * from public.attempt;
  insert into bare.item_progress select * from public.item_progress;
  insert into bare.enrollment select * from public.enrollment;`;

let made = 0;

/** The rows of one learner's commits, each in a transaction of prepared statements on a connection of the pool. */
async function bareCommit(pool: pg.Pool): Promise<Work> {
  const { rows } = await pool.query<{ id: string; attempt_id: string; enrollment_id: string; item_key: string }>(
    "select run.id, run.attempt_id, attempt.enrollment_id, attempt.item_key from scorm.run join public.attempt on attempt.id = run.attempt_id order by run.id offset $1 limit 1",
    [made++],
  );
  const [run] = rows;
  if (!run) throw new Error("There are fewer runs than learners.");
  const text = JSON.stringify(elements(1));
  const statement = "s".repeat(1400);
  let seq = 0;
  return async () => {
    const client = await pool.connect();
    const ask = (name: string, sql: string, values: unknown[] = []) => client.query({ name, text: sql, values });
    try {
      const from = (seq += 13);
      const at = made++ + 1_000_000;
      await client.query("begin");
      await ask("lock", "select * from bare.run where id = $1 for update", [run.id]);
      await ask("journal", "insert into bare.journal values ($1, $2, $3, now())", [run.id, from, text]);
      await ask("outcome", "update bare.outcome set units = $2 where attempt_id = $1", [run.attempt_id, JSON.stringify({ unit: { status: "incomplete", score: from % 101 } })]);
      await ask("run", "update bare.run set state = $2, seq = $3, last_at = now() where id = $1", [run.id, text, from]);
      await ask("attempt", "update bare.attempt set score_raw = $2, updated_at = now() where id = $1", [run.attempt_id, from % 101]);
      await ask("progress", "update bare.item_progress set score = 0.5, updated_at = now() where enrollment_id = $1 and item_key = $2", [run.enrollment_id, run.item_key]);
      await ask("enrollment", "update bare.enrollment set last_activity_at = now() where id = $1", [run.enrollment_id]);
      await ask("event", "insert into bare.event (id, name, payload, at) values ($1, 'attempt.graded', $2, now())", [randomUUID(), JSON.stringify(run)]);
      await ask("id", "insert into bare.statement_id values (1, $1, $2, '\\x00')", [randomUUID(), at]);
      await ask("statement", "insert into bare.statement (store, seq, id, stored, authority, raw) values (1, $1, $2, now(), 1, $3)", [at, randomUUID(), statement]);
      await ask("keys", "insert into bare.statement_key select 1, key, $1 from generate_series(1, 9) as key", [at]);
      await client.query("commit");
      return 1;
    } finally {
      client.release();
    }
  };
}
