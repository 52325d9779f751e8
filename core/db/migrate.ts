import { readdir } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Log } from "../kernel/context.ts";
import { messageOf } from "../kernel/errors.ts";
import { apply, migrationFailed } from "./migration.ts";

export type { Migration, Run } from "./migration.ts";

/** A folder of migrations, and whose they are: `public` for the core, its name for a plugin. */
export interface MigrationSource {
  schema: string;
  dir: URL;
}

/** The PostgreSQL schema of a plugin: `xapi_forward` for `xapi-forward`. */
export function schemaOf(plugin: string): string {
  return plugin.replaceAll("-", "_");
}

/**
 * Brings every source up to date, in the order given, and returns what was applied, as "schema/name". Of several processes one
 * works and the others wait. Makes the schemas and a table `migrations` in each.
 * @throws migration_failed
 */
export async function migrate(pool: Pick<pg.Pool, "connect">, sources: MigrationSource[], log: Log): Promise<string[]> {
  const client = await pool.connect();
  const lost = () => {}; // a lost connection also fails the query at hand, which tells
  client.on("error", lost);
  try {
    await takeTurn(client, log);
    const applied: string[] = [];
    for (const source of sources) applied.push(...(await migrateSource(client, source, log)));
    await client.query(`select pg_advisory_unlock(${turn})`);
    client.off("error", lost);
    client.release();
    return applied;
  } catch (error) {
    client.release(error as Error); // the pool closes the connection, and with it goes the lock
    throw error;
  }
}

/** What `migrate` would apply, as "schema/name"; changes nothing. */
export async function pendingMigrations(client: pg.ClientBase, sources: MigrationSource[]): Promise<string[]> {
  const pending: string[] = [];
  for (const source of sources) {
    const schema = schemaOf(source.schema);
    const table = `${pg.escapeIdentifier(schema)}.migrations`;
    const { rows: found } = await client.query<{ there: boolean }>("select to_regclass($1) is not null as there", [table]);
    const { rows } = found[0]?.there ? await client.query<{ name: string }>(`select name from ${table}`) : { rows: [] };
    const known = new Set(rows.map(({ name }) => name));
    pending.push(...[...(await filesOf(source)).keys()].filter((name) => !known.has(name)).map((name) => `${schema}/${name}`));
  }
  return pending;
}

const turn = "hashtextextended('cadre migrate', 0)";

/** Asks until it is our turn. Not pg_advisory_lock: who waits in it holds a snapshot, for which the other's statements may wait. */
async function takeTurn(client: pg.ClientBase, log: Log): Promise<void> {
  for (let tries = 0; ; tries++) {
    const { rows } = await client.query<{ ours: boolean }>(`select pg_try_advisory_lock(${turn}) as ours`);
    if (rows[0]?.ours) return;
    if (tries === 0) log.info("Another process migrates the database; waiting for it");
    await pause(100);
  }
}

async function migrateSource(client: pg.ClientBase, source: MigrationSource, log: Log): Promise<string[]> {
  const schema = schemaOf(source.schema);
  const table = `${pg.escapeIdentifier(schema)}.migrations`;
  const files = await filesOf(source);
  if (schema !== "public") await client.query(`create schema if not exists ${pg.escapeIdentifier(schema)}`);
  await client.query(`create table if not exists ${table} (name text primary key, applied_at timestamptz not null default now())`);
  const { rows } = await client.query<{ name: string }>(`select name from ${table} order by name`);
  const known = rows.map(({ name }) => name);
  const gone = known.filter((name) => !files.has(name));
  if (gone.length) log.warn({ schema, gone }, `Applied to ${schema} once, and no longer on disk: ${gone.join(", ")}`);
  const due = [...files].filter(([name]) => !known.includes(name));
  for (const [name, file] of due) {
    await apply(client, schema, name, file);
    log.info({ schema, migration: name }, `Migrated ${schema} by ${name}`);
  }
  return due.map(([name]) => `${schema}/${name}`);
}

/** Names without extension, in order, with their files. */
async function filesOf({ schema, dir }: MigrationSource): Promise<Map<string, URL>> {
  const names = await readdir(dir).catch((cause: unknown) => {
    throw migrationFailed(`The migrations of ${schema} cannot be read: ${messageOf(cause)}`, { schema }, cause);
  });
  const files = names.filter((name) => /(?<!\.d)\.(ts|js)$/.test(name)).sort();
  const odd = files.find((name) => !/^\d{4}_[a-z0-9_-]+\.(ts|js)$/.test(name));
  if (odd) throw migrationFailed(`${schema}/${odd} is not named like a migration, 0001_what_it_does.ts.`, { schema, file: odd });
  const folder = dir.href.endsWith("/") ? dir : new URL(`${dir.href}/`);
  return new Map(files.map((name) => [name.slice(0, -3), new URL(name, folder)]));
}
