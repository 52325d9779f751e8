// Runs the embedded PostgreSQL on a folder until standard input ends; on Ctrl-C it first drains by a query, then stops.
import { once } from "node:events";
import { pino } from "pino";
import { withClient } from "../../core/db/database-url.ts";
import { startPostgres } from "../../core/db/embedded.ts";

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const [dataDir] = process.argv.slice(2) as [string];
const server = await startPostgres({ dataDir, log: pino({ level: "silent" }), settings: { fsync: "off", shared_buffers: "16MB" } });

process.once("SIGINT", () => {
  void withClient(server.url, async (client) => {
    const { rows } = await client.query<{ answer: number }>("select 42 as answer");
    say({ drained: rows[0]!.answer });
    process.stdin.destroy();
  });
});

say({ url: server.url, adopted: server.adopted });
await once(process.stdin.resume(), "close");
await server.stop();
