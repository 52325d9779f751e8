import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const program = ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server"].find(existsSync);

/** A Redis of a test's own, on a Unix socket. */
export interface RedisServer {
  url: string;
  start(): Promise<void>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Lets it hang, and go on: it keeps its connections and answers nothing. */
  hang(): void;
  goOn(): void;
  remove(): Promise<void>;
}

/** Nothing where no redis-server is installed. */
export async function redisServer(): Promise<RedisServer | undefined> {
  if (program === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "cadre-redis-"));
  const socket = join(folder, "redis.sock");
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    url: `unix://${socket}`,
    async start() {
      const args = ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder, "--logfile", ""];
      child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
      for await (const line of createInterface({ input: child.stdout! })) if (/ready to accept connections/i.test(line)) break;
      child.stdout!.resume();
    },
    async kill() {
      const ending = child;
      child = undefined;
      if (!ending) return;
      await new Promise((resolve) => {
        ending.once("exit", resolve);
        ending.kill("SIGKILL");
      });
    },
    hang: () => void child?.kill("SIGSTOP"),
    goOn: () => void child?.kill("SIGCONT"),
    async remove() {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return server;
}
