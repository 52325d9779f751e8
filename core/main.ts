import { createHmac } from "node:crypto";
import { join, resolve } from "node:path";
import { diskBlobs } from "./courses/packages/disk-blobs.ts";
import { assemble, checkDatabase, embeddedDatabase, logFor, migrateAll, type AssemblyOptions } from "./assembly.ts";
import { openAnnouncements } from "./db/announcements.ts";
import { createContext } from "./db/context.ts";
import { makeDataFolder } from "./db/data-folder.ts";
import { openDatabase, type Database } from "./db/database.ts";
import { openLive } from "./db/live.ts";
import type { DatabaseSettings } from "./db/part.ts";
import { openJobs, startWork, type Jobs, type Role } from "./db/work.ts";
import { measureWork } from "./gauges.ts";
import { healthChecks } from "./health.ts";
import { createApp, type AppOptions, type Authenticator } from "./http/app.ts";
import { formToken } from "./http/csrf.ts";
import { idempotency } from "./http/idempotency.ts";
import { createLimits } from "./http/limits.ts";
import { createMeasures } from "./http/measures.ts";
import { takeFlash } from "./http/raw-request.ts";
import { listen, type Listening } from "./http/server.ts";
import type { HttpSettings } from "./http/settings.ts";
import { addressesOf, siteSecret } from "./http/site.ts";
import { createSockets } from "./http/sockets.ts";
import { placeRoutes } from "./http/table.ts";
import type { Context, Site } from "./kernel/context.ts";
import { uploadsFolderOf } from "./http/uploads.ts";
import { isCadreError, messageOf } from "./kernel/errors.ts";
import { bootFailed, type Host } from "./kernel/host.ts";
import { system } from "./kernel/permissions.ts";
import { publicFetch } from "./kernel/public-fetch.ts";
import { createPages } from "./pages/part.ts";

export type { Role };

export interface BootOptions extends AssemblyOptions {
  /** All of them, unless told; none for a command that only asks. */
  roles?: readonly Role[];
  /** The clock of tests. With it nothing runs by itself: `drain` runs what is due. */
  clock?: () => Date;
  /** In place of both fetches of a context. */
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

/** The composition root: finds, checks and starts everything, or starts nothing and says all that is wrong. @throws boot_failed */
export async function boot(options: BootOptions): Promise<Engine> {
  const { environment = {}, roles = ["web", "worker", "scheduler"], clock } = options;
  const now = clock ?? (() => new Date());
  const started: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const end of started.splice(0).reverse()) await end().catch((error: unknown) => failures.push(error)); // what else runs is stopped all the same
    if (failures.length > 0) throw failures[0];
  };
  try {
    const folder = resolve(options.site);
    const host = await assemble({ ...options, site: folder });
    const log = options.log ?? logFor(environment, host.secrets, options.writeLog);
    const { databaseUrl, redisUrl, dataDir: dataFolder, poolSize } = host.configs.get("database") as DatabaseSettings;
    const dataDir = resolve(folder, dataFolder);
    await makeDataFolder(dataDir);
    const secret = await siteSecret((host.configs.get("http") as HttpSettings).secret, dataDir);
    const http: HttpSettings = { ...(host.configs.get("http") as HttpSettings), secret };

    // A new server makes its files for most of a second, with little to do for this process: pages and routes are made meanwhile.
    const starting = databaseUrl ? undefined : embeddedDatabase(dataDir, log);
    starting?.catch(() => undefined); // told where it is waited for
    if (starting) started.push(async () => (await starting.catch(() => undefined))?.stop());
    const pages = await createPages(host, folder);
    const routes = placeRoutes(host);

    const url = (await starting)?.url ?? databaseUrl;
    await checkDatabase(url);
    const database = openDatabase({ url, poolSize, onError: (error) => log.warn({ error }, "A database connection was lost") });
    started.push(() => database.close());
    // Queues have a schema of their own, which on a first start is made beside the others.
    const opening = openJobs({ host, database, log, clock });
    opening.catch(() => undefined);
    started.push(async () => (await opening.catch(() => undefined))?.close());
    await migrateAll(url, host, log);
    const live = await openLive({ redisUrl, prefix: `cadre:${createHmac("sha256", secret).update("live").digest("base64url").slice(0, 16)}:`, now, log });
    started.push(() => live.close());

    const announcements = openAnnouncements({ url, host, log });
    started.push(() => announcements.close());

    const servers = roles.includes("web") ? await listenOnBoth(http, started) : undefined;
    const addresses = addressesOf(http, servers);
    const jobs = await opening;
    const site: Site = {
      name: pages.siteName,
      ...addresses,
      dataDir,
      secret,
      host,
      routes,
      live,
      announcements,
      jobs,
      measures: createMeasures(),
      assets: pages.assets,
      templates: pages.templates,
      blobs: diskBlobs(join(dataDir, "blobs")),
      healthChecks: healthChecks({ database, live, jobs, dataDir }),
    };
    measureWork(site.measures, { database, jobs, host });
    const outside = publicFetch(http.privateHosts.split(/[\s,]+/).filter(Boolean));
    started.push(() => outside.close());
    const fetches = { fetch: options.fetch ?? fetch, fetchPublic: options.fetch ?? outside.fetch };
    const ground = { hooks: host.hooks, permissions: host.permissions, configs: host.configs, log, site, now, ...fetches, database, outbox: jobs.outbox };
    const context = createContext(ground);
    const bySystem = context.by(system);

    for (const plugin of host.plugins) {
      const own = bySystem.as(plugin.name) as Context<never>;
      try {
        await plugin.start?.(own);
      } catch (error) {
        throw host.isPart(plugin.name) ? error : notStarted(plugin.name, error);
      }
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
        limits: createLimits(http.requestsPerMinute, live.redis),
        uploadsFolder: uploadsFolderOf(dataDir),
        authenticators: new Map(host.contributions<Record<string, Authenticator>>("authenticators").flatMap(({ value }) => Object.entries(value))),
        render: (ctx, request, template, data) =>
          pages.render(ctx, { path: request.path, csrfToken: formToken(request, secret), flash: takeFlash(request) }, template, data),
      };
      const sockets = createSockets(options);
      started.push(async () => sockets.close());
      servers.site.upgrade(sockets.upgrade);
      servers.site.answer(createApp({ ...options, origin: "site" }));
      servers.content.answer(createApp({ ...options, origin: "content" }));
    }
    return { host, context: bySystem, database, jobs, drain: () => work.drain(), stop, ...addresses };
  } catch (error) {
    await stop().catch(() => undefined); // why it could not start tells more
    // Scripts are bundled beside the rest, so a plugin that the site can do without is left out only now.
    if (options.scriptProblems || !isCadreError(error) || error.problems.length === 0 || error.problems.some(({ code }) => code !== "bad_script")) throw error;
    return boot({ ...options, scriptProblems: error.problems });
  }
}

/** Whose start it was that failed. The core's own parts say for themselves what is wrong. */
function notStarted(plugin: string, error: unknown): Error {
  return Object.assign(bootFailed([{ pointer: plugin, code: "start_failed", message: `It could not start: ${messageOf(error).replace(/\.$/, "")}.` }]), { cause: error });
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
