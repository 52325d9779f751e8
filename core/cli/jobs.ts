import type { Context } from "../kernel/context.ts";
import { dead, queues, replay, replayAll } from "../people/administration/jobs.ts";
import { badUsage, parse } from "./arguments.ts";
import { table, withEngine } from "./engine.ts";
import type { Command } from "./main.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const usage = "jobs [list | replay <id> | replay-all]";

/** What waits in the queues and what failed for good, and another try for it. */
export default {
  usage,
  summary: "List queues and what failed for good, or try that again.",
  async run(args) {
    const [action = "list", id] = parse(usage, args, {}, 2).words;
    if (action === "list" && id === undefined) return withEngine(({ context }) => list(context));
    if (action === "replay-all" && id === undefined) {
      const replayed = await withEngine(({ context }) => replayAll(context));
      process.stdout.write(`${replayed === 1 ? "One job is" : `${replayed} jobs are`} tried again.\n`);
      return 0;
    }
    if (action !== "replay" || id === undefined) throw badUsage(usage, `"${args.join(" ")}" can't be done with jobs`);
    if (!uuid.test(id)) throw badUsage(usage, `"${id}" is no id of a job; cadre jobs lists them`);
    await withEngine(({ context }) => replay(context, id));
    process.stdout.write("The job is tried again.\n");
    return 0;
  },
} satisfies Command;

const shownAtMost = 100;

async function list(ctx: Context): Promise<number> {
  const busy = (await queues(ctx)).filter(({ waiting, delayed, active, buried }) => waiting + delayed + active + buried > 0);
  const counts = busy.map(({ name, waiting, delayed, active, buried }) => [name, ...[waiting, delayed, active, buried].map(String)]);
  process.stdout.write(counts.length > 0 ? table([["QUEUE", "WAITING", "LATER", "RUNNING", "FAILED"], ...counts]) : "The queues are empty.\n");
  const { items, next } = await dead(ctx, undefined, { limit: shownAtMost });
  if (items.length === 0) return 0;
  const letters = items.map(({ id, queue, buriedAt, error }) => [id, queue, buriedAt.toISOString(), error.message.split("\n")[0] ?? ""]);
  process.stdout.write(`\n${table([["ID", "QUEUE", "FAILED AT", "ERROR"], ...letters])}${next === null ? "" : `These are the latest ${shownAtMost}.\n`}`);
  return 0;
}
