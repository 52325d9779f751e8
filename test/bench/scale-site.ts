import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureDatabase } from "../../core/db/database-url.ts";
import { startPostgres } from "../../core/db/embedded.ts";
import { createLog } from "../../core/kernel/log.ts";
import { boot, type Engine } from "../../core/main.ts";
import { fill } from "./scale-seed.ts";

/**
 * A site of its own, with the database and the settings that `npm start` gives one, whose record store has so many statements. Where
 * CADRE_BENCH_FOLDER tells a folder it stays there for the next run, otherwise it goes with this one.
 */
export async function scaleSite(statements: number): Promise<Engine> {
  const { CADRE_BENCH_FOLDER: kept } = process.env;
  const site = kept ? join(kept, String(statements)) : await mkdtemp(join(tmpdir(), "cadre-scale-"));
  await mkdir(site, { recursive: true });
  await chmod(site, 0o711); // root without user namespaces runs the server as nobody
  const filled = join(site, "filled");
  if (!(await readFile(filled).catch(() => undefined))) {
    await seeded(site, statements);
    await writeFile(filled, new Date().toISOString());
  }
  const engine = await boot({ ...options(site), environment: {} });
  const stop = () => engine.stop().finally(() => (kept ? undefined : rm(site, { recursive: true, force: true })));
  return { ...engine, stop };
}

// nobody in the background: what is merged and delivered of so many statements would be measured with them
const options = (site: string) => ({
  site,
  discover: false,
  roles: ["web"] as const,
  log: createLog({ level: "silent" }),
  settings: { http: { port: 0, contentPort: 0, requestsPerMinute: 100_000_000 } },
});

/** Fills it by a server that waits for no disk and writes no log of what it can make again. */
async function seeded(site: string, statements: number): Promise<void> {
  const quick = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", wal_level: "minimal", max_wal_senders: 0, autovacuum: "off", maintenance_work_mem: "1GB", work_mem: "256MB" };
  const server = await startPostgres({ dataDir: join(site, "var", "postgres"), log: createLog({ level: "silent" }), settings: quick });
  try {
    const engine = await boot({ ...options(site), environment: { DATABASE_URL: await ensureDatabase(server.url, "cadre") } });
    await fill(engine.database, statements).finally(() => engine.stop());
  } finally {
    await server.stop();
  }
}
