import { resolve } from "node:path";
import { assemble, checkDatabase, embeddedDatabase, logFor, migrateAll } from "../assembly.ts";
import { makeDataFolder } from "../db/data-folder.ts";
import type { DatabaseSettings } from "../db/part.ts";
import { parse } from "./arguments.ts";
import type { Command } from "./main.ts";
import { siteFolder } from "./site.ts";

const usage = "migrate";

/** Brings the database up to date without starting anything. */
export default {
  usage,
  summary: "Bring the database up to date; starting does so too.",
  async run(args) {
    parse(usage, args, {});
    const environment = { CADRE_LOG_LEVEL: "warn", ...process.env };
    const write = (line: string) => void process.stderr.write(line);
    const site = resolve(siteFolder());
    const host = await assemble({ site, environment, discover: true, writeLog: write });
    const log = logFor(environment, host.secrets, write);
    const { databaseUrl, dataDir } = host.configs.get("database") as DatabaseSettings;
    const folder = resolve(site, dataDir);
    if (!databaseUrl) await makeDataFolder(folder);
    const embedded = databaseUrl ? undefined : await embeddedDatabase(folder, log);
    try {
      const url = embedded?.url ?? databaseUrl;
      await checkDatabase(url);
      const applied = await migrateAll(url, host, log);
      process.stdout.write(applied.length > 0 ? `Applied ${applied.length}:\n${applied.map((name) => `  ${name}\n`).join("")}` : "The database is up to date.\n");
      return 0;
    } finally {
      await embedded?.stop();
    }
  },
} satisfies Command;
