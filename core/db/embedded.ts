import { totalmem } from "node:os";
import type { Log } from "../kernel/context.ts";
import { settleCluster } from "./embedded/cluster.ts";
import { startOrAdopt } from "./embedded/server.ts";
import { socketFolder, socketUrl } from "./embedded/socket.ts";

export interface EmbeddedPostgres {
  /** Address of the maintenance database `postgres`; see `ensureDatabase` for one of your own. */
  url: string;
  /** Whether another process had started the server. When it ends with that process, this one starts it again. */
  adopted: boolean;
  /** Ends the server, also under those who adopted it, who then start it again; leaves an adopted one alone. Close the pools first. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Runs a PostgreSQL of our own on the files in `dataDir` (made if missing), reachable by a Unix socket only and by this user only.
 * It ends with this process, however that dies (on Linux, with util-linux), and is started again when it dies alone.
 * A second process on the same `dataDir` gets the same server, and takes it over when the first one ends. `settings` are postgresql.conf's.
 * @throws no_embedded_postgres, embedded_postgres_failed, embedded_postgres_locked, embedded_postgres_version
 */
export async function startPostgres({ dataDir, log, settings = {} }: {
  dataDir: string;
  log: Log;
  settings?: Record<string, string | number>;
}): Promise<EmbeddedPostgres> {
  const { folder, program, cluster } = await settleCluster(dataDir, { durable: settings.fsync !== "off" });
  const socket = await socketFolder(folder, program.owner);
  const url = socketUrl(socket, "postgres");
  const args = ["-D", cluster, ...asArguments({ ...settingsForThisMachine(), ...settings, ...behindSocket(socket) })];

  let stopping = false;
  const begin = async () => {
    const server = await startOrAdopt(() => program.run("postgres", args), cluster, url, log);
    void server.ended.then((how) => {
      if (stopping) return;
      log[server.adopted ? "warn" : "error"](how, `PostgreSQL ended ${server.adopted ? "with the process that had started it" : "by itself"}; starting it again`);
      running = begin();
      running.catch((error: unknown) => log.error({ err: error }, "PostgreSQL could not be started again"));
    });
    return server;
  };
  let running = begin();
  const { adopted } = await running;
  log.info({ folder, adopted, major: program.major }, adopted ? "PostgreSQL was running" : "PostgreSQL is running");
  return {
    url,
    adopted,
    stop: async () => {
      stopping = true;
      const server = await running.catch(() => undefined);
      await server?.stop();
    },
  };
}

/** For a machine that PostgreSQL shares with the application, with solid-state storage. Commits stay synchronous. */
function settingsForThisMachine(): Record<string, string | number> {
  const memoryMb = Math.floor(totalmem() / 2 ** 20);
  return {
    shared_buffers: `${Math.max(64, Math.min(1024, Math.floor(memoryMb / 16)))}MB`,
    effective_cache_size: `${Math.max(128, Math.floor(memoryMb / 2))}MB`,
    work_mem: "16MB",
    maintenance_work_mem: "128MB",
    max_wal_size: "2GB",
    checkpoint_timeout: "15min",
    random_page_cost: 1.1,
    jit: "off",
    log_checkpoints: "off",
    log_min_messages: "log", // an error of a statement is told by whoever sent it
  };
}

function behindSocket(folder: string): Record<string, string | number> {
  return {
    listen_addresses: "",
    port: 5432,
    unix_socket_directories: `"${folder.replaceAll('"', '""')}"`,
    unix_socket_permissions: "0700",
    logging_collector: "off",
    log_destination: "stderr",
    log_line_prefix: "",
    lc_messages: "C", // `startOrAdopt` reads them
  };
}

function asArguments(settings: Record<string, string | number>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
