import { fork, type ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { freePort } from "../../support/free-port.ts";
import type { Death } from "./server.process.ts";

/** A server of another process, and the next one that takes its place whenever it dies, at the same address. */
export interface MortalServer {
  contentUrl: string;
  /** Has the server die so in the middle of some commit, once the next one is ready; resolves when that one answers. */
  dies(death: Death): Promise<void>;
  /** Resolves once another piece of journal is kept; rejects when `signal` does. */
  kept(signal: AbortSignal): Promise<unknown>;
  stop(): Promise<void>;
}

interface Engine {
  child: ChildProcess;
  port: number;
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

  /** Again where it ends before it is ready: somebody else may take a port that was free a second ago. */
  async function start(tries = 3): Promise<Engine> {
    const port = await freePort();
    const child = fork(file, [databaseUrl, site, String(await freePort()), String(port), contentUrl], { execArgv });
    const isReady = await Promise.race([once(child, "message").then(() => true), once(child, "exit").then(() => false)]);
    if (!isReady && tries > 1) return start(tries - 1);
    if (!isReady) throw new Error(`The server ended before it was ready, with ${child.exitCode ?? child.signalCode}.`);
    child.on("message", () => journal.emit("kept"));
    return { child, port };
  }

  const journal = new EventEmitter().setMaxListeners(0);
  let current = await start();
  let turn: Promise<void> = Promise.resolve();

  async function die(death: Death): Promise<void> {
    const next = await start();
    const died = once(current.child, "exit");
    current.child.send(death);
    await died;
    current = next;
  }

  return {
    contentUrl,
    dies: (death) => (turn = turn.then(() => die(death))),
    kept: (signal) => once(journal, "kept", { signal }),
    async stop() {
      await turn;
      door.close();
      const ended = once(current.child, "exit");
      current.child.kill("SIGKILL");
      await ended;
    },
  };
}
