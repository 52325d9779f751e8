import type { Context } from "../../kernel/context.ts";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { identityOf, keyOf } from "../keys.ts";
import { gathered, mergedActivity, mergedAgent, type ActivityRow, type AgentRow, type Telling } from "../mentions.ts";
import { read } from "../raw-json.ts";
import { recordsOf } from "../records.ts";
import type { Members } from "../statement/shape.ts";

/** The definition of an activity, that of statements stored a moment ago included; undefined where none was ever sent. */
export async function definitionOf(ctx: Context, store: number, activityId: string): Promise<Members | undefined> {
  const own = recordsOf(ctx).wall.within([store]);
  const key = keyOf("activity", activityId);
  const told = gathered(await unmerged(ctx, own, store, keyOf("related-activity", activityId))).activities.get(`${store} ${key}`);
  const row = await own.maybe<ActivityRow>(sql`select store, key, id, definition, seq from lrs_activity where store = ${store} and key = ${key}`);
  const known = row && told ? mergedActivity(row, told) : (row ?? told);
  return known && (read(known.definition) as Members);
}

/** The names that an agent was ever called by, those of statements stored a moment ago included. */
export async function namesOf(ctx: Context, store: number, agent: Members): Promise<string[]> {
  const own = recordsOf(ctx).wall.within([store]);
  const identity = identityOf(agent)!;
  const key = keyOf("agent", identity);
  const told = gathered(await unmerged(ctx, own, store, keyOf("related-agent", identity))).agents.get(`${store} ${key}`);
  const row = await own.maybe<AgentRow>(sql`select store, key, agent, names from lrs_agent where store = ${store} and key = ${key}`);
  const known = row && told ? mergedAgent(row, told) : (row ?? told);
  return known ? (JSON.parse(known.names) as string[]) : [];
}

const lagMost = 1000;

/**
 * What the reader that merges mentions has still to read of the statements with this key, of the next thousand of the store. To be
 * asked before what is merged already, so that nothing falls between.
 */
async function unmerged({ db }: Context, own: Db, store: number, key: string): Promise<Telling[]> {
  const cursor = await db.maybe<{ tx: string; seq: string }>(sql`select tx, seq from feed_cursor where plugin = 'records' and feed = 'statements'`);
  if (!cursor) return [];
  // "offset 0" keeps it a look into the index for each; without it the planner reads everything with the key first.
  const rows = await own.rows<{ seq: string; defines: boolean; raw: string }>(sql`
    select s.seq, s.defines, s.raw from (
      select tx, seq, store, defines, raw from statement
      where store = ${store} and (tx, seq) > (${cursor.tx}::xid8, ${cursor.seq}::bigint) order by tx, seq limit ${lagMost}
    ) as s
    where exists (select from statement_key k where k.store = s.store and k.key = ${key} and k.seq = s.seq offset 0)
    order by s.tx, s.seq`);
  return rows.map(({ seq, defines, raw }) => ({ store, seq: Number(seq), defines, statement: read(raw) as Members }));
}
