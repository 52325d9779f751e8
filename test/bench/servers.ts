import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Served } from "./server.process.ts";

/** Starts a server in a process of its own, so that asking and answering don't share a thread; `scale` with so many statements. */
export async function serve(kind: "raw" | "engine" | "records" | "packages" | "scale", statements = 0): Promise<Served & { stop(): Promise<void> }> {
  const script = fileURLToPath(new URL("./server.process.ts", import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, ...asStarted, script, kind, String(statements)], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, "line"), ended.then(() => Promise.reject(new Error(`The ${kind} server did not start.`)))])) as [string];
  return {
    ...(JSON.parse(line) as Served),
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

/** As `npm start` runs node: what a request makes is gone with its answer, and with room for many it is collected more rarely. */
const asStarted = ["--max-semi-space-size=32"];
