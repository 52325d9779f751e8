import { resolve } from "node:path";
import { defaultDataDir, makeDataFolder, postgresFolder } from "../db/data-folder.ts";
import { prepareGround } from "../db/embedded/cluster.ts";
import { settingsOfSite, type Environment } from "../kernel/settings-file.ts";
import type { Role } from "../main.ts";
import { badUsage, parse } from "./arguments.ts";
import type { Command } from "./main.ts";
import { siteFolder } from "./site.ts";

const usage = "start [--roles web,worker,scheduler] [--port 3000]";
const known: readonly Role[] = ["web", "worker", "scheduler"];

/** Runs the product until it is told to stop. */
export default {
  usage,
  summary: "Run the site: all roles in one process unless told.",
  async run(args) {
    const { values } = parse(usage, args, { roles: { type: "string" }, port: { type: "string" } });
    const roles = rolesOf(values.roles);
    const environment = values.port === undefined ? process.env : { ...process.env, PORT: values.port };
    const told = toldToStop();
    const started = performance.now();
    const site = siteFolder();
    void prepare(site, environment).catch(() => undefined); // boot meets the same, and tells
    const { serve } = await import("./serve.ts");
    const { stop } = await serve({ site, environment, roles, started });
    await told;
    await stop();
    return 0;
  },
} satisfies Command;

/** A first start is PostgreSQL making its files and Node reading ours, for about a second each: they do so at once. */
async function prepare(site: string, environment: Environment): Promise<void> {
  const { databaseUrl, dataDir = defaultDataDir } = settingsOfSite(site, environment).database ?? {};
  if (environment.DATABASE_URL || databaseUrl) return;
  const folder = resolve(site, environment.CADRE_DATA || String(dataDir));
  await makeDataFolder(folder);
  await prepareGround(postgresFolder(folder), { durable: true });
}

function rolesOf(text: string | undefined): Role[] | undefined {
  if (text === undefined) return undefined;
  const roles = text.split(",").map((role) => role.trim());
  const wrong = roles.find((role) => !known.includes(role as Role));
  if (wrong !== undefined) throw badUsage(usage, `"${wrong}" is no role; there are ${known.join(", ")}`);
  return roles as Role[];
}

/** Resolves with the first signal; a second one ends the process at once. */
function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (told) process.exit(130);
        told = true;
        resolve();
      });
    }
  });
}
