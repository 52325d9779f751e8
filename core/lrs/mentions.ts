import type { Db, Transactions } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { activitiesOf, agentsAround, identityOf, keyOf } from "./keys.ts";
import { read, written } from "./raw-json.ts";
import { identifiersOf } from "./statement/agents.ts";
import { isObject, type Members } from "./statement/shape.ts";

/** A stored statement, as `read` reads it. */
export interface Telling {
  store: number;
  seq: number;
  /** Whether its definitions count; they do, unless told. */
  defines?: boolean;
  statement: Members;
}

/**
 * Merges what statements tell of activities and agents into what is known of them: later definitions win member by member, and
 * language by language within a language map; names are gathered. Runs in a transaction of its own after the statements are
 * stored, as often as one likes, and asks the database nothing when they tell what this process told it last.
 */
export async function mergeMentions(db: Transactions, statements: readonly Telling[]): Promise<void> {
  const { activities, agents } = gathered(statements);
  const told = toldTo(db);
  const definitions = [...activities.values()].filter(({ store, key, definition }) => told.get(`${store} ${key}`) !== definition);
  const names = [...agents.values()].filter(({ store, key, names }) => !told.has(`${store} ${key} ${names}`));
  if (definitions.length === 0 && names.length === 0) return;
  await db.transaction(async (tx) => {
    if (definitions.length > 0) await mergeActivities(tx, definitions);
    if (names.length > 0) await mergeAgents(tx, names);
  });
  for (const { store, key, definition } of definitions) if (definition.length <= rememberedAtMost) told.set(`${store} ${key}`, definition);
  for (const { store, key, names: known } of names) if (known.length <= rememberedAtMost) told.set(`${store} ${key} ${known}`, "");
}

/** The definitions known of these activities, by activity id. */
export async function definitionsOf(db: Db, store: number, activityIds: readonly string[]): Promise<Map<string, Members>> {
  if (activityIds.length === 0) return new Map();
  const keys = [...new Set(activityIds)].map((id) => keyOf("activity", id));
  const rows = await db.rows<{ id: string; definition: string }>(sql`
    select id, definition from lrs_activity where store = ${store} and key = any(${keys}::bigint[])`);
  return new Map(rows.map(({ id, definition }) => [id, read(definition) as Members]));
}

/** What statements tell of activities and agents, by store and key with a space between. */
export function gathered(statements: readonly Telling[]): { activities: Map<string, ActivityRow>; agents: Map<string, AgentRow> } {
  const activities = new Map<string, ActivityRow>();
  const agents = new Map<string, AgentRow>();
  for (const telling of statements) gather(telling, activities, agents);
  return { activities, agents };
}

/** What is known of an activity; `seq` is of the latest statement that told of it. */
export interface ActivityRow {
  store: number;
  key: string;
  id: string;
  definition: string;
  seq: string;
}

/** What is known of an agent; `names` is an array in JSON. */
export interface AgentRow {
  store: number;
  key: string;
  agent: string;
  names: string;
}

/*
 * In characters. Whoever may send statements could make what is known of an agent or activity longer with each, until no text could
 * hold it and nothing more would be merged.
 */
const namesAtMost = 50_000;
const definitionAtMost = 1024 ** 2;
const rememberedAtMost = 10_000;

const tellings = new WeakMap<Transactions, Map<string, string>>();

/** What was told of activities last, and of agents ever, by store and key. */
function toldTo(db: Transactions): Map<string, string> {
  let told = tellings.get(db);
  if (!told || told.size >= 20_000) tellings.set(db, (told = new Map<string, string>()));
  return told;
}

