import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A real second process that runs a TypeScript file beside the tests and says one JSON line at a time. */
export interface Process<Line> {
  child: ChildProcess;
  /** Its next line. Rejects with what it wrote to stderr when it ends before. */
  next(): Promise<Line>;
  /** Ends its standard input, which asks it to finish, and waits for the end. */
  finish(): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const here = fileURLToPath(new URL(".", import.meta.url));

export function run<Line>(file: string, args: string[], options: SpawnOptions = {}): Process<Line> {
  const argv = ["-C", "source", "--import", tsx, `${here}${file}`, ...args];
  const child = spawn(process.execPath, argv, { cwd: "/", stdio: ["pipe", "pipe", "pipe"], ...options });
  let errors = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]() as AsyncIterator<string, undefined>;
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return {
    child,
    next: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${file} ended: ${errors}`);
      return JSON.parse(value) as Line;
    },
    finish: async () => {
      child.stdin!.end();
      const code = await ended;
      if (code !== 0) throw new Error(`${file} ended with ${code}: ${errors}`);
    },
    kill: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
}

/** Waits for something that no event tells. Mocha's own limit ends it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(10);
}
