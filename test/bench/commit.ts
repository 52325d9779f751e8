import { randomUUID } from "node:crypto";
import pg from "pg";
import { client, requestOf } from "./client.ts";
import { compare, type Figure, type Work } from "./measure.ts";
import type { BenchPlayer } from "./seed.ts";
import { serve } from "./servers.ts";

/** Commits of twelve elements from sixteen learners at once, each against one bare transaction of the rows it writes: as a player saves, and with a new score. */
export async function bench(): Promise<Figure[]> {
  const engine = await serve("engine");
  const players = engine.players ?? [];
  const pool = new pg.Pool({ connectionString: engine.databaseUrl, max: players.length });
  try {
    await pool.query(bareTables);
    const figures: Figure[] = [];
    for (const kind of ["place", "score"] as const) {
      const own = players.map((player) => commits(player, kind));
      const bare = await Promise.all(players.map((_, index) => bareCommit(pool, index, kind)));
      const name = kind === "place" ? "SCORM commit of a place (bare: its rows)" : "SCORM commit of a score (bare: its rows)";
      figures.push(await compare(name, "commits", players.length, inTurn(own), inTurn(bare)));
    }
    const own = inTurn((engine.coursePlayers ?? []).map((player) => commits(player, "course")));
    const bare = inTurn(await Promise.all(players.map((_, index) => bareCommit(pool, index, "place"))));
    figures.push(await compare("SCORM 2004 commit of a place (bare: its rows)", "commits", players.length, own, bare));
    const frames = (engine.coursePlayers ?? []).map(({ frameHref }) => () => opened(frameHref));
    figures.push(await compare("SCORM 2004 launch, 187 activities (bare: a commit)", "launches", 1, inTurn(frames), bare));
    return figures;
  } finally {
    await pool.end();
    await engine.stop();
  }
}

type Kind = "place" | "score" | "course";

function inTurn(works: readonly Work[]): Work {
  let next = 0;
  return () => (works[next++ % works.length] as Work)();
}

/** One learner's commits, each after the other's answer. */
function commits(player: BenchPlayer, kind: Kind): Work {
  const { commitUrl, token, launchId } = player;
  const ask = client(commitUrl);
  let queue: Promise<unknown> = Promise.resolve();
  const send = async (): Promise<number> => {
    const from = player.seq + 1;
    const entries = elements(player.seq, kind).map(([element, value]) => [++player.seq, Date.now(), "set", element, value]);
    entries.push([++player.seq, Date.now(), "commit"] as never);
    const body = JSON.stringify({ launchId, fromSeq: from, entries, sentAtMs: Date.now() });
    await ask(requestOf("POST", commitUrl, { "Content-Type": "application/json", Authorization: `Bearer ${token}` }, body));
    return 1;
  };
  return () => {
    const sent = queue.then(send);
    queue = sent.catch(() => undefined);
    return sent;
  };
}

async function opened(frameHref: string): Promise<number> {
  const response = await fetch(frameHref);
  if (!response.ok) throw new Error(`The page was answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
  return 1;
}

function elements(seq: number, kind: Kind): [string, string][] {
  if (kind === "course") return elements2004(seq);
  return [
    ["cmi.core.lesson_location", `page-${seq}`],
    ["cmi.suspend_data", `${seq}:${"x".repeat(1000)}`],
    ["cmi.core.lesson_status", "incomplete"],
    ["cmi.core.score.raw", kind === "score" ? String(seq % 101) : "50"],
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

function elements2004(seq: number): [string, string][] {
  return [
    ["cmi.location", `page-${seq}`],
    ["cmi.suspend_data", `${seq}:${"x".repeat(1000)}`],
    ["cmi.completion_status", "incomplete"],
    ["cmi.score.scaled", "0.5"],
    ["cmi.score.raw", "50"],
    ["cmi.score.min", "0"],
    ["cmi.score.max", "100"],
    ["cmi.session_time", "PT12M34S"],
    ["cmi.exit", "suspend"],
    ["cmi.learner_preference.audio_level", String(seq % 100)],
    ["cmi.learner_preference.delivery_speed", String((seq % 100) + 1)],
    ["cmi.learner_preference.language", seq % 2 === 0 ? "en" : "de"],
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

let made = 1_000_000;

/** The rows of one learner's commits, each in a transaction of prepared statements on a connection of the pool. */
async function bareCommit(pool: pg.Pool, index: number, kind: Kind): Promise<Work> {
  const { rows } = await pool.query<{ id: string; attempt_id: string; enrollment_id: string; item_key: string }>(
    "select run.id, run.attempt_id, attempt.enrollment_id, attempt.item_key from scorm.run join public.attempt on attempt.id = run.attempt_id order by run.id offset $1 limit 1",
    [index],
  );
  const [run] = rows;
  if (!run) throw new Error("There are fewer runs than learners.");
  const text = JSON.stringify(elements(1, kind));
  const statement = "s".repeat(1400);
  let seq = (made += 1_000_000);
  return async () => {
    const client = await pool.connect();
    const ask = (name: string, sql: string, values: unknown[] = []) => client.query({ name, text: sql, values });
    try {
      const from = (seq += 13);
      const at = made++;
      await client.query("begin");
      await ask("lock", "select * from bare.run where id = $1 for update", [run.id]);
      await ask("journal", "insert into bare.journal values ($1, $2, $3, now())", [run.id, from, text]);
      await ask("outcome", "update bare.outcome set units = $2 where attempt_id = $1", [run.attempt_id, JSON.stringify({ unit: { status: "incomplete", score: from % 101 } })]);
      await ask("run", "update bare.run set state = $2, seq = $3, last_at = now() where id = $1", [run.id, text, from]);
      if (kind === "score") await scored(at, from, ask);
      await client.query("commit");
      return 1;
    } finally {
      client.release();
    }
  };

  async function scored(at: number, from: number, ask: (name: string, sql: string, values?: unknown[]) => Promise<unknown>): Promise<void> {
    if (!run) return;
    await ask("attempt", "update bare.attempt set score_raw = $2, updated_at = now() where id = $1", [run.attempt_id, from % 101]);
    await ask("progress", "update bare.item_progress set score = 0.5, updated_at = now() where enrollment_id = $1 and item_key = $2", [run.enrollment_id, run.item_key]);
    await ask("enrollment", "update bare.enrollment set last_activity_at = now() where id = $1", [run.enrollment_id]);
    await ask("event", "insert into bare.event (id, name, payload, at) values ($1, 'attempt.graded', $2, now())", [randomUUID(), JSON.stringify(run)]);
    await ask("id", "insert into bare.statement_id values (1, $1, $2, '\\x00')", [randomUUID(), at]);
    await ask("statement", "insert into bare.statement (store, seq, id, stored, authority, raw) values (1, $1, $2, now(), 1, $3)", [at, randomUUID(), statement]);
    await ask("keys", "insert into bare.statement_key select 1, key, $1 from generate_series(1, 9) as key", [at]);
  }
}
