// Migrates the database at the given address by the given folder, as the core's, and says what it applied.
import { pathToFileURL } from "node:url";
import pg from "pg";
import { pino } from "pino";
import { migrate } from "../../core/db/migrate.ts";

const [url, folder] = process.argv.slice(2) as [string, string];
const pool = new pg.Pool({ connectionString: url });
const applied = await migrate(pool, [{ schema: "public", dir: pathToFileURL(folder) }], pino({ level: "silent" }));
process.stdout.write(`${JSON.stringify(applied)}\n`);
await pool.end();
