import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import pg from "pg";
import { diskBlobs } from "./courses/packages/disk-blobs.ts";
import { createContext } from "./db/context.ts";
import { openDatabase, type Database } from "./db/database.ts";
import { ensureDatabase } from "./db/database-url.ts";
import { startPostgres } from "./db/embedded.ts";
import { migrate } from "./db/migrate.ts";
import type { DatabaseSettings } from "./db/part.ts";
import { sql } from "./db/sql.ts";
import { openJobs, startWork, type Jobs, type Role } from "./db/work.ts";
import { createApp, type AppOptions, type Authenticator } from "./http/app.ts";
import { formToken } from "./http/csrf.ts";
import { idempotency } from "./http/idempotency.ts";
import { createLimits } from "./http/limits.ts";
import { createMeasures } from "./http/measures.ts";
import type { Health } from "./http/part.ts";
import { takeFlash } from "./http/raw-request.ts";
import { listen, type Listening } from "./http/server.ts";
import type { HttpSettings } from "./http/settings.ts";
import { addressesOf, siteSecret } from "./http/site.ts";
import { placeRoutes } from "./http/table.ts";
import type { Context, Log, Site } from "./kernel/context.ts";
import { discoverPlugins } from "./kernel/discovery.ts";
import { messageOf } from "./kernel/errors.ts";
import { createHost, type Host } from "./kernel/host.ts";
import { createLog, type LogLevel } from "./kernel/log.ts";
import { system } from "./kernel/permissions.ts";
import type { Plugin } from "./kernel/plugin.ts";
import { readSettings, type Environment, type SettingsFile } from "./kernel/settings.ts";
import { createPages } from "./pages/part.ts";
import { coreParts } from "./parts.ts";
import { engineVersion } from "./version.ts";

export type { Role };

export interface BootOptions {
  /** The site's folder: settings, plugins, overrides, data. */
  site: string;
  environment?: Environment;
  roles?: readonly Role[];
  /** Settings over those of the site's file. */
  settings?: SettingsFile;
  /** More plugins, already imported. */
  plugins?: readonly Plugin[];
  /** Without it, no plugin is looked for: only `plugins` run. */
  discover?: boolean;
  log?: Log;
  /** The clock of tests. With it nothing runs by itself: `drain` runs what is due. */
  clock?: () => Date;
  fetch?: typeof fetch;
}

/** A running engine. */
export interface Engine {
  host: Host;
  /** The system's context. */
  context: Context;
  database: Database;
  url: string;
  contentUrl: string;
  jobs: Jobs;
  /** Runs every job, delivery and feed that is due; how many. For tests with a clock of their own. */
  drain(): Promise<number>;
  /** Stops everything in reverse order of starting; running requests and jobs may end. */
  stop(): Promise<void>;
}

const root = new URL("../", import.meta.url);

