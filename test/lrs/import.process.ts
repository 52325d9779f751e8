import { boot } from "../../core/main.ts";
import { createLog } from "../../core/kernel/log.ts";
import { carryOn } from "../../core/lrs/transfers/import.ts";
import { beginOf } from "../../core/lrs/transfers/imports.ts";

/** Imports a file and kills itself in the midst of it, when the first batch is done. `import.process.ts <database> <site> <file>` */
const [databaseUrl = "", site = "", path = ""] = process.argv.slice(2);
const { context } = await boot({ site, discover: false, roles: [], environment: { DATABASE_URL: databaseUrl }, log: createLog({ level: "silent" }) });
const { id } = await beginOf(context, { store: 1, path, fileName: "all.ndjson" });
let batches = 0;
await carryOn(context, id, () => {
  if (++batches === 2) setImmediate(() => process.kill(process.pid, "SIGKILL"));
  return false;
});
