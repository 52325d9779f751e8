import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ClientBase } from "pg";
import { checkDatabase, embeddedDatabase, migrationsOf } from "../../assembly.ts";
import { withClient } from "../../db/database-url.ts";
import { pendingMigrations } from "../../db/migrate.ts";
import { wallHealth } from "../../lrs/stores/wall.ts";
import { messageOf } from "../../kernel/errors.ts";
import { createLog } from "../../kernel/log.ts";
import { doubtful, good, wrong, type Finding, type Patient } from "./finding.ts";
import { databaseSettingsOf } from "./site.ts";

const skewNoticedS = 2;
const skewHarmfulS = 60;

/** Does PostgreSQL answer, is it new enough and up to date, does its clock agree, and has any job failed for good? */
export async function checkDatabases(patient: Patient): Promise<Finding[]> {
  const { databaseUrl, dataDir } = databaseSettingsOf(patient);
  const folder = resolve(patient.site, dataDir);
  if (databaseUrl) return look(databaseUrl, patient);
  if (!existsSync(join(folder, "postgres"))) return [good("database", "There is none yet; the first start makes one in the data folder.")];
  try {
    const server = await embeddedDatabase(folder, createLog({ level: "silent" }));
    try {
      return await look(server.url, patient);
    } finally {
      await server.stop();
    }
  } catch (error) {
    return [wrong("database", messageOf(error))];
  }
}

async function look(url: string, { host }: Patient): Promise<Finding[]> {
  try {
    await checkDatabase(url);
  } catch (error) {
    return [wrong("database", messageOf(error))];
  }
  return withClient(url, async (client) => {
    const asked = Date.now();
    const { rows } = await client.query<{ version: string; now: string; jobs: boolean }>(
      "select current_setting('server_version') as version, extract(epoch from clock_timestamp()) as now, to_regclass('pgboss.job') is not null as jobs",
    );
    const { version = "", now = "0", jobs = false } = rows[0] ?? {};
    const skewS = Math.abs(Number(now) - (asked + Date.now()) / 2000);
    const pending = await pendingMigrations(client, migrationsOf(host));
    const wall = await wallFindings(client);
    const dead = jobs ? await client.query<{ dead: number }>("select count(*)::int as dead from pgboss.job where name = 'buried' and state < 'active'") : { rows: [] };
    return [
      good("database", `PostgreSQL ${version} answers.`),
      pending.length === 0 ? good("migrations", "The tables are up to date.") : doubtful("migrations", `${pending.length} are to be applied (${pending[0]}${pending.length > 1 ? ", …" : ""}); starting does it, or cadre migrate.`),
      skewFinding(skewS),
      ...wall,
      deadFinding(dead.rows[0]?.dead ?? 0),
    ];
  });
}

/** Whether PostgreSQL holds the stores of the record store apart; tried, and undone. */
async function wallFindings(client: ClientBase): Promise<Finding[]> {
  const { rows: found } = await client.query<{ there: boolean }>("select to_regproc('lrs_wall') is not null as there");
  if (!found[0]?.there) return [];
  await client.query("begin");
  try {
    const { rows } = await client.query<{ obstacle: string | null }>("select lrs_wall() as obstacle");
    const { ok, name, detail } = wallHealth(rows[0]?.obstacle ?? null);
    return [ok ? good(name, detail) : doubtful(name, detail)];
  } finally {
    await client.query("rollback");
  }
}

function skewFinding(skewS: number): Finding {
  if (skewS < skewNoticedS) return good("clock", "The database's clock agrees with this machine's.");
  const detail = `The database's clock differs from this machine's by ${Math.round(skewS)} seconds; let both keep time by NTP.`;
  return skewS < skewHarmfulS ? doubtful("clock", detail) : wrong("clock", detail);
}

function deadFinding(dead: number): Finding {
  if (dead === 0) return good("jobs", "Nothing has failed for good.");
  return doubtful("jobs", `${dead === 1 ? "One job has" : `${dead} jobs have`} failed for good; see cadre jobs, or the jobs page.`);
}
