import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { boot } from "../../core/main.ts";
import { createLog } from "../../core/kernel/log.ts";
import { system } from "../../core/kernel/permissions.ts";
import { carryOn } from "../../core/lrs/privacy/run.ts";

/** Carries a request for privacy on: a line with the bytes in use after each step. Kills itself in the midst of the one that follows `steps`. `privacy.process.ts <database> <site> <request> [<steps>]` */
const [databaseUrl = "", site = "", id = "", steps] = process.argv.slice(2);
setFlagsFromString("--expose_gc");
const collectGarbage = runInNewContext("gc") as () => void;
const { context } = await boot({ site, discover: false, roles: [], environment: { DATABASE_URL: databaseUrl }, log: createLog({ level: "silent" }) });
let taken = 0;
const carriedOn = () => carryOn(context.by(system).as("records"), id, () => {
  if (++taken === Number(steps)) setImmediate(() => process.kill(process.pid, "SIGKILL"));
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  process.stdout.write(`${heapUsed + external}\n`);
  return false;
});
while ((await carriedOn()) === "wait");
process.exit();
