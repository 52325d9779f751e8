import { setTimeout as pause } from "node:timers/promises";
import knexFactory, { type Knex } from "knex";
import type { Client as PgClient } from "pg";
import { CadreError } from "../kernel/errors.ts";
import { askingBy, askOn, type Db } from "./asking.ts";
import { sql, type Sql } from "./sql.ts";
import { inTransaction, type Connections } from "./transaction.ts";

export type { Db } from "./asking.ts";

/** Sessions to ask, and to have transactions of one's own in. */
export interface Transactions extends Db {
  /** Runs `work` in one transaction; a deadlock or a failed serialization is tried again, up to five times, a moment later each time. */
  transaction<T>(work: (db: Db) => Promise<T>): Promise<T>;
}

/** A pool of PostgreSQL sessions. */
export interface Database extends Transactions {
  readonly url: string;
  /** The same sessions, where a setting of PostgreSQL has this value for whatever is asked. */
  with(setting: string, value: string): Transactions;
  /** How many sessions are in use, open and unused, waited for, and allowed. */
  pool(): { used: number; free: number; waiting: number; most: number };
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  /** Sessions at most; 10 unless told. */
  poolSize?: number;
  /** Statements that every session begins with. */
  begin?: string;
  onError(error: Error): void;
}

/** Opens a pool; nothing is connected until the first question. */
export function openDatabase({ url, poolSize = 10, begin, onError }: DatabaseOptions): Database {
  const knex = knexFactory({
    client: "pg",
    // In a pipeline what is asked at once is sent at once, and answered in order.
    connection: { connectionString: url, application_name: "cadre", pipeline: true } as Knex.PgConnectionConfig,
    pool: {
      min: 0,
      max: poolSize,
      afterCreate: (connection: PgClient, done: (error: unknown, connection: PgClient) => void) => {
        connection.on("error", onError);
        if (begin === undefined) done(null, connection);
        else connection.query(begin).then(
          () => done(null, connection),
          (error: unknown) => done(error, connection),
        );
      },
    },
    acquireConnectionTimeout: 20_000,
  });
  return {
    ...poolOf(knex),
    url,
    transaction: (work) => retried(5, () => inTransaction(connectionsOf(knex), work)),
    with: (setting, value) => ({
      ...poolOf(knex, (connection) => setForSession(connection, setting, value)),
      transaction: (work) => retried(5, () => inTransaction(connectionsOf(knex), work, (connection) => setOnce(connection, setting, value))),
    }),
    pool() {
      const { pool } = knex.client as { pool: { numUsed(): number; numFree(): number; numPendingAcquires(): number } };
      return { used: pool.numUsed(), free: pool.numFree(), waiting: pool.numPendingAcquires(), most: poolSize };
    },
    close: () => knex.destroy(),
  };
}

/** True when `error` is PostgreSQL's refusal of a second row, of this constraint if one is named. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return violates("23505", error, constraint);
}

/** True when `error` is PostgreSQL's refusal to break a reference, of this constraint if one is named. */
export function isReferenceViolation(error: unknown, constraint?: string): boolean {
  return violates("23503", error, constraint);
}

function violates(sqlState: string, error: unknown, constraint?: string): boolean {
  const { code, nativeError, constraint: violated } = (error ?? {}) as { code?: string; constraint?: string; nativeError?: unknown };
  if (nativeError !== undefined) return violates(sqlState, nativeError, constraint);
  return code === sqlState && (constraint === undefined || violated === constraint);
}

const settingsOf = new WeakMap<PgClient, Map<string, string>>();

/** Outside of transactions a setting stays with its session, so that whoever asks with the same value next need not set it. */
async function setForSession(connection: PgClient, setting: string, value: string): Promise<void> {
  let settings = settingsOf.get(connection);
  if (!settings) settingsOf.set(connection, (settings = new Map<string, string>()));
  if (settings.get(setting) === value) return;
  await askOn(connection, sql`select set_config(${setting}, ${value}, false)`);
  settings.set(setting, value);
}

/** Within a transaction it goes with that, be it undone or not; nothing is set where the session has the value. */
function setOnce(connection: PgClient, setting: string, value: string): Sql | undefined {
  return settingsOf.get(connection)?.get(setting) === value ? undefined : sql`select set_config(${setting}, ${value}, true)`;
}

/** Asks the pool's next connection, after what it is made to do before. */
function poolOf(knex: Knex, prepare?: (connection: PgClient) => Promise<void>): Db {
  const connections = connectionsOf(knex);
  const query = async (sql: Sql) => {
    const connection = await connections.acquireConnection();
    try {
      await prepare?.(connection);
      return await askOn(connection, sql);
    } finally {
      await connections.releaseConnection(connection);
    }
  };
  const later = () => {
    throw new CadreError("later_outside_transaction", "Outside of a transaction nothing is left for later.", { status: 500 });
  };
  return askingBy({ query, later, knex: () => knex });
}

const connectionsOf = ({ client }: Knex): Connections => client as Connections;

async function retried<T>(tries: number, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const code = (error as { code?: string } | null)?.code;
      if (attempt >= tries || (code !== "40001" && code !== "40P01")) throw error;
      await pause(Math.random() * 50 * attempt); // at once, it may well meet the same one again
    }
  }
}