function gather({ store, seq, defines = true, statement }: Telling, activities: Map<string, ActivityRow>, agents: Map<string, AgentRow>): void {
  for (const { id, definition } of defines ? activitiesOf(statement) : []) {
    if (!isObject(definition)) continue;
    const key = keyOf("activity", id as string);
    const row = { store, key, id: id as string, definition: written(definition), seq: String(seq) };
    const known = activities.get(`${store} ${key}`);
    activities.set(`${store} ${key}`, known ? mergedActivity(known, row) : row);
  }
  for (const agent of agentsAround(statement).flatMap((one) => [one, ...((one.member ?? []) as Members[])])) {
    const identity = identityOf(agent);
    if (identity === undefined) continue;
    const [identifier] = identifiersOf(agent);
    const key = keyOf("agent", identity);
    const names = typeof agent.name === "string" ? [agent.name] : [];
    const row = { store, key, agent: written({ [identifier!]: agent[identifier!] }), names: JSON.stringify(fitting(names)) };
    const known = agents.get(`${store} ${key}`);
    agents.set(`${store} ${key}`, known ? mergedAgent(known, row) : row);
  }
}

async function mergeActivities(tx: Db, rows: ActivityRow[]): Promise<void> {
  // The update that changes nothing locks the rows in the order of their keys, and tells what is there.
  const there = await tx.rows<ActivityRow>(sql`
    insert into lrs_activity (store, key, id, definition, seq)
    select * from json_to_recordset(${JSON.stringify(rows)}::json) as told(store integer, key bigint, id text, definition text, seq bigint)
    order by store, key
    on conflict (store, key) do update set seq = lrs_activity.seq
    returning *`);
  const changed = there.flatMap((row) => {
    const sent = rows.find(({ store, key }) => store === row.store && key === row.key)!;
    const merged = mergedActivity(row, sent);
    return merged.definition === row.definition && merged.seq === row.seq ? [] : [merged];
  });
  if (changed.length === 0) return;
  await tx.run(sql`
    update lrs_activity set definition = told.definition, seq = told.seq
    from json_to_recordset(${JSON.stringify(changed)}::json) as told(store integer, key bigint, definition text, seq bigint)
    where lrs_activity.store = told.store and lrs_activity.key = told.key`);
}

async function mergeAgents(tx: Db, rows: AgentRow[]): Promise<void> {
  const there = await tx.rows<AgentRow>(sql`
    insert into lrs_agent (store, key, agent, names)
    select * from json_to_recordset(${JSON.stringify(rows)}::json) as told(store integer, key bigint, agent text, names text)
    order by store, key
    on conflict (store, key) do update set names = lrs_agent.names
    returning *`);
  const changed = there.flatMap((row) => {
    const merged = mergedAgent(row, rows.find(({ store, key }) => store === row.store && key === row.key)!);
    return merged.names === row.names ? [] : [merged];
  });
  if (changed.length === 0) return;
  await tx.run(sql`
    update lrs_agent set names = told.names
    from json_to_recordset(${JSON.stringify(changed)}::json) as told(store integer, key bigint, names text)
    where lrs_agent.store = told.store and lrs_agent.key = told.key`);
}

/** What two tellings make together; the later one wins, and counts alone where both would be longer than a megabyte. */
export function mergedActivity(one: ActivityRow, other: ActivityRow): ActivityRow {
  const [older, newer] = BigInt(one.seq) <= BigInt(other.seq) ? [one, other] : [other, one];
  if (older.definition === newer.definition) return newer;
  const [before, after] = [older, newer].map(({ definition }) => read(definition) as Members) as [Members, Members];
  const merged: Members = { ...before, ...after };
  for (const name of ["name", "description", "extensions"]) {
    if (isObject(before[name]) && isObject(after[name])) merged[name] = { ...before[name], ...after[name] };
  }
  const both = written(merged);
  return both.length > definitionAtMost ? newer : { ...newer, definition: both };
}

/** The names of both, of which those that were known before go first where there are too many. */
export function mergedAgent(known: AgentRow, other: AgentRow): AgentRow {
  const names = new Set([...(JSON.parse(known.names) as string[]), ...(JSON.parse(other.names) as string[])]);
  return { ...known, names: JSON.stringify(fitting([...names]).sort()) };
}

function fitting(names: readonly string[]): string[] {
  let room = namesAtMost;
  return names.filter(({ length }) => {
    const fits = length <= room;
    if (fits) room -= length;
    return fits;
  });
}
