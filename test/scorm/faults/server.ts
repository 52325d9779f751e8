import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Death } from "./server.process.ts";

/** A server that comes back by itself whenever it dies, at the same addresses. */
export interface MortalServer {
  contentUrl: string;
  /** Resolves once the server has died so in the middle of some commit; it is on its way back then. */
  dies(death: Death): Promise<void>;
  /** Resolves while the server answers. */
  up(): Promise<void>;
  stop(): Promise<void>;
}

const file = fileURLToPath(new URL("server.process.ts", import.meta.url));
const execArgv = ["-C", "source", "--import", pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href];

/** Starts an engine of its own process on this database and site folder. */
export async function mortalServer(databaseUrl: string, site: string): Promise<MortalServer> {
  const [port, contentPort] = [await freePort(), await freePort()];
  let child: ChildProcess;
  let ready: Promise<unknown>;
  let over = false;
  const start = (): void => {
    child = fork(file, [databaseUrl, site, String(port), String(contentPort)], { execArgv, serialization: "json" });
    ready = once(child, "message");
    child.once("exit", () => over || start());
  };
  start();
  await ready!;
  return {
    contentUrl: `http://localhost:${contentPort}`,
    async dies(death) {
      const died = once(child, "exit");
      child.send(death);
      await died;
    },
    async up() {
      await ready;
    },
    async stop() {
      over = true;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return port;
}
