import { dirname, resolve } from "node:path";
import { defaultDataDir, makeDataFolder, postgresFolder } from "../db/data-folder.ts";
import { discardDraft, draftCluster } from "../db/embedded/cluster.ts";
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
    const postgres = embeddedFolder(site, environment);
    if (postgres) await prepare(postgres);
    const { serve } = await import("./serve.ts");
    const { stop } = await serve({ site, environment, roles, started }).catch(async (error: unknown) => {
      if (postgres) await discardDraft(postgres);
      throw error;
    });
    await told;
    await stop();
    return 0;
  },
} satisfies Command;

/** A first start is PostgreSQL making its files, for about a second, while Node reads ours: that begins once PostgreSQL is at work. */
async function prepare(postgres: string): Promise<void> {
  try {
    await makeDataFolder(dirname(postgres));
    await draftCluster(postgres, { durable: true });
  } catch {
    // boot meets the same, and tells
  }
}

/** Where this start will have its own PostgreSQL, as far as can be told before settings are checked. */
function embeddedFolder(site: string, environment: Environment): string | undefined {
  try {
    const { databaseUrl, dataDir = defaultDataDir } = settingsOfSite(site, environment).database ?? {};
    return environment.DATABASE_URL || databaseUrl ? undefined : postgresFolder(resolve(site, environment.CADRE_DATA || String(dataDir)));
  } catch {
    return undefined; // boot reads the file too, and tells
  }
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
