import { statfs } from "node:fs/promises";
import { workProblems, workState } from "./db/backlog.ts";
import type { Database } from "./db/database.ts";
import type { Live } from "./db/live.ts";
import { sql } from "./db/sql.ts";
import type { Jobs } from "./db/work.ts";
import type { Health } from "./http/health.ts";
import { messageOf } from "./kernel/errors.ts";

const spaceWanted = 1024 ** 3;

/** What the engine itself looks at when asked for its health. */
export function healthChecks({ database, live, jobs, dataDir }: { database: Database; live: Live; jobs: Jobs; dataDir: string }): (() => Promise<Health[]>)[] {
  return [
    async () => [await databaseHealth(database)],
    async () => {
      const health = await live.health();
      return health ? [{ name: "redis", ...health }] : [];
    },
    async () => [await jobsHealth(database, jobs)],
    async () => [await diskHealth(dataDir)],
  ];
}

async function databaseHealth(database: Database): Promise<Health> {
  const started = performance.now();
  try {
    await database.one(sql`select 1 as answer`);
    return { name: "database", ok: true, detail: `PostgreSQL answered in ${Math.round(performance.now() - started)} ms.` };
  } catch (error) {
    return { name: "database", ok: false, detail: `PostgreSQL does not answer (${messageOf(error)}). See that it runs and that DATABASE_URL is right.` };
  }
}

async function jobsHealth(database: Database, jobs: Jobs): Promise<Health> {
  try {
    const problems = workProblems(await workState(database, jobs));
    return { name: "jobs", ok: problems.length === 0, detail: problems.join(" ") || "Nothing has failed for good, and nothing waits for long." };
  } catch (error) {
    return { name: "jobs", ok: false, detail: `The queues can't be read: ${messageOf(error)}.` };
  }
}

/** Room for uploads and, where it is embedded, the database. */
export async function diskHealth(dataDir: string): Promise<Health> {
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const detail = `${(free / 1024 ** 3).toFixed(1)} GiB are free in ${dataDir}.`;
  return { name: "disk", ok: free >= spaceWanted, detail: free >= spaceWanted ? detail : `${detail} Make room, or set CADRE_DATA to a folder on another disk.` };
}
