import { createLog } from "../../core/kernel/log.ts";
import { testHost } from "../../core/testing/index.ts";
import { client } from "../lrs/http-support.ts";

/* A site with a key, alone in its process; answers every question by what memory it has, after collecting garbage. */
const host = await testHost({ log: createLog({ level: "silent" }) });
const { authorization } = await client(host);
process.send!({ url: host.url, authorization });
process.on("message", (message) => {
  if (message === "stop") void host.stop().then(() => process.exit());
  else {
    globalThis.gc!();
    process.send!(process.memoryUsage());
  }
});
