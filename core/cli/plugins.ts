import { list } from "../people/administration/plugins.ts";
import { parse } from "./arguments.ts";
import { table, withEngine } from "./engine.ts";
import type { Command } from "./main.ts";

const usage = "plugins [--all]";

/** What runs here and how it is doing. */
export default {
  usage,
  summary: "List plugins with their health, or why they are left out; with --all the core's parts too.",
  async run(args) {
    const { values } = parse(usage, args, { all: { type: "boolean" } });
    const { plugins } = await withEngine(({ context }) => list(context));
    const shown = plugins.filter(({ kind }) => values.all || kind === "plugin");
    const rows = shown.map(({ name, version, summary, health, message }) => [name, version, health.replace("-", " "), message ?? summary]);
    process.stdout.write(rows.length > 0 ? table([["NAME", "VERSION", "HEALTH", "WHAT IT DOES, OR WHAT IS WRONG"], ...rows]) : "There are no plugins.\n");
    return 0;
  },
} satisfies Command;
