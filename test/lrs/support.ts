import { randomUUID } from "node:crypto";
import pg from "pg";
import { openDatabase, type Database } from "../../core/db/database.ts";
import { up } from "../../migrations/0020_records.ts";

/** An empty database with the record store's tables in it. */
export async function recordDatabase(poolSize = 20): Promise<{ db: Database; drop(): Promise<void> }> {
  const server = process.env.DATABASE_URL ?? "postgres://postgres@localhost/postgres";
  const name = `lrs_${randomUUID().replaceAll("-", "")}`;
  await ask(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await up(async (statement) => void (await client.query(statement)));
  await client.end();
  const db = openDatabase({ url: url.href, poolSize, onError: (error) => console.error(error) });
  return {
    db,
    drop: async () => {
      await db.close();
      await ask(server, `drop database ${name} with (force)`);
    },
  };
}

async function ask(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
