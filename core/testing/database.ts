import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readdir, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import pg from "pg";
import { type Copying, ensureDatabase, withClient } from "../db/database-url.ts";
import { type EmbeddedPostgres, startPostgres } from "../db/embedded.ts";
import { isAlive } from "../db/embedded/cluster.ts";

export interface TestDatabase {
  name: string;
  url: string;
  /** A folder for the files of whoever uses it; goes with the database. */
  folder: string;
  /** Drops it, whoever is still connected. */
  drop(): Promise<void>;
}

/**
 * A new, empty database, or a copy of the database `template` (to which nobody may be connected), on the server at DATABASE_URL,
 * else on an embedded one that the whole run shares.
 */
export async function testDatabase({ template }: Pick<Copying, "template"> = {}): Promise<TestDatabase> {
  const server = await serverUrl();
  const name = `cadre_test_${randomBytes(8).toString("hex")}`;
  const url = await ensureDatabase(server, name, { template, strategy: process.env.DATABASE_URL ? "wal_log" : "file_copy" });
  const folder = await mkdtemp(join(tmpdir(), "cadre-site-"));
  return {
    name,
    url,
    folder,
    async drop() {
      await withClient(server, async (client) => void (await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A copy of the database that `prepare` has filled, once in the run. Whatever it opened there it has closed. */
export async function copiedDatabase(prepare: (database: TestDatabase) => Promise<void>): Promise<TestDatabase> {
  prepared ??= testDatabase().then(async (database) => {
    await prepare(database);
    return database;
  });
  return testDatabase({ template: (await prepared).name });
}

/** Root hooks of mocha: the shared server ends with the run. If the run is killed, the server ends by itself. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    await (await prepared?.catch(() => undefined))?.drop();
    prepared = undefined;
    const cluster = await shared?.catch(() => undefined);
    shared = undefined;
    await cluster?.end();
  },
};

let prepared: Promise<TestDatabase> | undefined;
let shared: Promise<{ server: EmbeddedPostgres; end(): Promise<void> }> | undefined;

async function serverUrl(): Promise<string> {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  shared ??= startShared();
  return (await shared).server.url;
}

async function startShared() {
  const folder = await mkdtemp(join(await fastFolder(), `cadre-test-${process.pid}-`));
  await chmod(folder, 0o711); // root without user namespaces runs the server as nobody
  const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", shared_buffers: "128MB", max_connections: 200 };
  const server = await startPostgres({ dataDir: folder, log: pino({ level: "silent" }), settings });
  const end = async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  };
  return { server, end };
}

/** Memory where there is enough of it (a database in 10 ms rather than 60), freed of what killed runs left. */
async function fastFolder(): Promise<string> {
  const memory = await statfs("/dev/shm").catch(() => undefined);
  const folder = memory && memory.bavail * memory.bsize > 2 ** 31 ? "/dev/shm" : tmpdir();
  for (const name of await readdir(folder)) {
    const pid = Number(/^cadre-test-(\d+)-/.exec(name)?.[1]);
    if (pid && !isAlive(pid)) await rm(join(folder, name), { recursive: true, force: true }).catch(() => {}); // another user's
  }
  return folder;
}
