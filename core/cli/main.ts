#!/usr/bin/env node
import { isCadreError, messageOf } from "../kernel/errors.ts";

/** A command of `cadre`: its arguments, and the exit code it ends with. */
export interface Command {
  /** "start [--roles web,worker]" */
  usage: string;
  summary: string;
  run(args: readonly string[]): Promise<number>;
}

const commands: Record<string, () => Promise<{ default: Command }>> = {
  start: () => import("./start.ts"),
  "new-plugin": () => import("./new-plugin.ts"),
};

const [name = "help", ...args] = process.argv.slice(2);
process.exitCode = await run();

async function run(): Promise<number> {
  const load = commands[name];
  if (!load) return help();
  try {
    return await (await load()).default.run(args);
  } catch (error) {
    process.stderr.write(`${isCadreError(error) ? error.message : error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}\n`);
    return 1;
  }
}

async function help(): Promise<number> {
  const known = await Promise.all(Object.values(commands).map(async (load) => (await load()).default));
  const lines = known.map(({ usage, summary }) => `  cadre ${usage.padEnd(34)} ${summary}`);
  process.stdout.write(`${name === "help" || name === "--help" ? "" : `There is no command "${name}".\n`}Usage:\n${lines.join("\n")}\n`);
  return name === "help" || name === "--help" ? 0 : 2;
}
