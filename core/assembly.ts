import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { postgresFolder } from "./db/data-folder.ts";
import { ensureDatabase, withClient } from "./db/database-url.ts";
import { startPostgres } from "./db/embedded.ts";
import { migrate } from "./db/migrate.ts";
import type { Log } from "./kernel/context.ts";
import { discoverPlugins, listOfNames } from "./kernel/discovery.ts";
import { CadreError, messageOf, type Problem } from "./kernel/errors.ts";
import { createHost, type Host } from "./kernel/host.ts";
import { createLog, type LogLevel } from "./kernel/log.ts";
import type { Plugin } from "./kernel/plugin.ts";
import { settingsOfSite, type Environment, type SettingsFile } from "./kernel/settings-file.ts";
import { scriptProblems } from "./pages/assets.ts";
import { assetFolders } from "./pages/part.ts";
import { coreParts } from "./parts.ts";
import { engineVersion } from "./version.ts";

/** Where the engine's own plugins are, in a folder. */
const root = new URL("../", import.meta.url);

/** What is put together before anything runs. */
export interface AssemblyOptions {
  /** The site's folder: settings, plugins, overrides, data. */
  site: string;
  environment?: Environment;
  /** Settings over those of the site's file. */
  settings?: SettingsFile;
  /** More plugins, already imported. */
  plugins?: readonly Plugin[];
  /** Without it, no plugin is looked for: only `plugins` run. */
  discover?: boolean;
  /** Of plugins' scripts for browsers, found when those were bundled. */
  scriptProblems?: readonly Problem[];
  log?: Log;
  /** Where the log goes; standard output unless told. */
  writeLog?(line: string): void;
}

/** A sentence for each section of the site's file of settings that nothing reads, such as that of a part whose name lacks a letter. */
export function unreadSettings(site: string, environment: Environment, { plugins, leftOut }: Host): string[] {
  const known = new Set(["site", ...plugins.map(({ name }) => name), ...leftOut.map(({ plugin }) => plugin)]);
  const unread = Object.keys(settingsOfSite(site, environment)).filter((name) => !known.has(name));
  return unread.map((name) => `Nothing reads "${name}" in the file of settings: no part or plugin of this site is called so. Correct the name, or take it out.`);
}

/** Every part and plugin with its settings, checked and in order; nothing runs yet. @throws boot_failed, bad_settings */
export async function assemble({ site, environment = {}, ...options }: AssemblyOptions): Promise<Host> {
  const settings = { ...settingsOfSite(site, environment), ...options.settings };
  const packages = listOfNames(settings.site?.plugins, 'The settings\' "site": { "plugins": … }');
  const optional = listOfNames(settings.site?.optional, 'The settings\' "site": { "optional": … }');
  const found = options.discover
    ? await discoverPlugins({ folders: [fileURLToPath(new URL("plugins/", root)), join(site, "plugins")], site, packages, engineVersion })
    : { plugins: [], problems: [] };
  const plugins = [...found.plugins, ...(options.plugins ?? [])];
  const log = options.log ?? logFor(environment, [], options.writeLog);
  const host = (scripts: readonly Problem[]) => createHost({ engineVersion, parts: coreParts, plugins, problems: [...found.problems, ...scripts], site, optional, settings, environment, log });
  if (options.scriptProblems) return host(options.scriptProblems);
  try {
    return host([]);
  } catch (error) {
    const scripts = await scriptProblems(assetFolders(plugins, () => false)); // that takes a moment, for which no start that goes well waits here
    if (scripts.length === 0) throw error;
    return host(scripts);
  }
}

/** JSON for machines, text where a person is looking; CADRE_LOG decides when it says either. */
const logFormat = ({ CADRE_LOG: format }: Environment): "json" | "text" => (format === "text" || format === "json" ? format : process.stdout.isTTY ? "text" : "json");

/** The log as CADRE_LOG_LEVEL and CADRE_LOG want it, with secrets masked. */
export function logFor(environment: Environment, secrets: readonly string[] = [], write?: (line: string) => void): Log {
  const { CADRE_LOG_LEVEL: wanted = "info" } = environment;
  const level = (["debug", "info", "warn", "error", "silent"] as const).find((known): known is LogLevel => known === wanted) ?? "info";
  return createLog({ secrets, level, format: logFormat(environment), ...(write && { write }) });
}

/** A database of an embedded server's own, made when it is missing. */
export async function embeddedDatabase(dataDir: string, log: Log): Promise<{ url: string; stop(): Promise<void> }> {
  const server = await startPostgres({ dataDir: postgresFolder(dataDir), log });
  return { url: await ensureDatabase(server.url, "cadre"), stop: () => server.stop() };
}

const oldestMajor = 15;

/** Says plainly why a database can't be used. @throws bad_settings, database_unreachable, database_too_old */
export async function checkDatabase(url: string): Promise<void> {
  // What has no scheme is taken for a path by the driver, which then looks for a host named "base".
  if (!/^(postgres(ql)?|socket):\/\//.test(url)) throw new CadreError("bad_settings", "DATABASE_URL must begin with postgresql://, as in postgresql://cadre:password@db.example.org/cadre.", { status: 500 });
  const version = await withClient(url, async (client) => Number((await client.query<{ server_version_num: string }>("show server_version_num")).rows[0]?.server_version_num)).catch((error: unknown) => {
    // Node tries several addresses, and says nothing when all of them fail.
    const reason = messageOf(error) || String((error as { code?: string }).code);
    throw new CadreError("database_unreachable", `PostgreSQL can't be reached: ${reason}. See that it runs and that DATABASE_URL is right.`, { status: 500, cause: error });
  });
  const major = Math.floor(version / 10_000);
  if (major < oldestMajor) throw new CadreError("database_too_old", `DATABASE_URL names a PostgreSQL ${major}; Cadre needs ${oldestMajor} or later.`, { status: 500 });
}

/** Every part's and plugin's folder of migrations, in their order; the parts' tables lie in the public schema. */
export const migrationsOf = (host: Host): { schema: string; dir: URL }[] =>
  host.contributions<URL>("migrations").map(({ plugin, value }) => ({ schema: host.isPart(plugin) ? "public" : plugin, dir: value }));

/** Brings every table up to date. Answers what was applied, as "schema/name". @throws migration_failed */
export async function migrateAll(url: string, host: Host, log: Log): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on("error", (error) => log.warn({ error }, "The connection for migrations was lost"));
  try {
    return await migrate(pool, migrationsOf(host), log);
  } finally {
    await pool.end();
  }
}
