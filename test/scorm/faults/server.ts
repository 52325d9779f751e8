import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Death } from "./server.process.ts";

/** A server of another process, and its twin that takes its place whenever it dies, at the same address. */
export interface MortalServer {
  contentUrl: string;
  /** Has the server die so in the middle of some commit, once its twin is ready; resolves when the twin answers. */
  dies(death: Death): Promise<void>;
  stop(): Promise<void>;
}

interface Engine {
  child: ChildProcess;
  port: number;
  ready: Promise<unknown>;
}

const file = fileURLToPath(new URL("server.process.ts", import.meta.url));
const execArgv = ["-C", "source", "--import", pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href];

/** Starts engines on this database and site folder. */
export async function mortalServer(databaseUrl: string, site: string): Promise<MortalServer> {
  const door = createServer((socket) => {
    const inner = connect(current.port, "127.0.0.1");
    for (const [one, other] of [[socket, inner], [inner, socket]] as const) one.pipe(other).on("error", () => one.destroy()).on("close", () => one.destroy());
  });
  await once(door.listen(0, "127.0.0.1"), "listening");
  const contentUrl = `http://localhost:${(door.address() as AddressInfo).port}`;

  async function start(): Promise<Engine> {
    const port = await freePort();
    const child = fork(file, [databaseUrl, site, String(await freePort()), String(port), contentUrl], { execArgv });
    return { child, port, ready: once(child, "message") };
  }

  let current = await start();
  let twin = await start();
  await current.ready;
  let turn: Promise<void> = Promise.resolve();

  async function die(death: Death): Promise<void> {
    await twin.ready;
    const died = once(current.child, "exit");
    current.child.send(death);
    await died;
    current = twin;
    twin = await start();
  }

  return {
    contentUrl,
    dies: (death) => (turn = turn.then(() => die(death))),
    async stop() {
      await turn;
      door.close();
      const ends = [current, twin].map(({ child }) => once(child, "exit"));
      for (const { child } of [current, twin]) child.kill("SIGKILL");
      await Promise.all(ends);
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