/** The composition root: finds, checks and starts everything, or starts nothing and says all that is wrong. @throws boot_failed */
export async function boot(options: BootOptions): Promise<Engine> {
  const { environment = {}, roles = ["web", "worker", "scheduler"], clock } = options;
  const now = clock ?? (() => new Date());
  const started: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    const folder = resolve(options.site);
    const host = await gather(options, folder, environment);
    const log = options.log ?? createLog({ secrets: host.secrets, level: logLevel(environment) });
    const { databaseUrl, dataDir: dataFolder, poolSize } = host.configs.get("database") as DatabaseSettings;
    const dataDir = resolve(folder, dataFolder);
    await mkdir(dataDir, { recursive: true });
    const secret = await siteSecret((host.configs.get("http") as HttpSettings).secret, dataDir);
    const http: HttpSettings = { ...(host.configs.get("http") as HttpSettings), secret };

    const url = databaseUrl || (await embeddedDatabase(dataDir, log, started));
    const database = openDatabase({ url, poolSize, onError: (error) => log.warn({ error }, "A database connection was lost") });
    started.push(() => database.close());
    await migrateAll(url, host, log);

    const pages = await createPages(host, root, pathToFileURL(`${folder}/`));
    const routes = placeRoutes(host);
    const servers = roles.includes("web") ? await listenOnBoth(http, started) : undefined;
    const addresses = addressesOf(http, servers);
    const jobs = await openJobs({ host, database, log, clock });
    started.push(() => jobs.close());
    const site: Site = {
      name: pages.siteName,
      ...addresses,
      dataDir,
      secret,
      host,
      routes,
      measures: createMeasures(),
      assets: pages.assets,
      templates: pages.templates,
      blobs: diskBlobs(join(dataDir, "blobs")),
      healthChecks: [databaseHealth(database)],
    };
    const ground = { hooks: host.hooks, permissions: host.permissions, configs: host.configs, log, site, now, fetch: options.fetch ?? fetch, database, outbox: jobs.outbox };
    const context = createContext(ground);
    const bySystem = context.by(system);

    for (const plugin of host.plugins) {
      const own = bySystem.as(plugin.name) as Context<never>;
      await plugin.start?.(own);
      if (plugin.stop) started.push(async () => plugin.stop?.(own));
    }
    const work = await startWork({ host, database, context: bySystem, jobs, roles });
    started.push(() => work.stop());
    if (servers) {
      const shared = { routes, context, settings: { ...http, ...addresses, secureCookies: addresses.url.startsWith("https:") } };
      const options: Omit<AppOptions, "origin"> = {
        ...shared,
        measures: site.measures,
        idempotency,
        limits: createLimits(http.requestsPerMinute),
        uploadsFolder: join(dataDir, "uploads"),
        authenticators: new Map(host.contributions<Record<string, Authenticator>>("authenticators").flatMap(({ value }) => Object.entries(value))),
        render: (ctx, request, template, data) =>
          pages.render(ctx, { path: request.url.pathname, csrfToken: formToken(request, secret), flash: takeFlash(request) }, template, data),
      };
      servers.site.answer(createApp({ ...options, origin: "site" }));
      servers.content.answer(createApp({ ...options, origin: "content" }));
    }
    return { host, context: bySystem, database, jobs, drain: () => work.drain(), stop, ...addresses };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function gather(options: BootOptions, folder: string, environment: Environment): Promise<Host> {
  const file = environment.CADRE_SETTINGS ?? join(folder, "cadre.json");
  const settings = { ...(existsSync(file) || environment.CADRE_SETTINGS ? readSettings(file) : {}), ...options.settings };
  const site = settings.site as { plugins?: string[]; optional?: string[] } | undefined;
  const found = options.discover
    ? await discoverPlugins({ folders: [fileURLToPath(new URL("plugins/", root)), join(folder, "plugins")], site: folder, packages: site?.plugins, engineVersion })
    : { plugins: [], problems: [] };
  const plugins = [...found.plugins, ...(options.plugins ?? [])];
  return createHost({ engineVersion, parts: coreParts, plugins, problems: found.problems, optional: site?.optional, settings, environment, log: options.log ?? createLog({ level: logLevel(environment) }) });
}

function logLevel({ CADRE_LOG_LEVEL: level = "info" }: Environment): LogLevel {
  return (["debug", "info", "warn", "error", "silent"] as const).find((known) => known === level) ?? "info";
}

async function embeddedDatabase(dataDir: string, log: Log, started: (() => Promise<void>)[]): Promise<string> {
  const server = await startPostgres({ dataDir: join(dataDir, "postgres"), log });
  started.push(() => server.stop());
  return ensureDatabase(server.url, "cadre");
}

/** Every part's and plugin's tables, in their order; the parts' lie in the public schema. */
async function migrateAll(url: string, host: Host, log: Log): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on("error", (error) => log.warn({ error }, "The connection for migrations was lost"));
  const sources = host.contributions<URL>("migrations").map(({ plugin, value }) => ({ schema: host.isPart(plugin) ? "public" : plugin, dir: value }));
  try {
    await migrate(pool, sources, log);
  } finally {
    await pool.end();
  }
}

interface Servers {
  site: Listening;
  content: Listening;
}

async function listenOnBoth({ host, port, contentPort }: HttpSettings, started: (() => Promise<void>)[]): Promise<Servers> {
  const site = await listen(host, port, "PORT");
  started.push(() => site.stop());
  const content = await listen(host, contentPort, "CONTENT_PORT");
  started.push(() => content.stop());
  return { site, content };
}

function databaseHealth(database: Database): () => Promise<Health> {
  return async () => {
    const started = performance.now();
    try {
      await database.one(sql`select 1 as answer`);
      return { name: "database", ok: true, detail: `PostgreSQL answered in ${Math.round(performance.now() - started)} ms.` };
    } catch (error) {
      return { name: "database", ok: false, detail: `PostgreSQL does not answer (${messageOf(error)}). See that it runs and that DATABASE_URL is right.` };
    }
  };
}
