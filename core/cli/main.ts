#!/usr/bin/env node
import { isCadreError, messageOf } from "../kernel/errors.ts";
import { engineVersion } from "../version.ts";

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
  migrate: () => import("./migrate.ts"),
  "admin-link": () => import("./admin-link.ts"),
  doctor: () => import("./doctor.ts"),
  plugins: () => import("./plugins.ts"),
  jobs: () => import("./jobs.ts"),
  package: () => import("./package.ts"),
  records: () => import("./records.ts"),
};

const [name = "help", ...args] = process.argv.slice(2);
process.exitCode = await run();

async function run(): Promise<number> {
  if (name === "--version") {
    process.stdout.write(`${engineVersion}\n`);
    return 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) return help();
  try {
    return await (await load()).default.run(args);
  } catch (error) {
    const stack = process.env.CADRE_LOG_LEVEL === "debug" && error instanceof Error ? error.stack : undefined;
    process.stderr.write(`${stack ?? messageOf(error)}\n`);
    return isCadreError(error) && error.code === "bad_usage" ? 2 : 1;
  }
}

async function help(): Promise<number> {
  const asked = ["help", "--help", "-h"].includes(name);
  const known = await Promise.all(Object.values(commands).map(async (load) => (await load()).default));
  const width = Math.max(...known.map(({ usage }) => usage.length)) + 2;
  const lines = known.map(({ usage, summary }) => `  cadre ${usage.padEnd(width)}${summary}`);
  const out = asked ? process.stdout : process.stderr;
  out.write(`${asked ? "" : `There is no command "${name}".\n`}Usage:\n${lines.join("\n")}\n`);
  return asked ? 0 : 2;
}
