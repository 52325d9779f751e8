import type { ChildProcess } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { Log } from "../../kernel/context.ts";
import { CadreError } from "../../kernel/errors.ts";
import { stateAt } from "./socket.ts";

const lockPatienceMs = 5000;

/** A server that accepts connections. */
export interface Server {
  /** Whether another process has started it. */
  adopted: boolean;
  /** Resolves when it has ended, with what is known of how. */
  ended: Promise<object>;
  /** Ends it; only lets go of an adopted one. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts a server, or finds the one that another process has started, once connections are accepted.
 * A lock that a dead server left is retried for five seconds; a server that recovers or ends is waited for.
 * @throws embedded_postgres_failed, embedded_postgres_locked
 */
export async function startOrAdopt(start: () => ChildProcess, cluster: string, url: string, log: Log): Promise<Server> {
  let deadline = Date.now() + lockPatienceMs;
  for (;;) {
    const state = await stateAt(url);
    if (state === "accepting") {
      const server = await adopt(url);
      if (server) return server;
    } else if (state === "busy") {
      deadline = Date.now() + lockPatienceMs;
    } else {
      const child = start();
      const failure = await readiness(child, log);
      if (failure === undefined) return own(child);
      if (!/lock file|shared memory block/.test(failure)) {
        throw new CadreError("embedded_postgres_failed", `PostgreSQL did not start: ${failure}`, { status: 500 });
      }
      if (await removeForeignLock(cluster, log)) continue;
      if (Date.now() > deadline) {
        const message = `Another PostgreSQL holds ${cluster} and does not answer. End it, then start again. It said: ${failure}`;
        throw new CadreError("embedded_postgres_locked", message, { status: 500 });
      }
    }
    await pause(50);
  }
}

function own(child: ChildProcess): Server {
  const lastWish = () => child.kill("SIGINT"); // for systems without setpriv
  process.once("exit", lastWish);
  const ended = new Promise<object>((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  void ended.then(() => process.off("exit", lastWish));
  return { adopted: false, ended, stop: () => stopServer(child) };
}

/** One session tells when the server ends, which does so with a process that we know nothing of; nothing when it has ended already. */
async function adopt(url: string): Promise<Server | undefined> {
  const socket = new Socket();
  const session = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, stream: () => socket });
  session.on("error", () => {}); // its end follows
  const ended = new Promise<object>((resolve) => session.once("end", () => resolve({})));
  try {
    await session.connect();
  } catch {
    return undefined;
  }
  socket.unref(); // must not keep a process alive that has nothing left to do
  return {
    adopted: true,
    ended,
    stop: async () => {
      socket.ref();
      await session.end();
    },
  };
}

/** Ends a server as `pg_ctl stop` does: sessions are closed, data is written; at once if that takes more than half a minute. */
async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const impatience = setTimeout(() => child.kill("SIGQUIT"), 30_000);
  await new Promise((resolve) => {
    child.once("exit", resolve);
    child.kill("SIGINT");
  });
  clearTimeout(impatience);
}

/** Resolves with undefined when the server accepts connections, with what it said when it ended instead. */
function readiness(child: ChildProcess, log: Log): Promise<string | undefined> {
  return new Promise((resolve) => {
    const said: string[] = [];
    let ready = false;
    createInterface({ input: child.stderr! }).on("line", (line) => {
      if (ready) {
        log[/^(FATAL|PANIC):|terminated by signal/.test(line) ? "warn" : "debug"]({ postgres: line }, "PostgreSQL says");
      } else if (line.includes("ready to accept connections")) {
        ready = true;
        child.unref(); // must not keep a process alive that has nothing left to do
        for (const stream of [child.stdout, child.stderr]) (stream as Socket).unref();
        resolve(undefined);
      } else {
        said.push(line);
      }
    });
    child.on("error", (error) => resolve(error.message));
    child.once("close", () => resolve(said.join("\n")));
  });
}

/**
 * A lock names a process number. After a reboot, or in a new container, that number can be anybody's, and PostgreSQL would wait
 * for ever: when that process is visibly not a server on this cluster, the lock is void.
 */
async function removeForeignLock(cluster: string, log: Log): Promise<boolean> {
  const path = join(cluster, "postmaster.pid");
  const pid = Number((await readFile(path, "utf8").catch(() => "")).split("\n")[0]);
  const command = pid ? await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "") : "";
  if (!command || command.split("\0").includes(cluster)) return false;
  log.warn({ pid }, "PostgreSQL's lock named a process that is not PostgreSQL; removed");
  await rm(path, { force: true });
  return true;
}
