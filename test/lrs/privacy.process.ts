import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { boot } from "../../core/main.ts";
import { createLog } from "../../core/kernel/log.ts";
import { system } from "../../core/kernel/permissions.ts";
import { carryOn } from "../../core/lrs/privacy/run.ts";

/** Carries a request for privacy on, and is killed meanwhile: a line with the bytes in use after each step. `privacy.process.ts <database> <site> <request>` */
const [databaseUrl = "", site = "", id = ""] = process.argv.slice(2);
setFlagsFromString("--expose_gc");
const collectGarbage = runInNewContext("gc") as () => void;
const { context } = await boot({ site, discover: false, roles: [], environment: { DATABASE_URL: databaseUrl }, log: createLog({ level: "silent" }) });
await carryOn(context.by(system).as("records"), id, () => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  process.stdout.write(`${heapUsed + external}\n`);
  return false;
});
process.exit();
