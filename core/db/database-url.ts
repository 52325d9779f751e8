import pg from "pg";

/** The same server and settings as `url`, another database. */
export function withDatabase(url: string, name: string): string {
  // Not new URL(): it rejects `postgres://me@/db?host=/run/postgresql`, which PostgreSQL's own programs accept.
  return url.replace(/^([^:]+:\/\/[^/?]*)(?:\/[^?]*)?/, (_, server: string) => `${server}/${encodeURIComponent(name)}`);
}

/** What a new database is a copy of, and how: `file_copy` is the faster where the server does not wait for its disk (fsync off). */
export interface Copying {
  template?: string;
  strategy?: "wal_log" | "file_copy";
}

/**
 * Creates the database `name` on the server of `url` unless it exists, by `template` if given, and returns its address. Any
 * number of processes may ask at once. Needs the right to create databases only when it is missing.
 */
export async function ensureDatabase(url: string, name: string, { template = "template1", strategy = "wal_log" }: Copying = {}): Promise<string> {
  await withClient(url, async (client) => {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [name]);
    if (rowCount) return;
    const copying = `template ${pg.escapeIdentifier(template)} strategy ${strategy}`;
    await client.query(`create database ${pg.escapeIdentifier(name)} ${copying}`).catch((error: unknown) => {
      if (!isTaken(error)) throw error;
    });
  });
  return withDatabase(url, name);
}

/** Runs `work` on one connection of its own, and closes it. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {}); // a lost connection also fails the query at hand, which tells
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Another process was first: it has committed (42P04 duplicate_database), or did while we tried (23505 unique_violation). */
function isTaken(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === "42P04" || error.code === "23505");
}
