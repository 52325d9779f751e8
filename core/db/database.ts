import knexFactory, { type Knex } from "knex";
import type { Client as PgClient, QueryResult } from "pg";
import type { Model, ModelClass, QueryBuilder } from "objection";
import { CadreError } from "../kernel/errors.ts";
import type { Sql } from "./sql.ts";

/** A PostgreSQL session to ask: the pool's next one, or a transaction's own. */
export interface Db {
  /** Rows with their columns in camelCase. */
  readonly rows: <Row>(sql: Sql) => Promise<Row[]>;
  /** The only row. @throws not_one_row (500) */
  readonly one: <Row>(sql: Sql) => Promise<Row>;
  /** The first row, if there is one. */
  readonly maybe: <Row>(sql: Sql) => Promise<Row | undefined>;
  /** How many rows were changed. */
  readonly run: (sql: Sql) => Promise<number>;
  /** A query on a `Table`, bound to this session. */
  readonly table: <M extends Model>(model: ModelClass<M>) => QueryBuilder<M>;
  /** Knex on this session, for libraries that need one (pg-boss); our own code has no use for it. */
  readonly knex: Knex;
}

/** Sessions to ask, and to have transactions of one's own in. */
export interface Transactions extends Db {
  /** Runs `work` in one transaction; a deadlock or a failed serialization is tried again, up to three times. */
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
    connection: { connectionString: url, application_name: "cadre" },
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
    ...sessionOf(knex),
    url,
    transaction: (work) => retried(3, () => knex.transaction((trx) => work(sessionOf(trx)))),
    with: (setting, value) => ({
      ...sessionOf(knex, (connection) => setForSession(connection, setting, value)),
      transaction: (work) => retried(3, () => knex.transaction((trx) => work(sessionOf(trx, settingOnce(setting, value))))),
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

/** What a session is made to do before a question. */
type Prelude = (connection: PgClient) => Promise<void>;

const settingsOf = new WeakMap<PgClient, Map<string, string>>();

/** Outside of transactions a setting stays with its session, so that whoever asks with the same value next need not set it. */
async function setForSession(connection: PgClient, setting: string, value: string): Promise<void> {
  let settings = settingsOf.get(connection);
  if (!settings) settingsOf.set(connection, (settings = new Map<string, string>()));
  if (settings.get(setting) === value) return;
  await connection.query({ name: "set for session", text: "select set_config($1, $2, false)", values: [setting, value] });
  settings.set(setting, value);
}

/** Within a transaction it goes with that, be it undone or not; nothing is set where the session has the value. */
function settingOnce(setting: string, value: string): Prelude {
  let done = false;
  return async (connection) => {
    if (done || settingsOf.get(connection)?.get(setting) === value) return;
    await connection.query({ name: "set for transaction", text: "select set_config($1, $2, true)", values: [setting, value] });
    done = true;
  };
}

function sessionOf(knex: Knex, prelude?: Prelude): Db {
  const query = async (sql: Sql): Promise<QueryResult> => {
    const client = knex.client as { acquireConnection(): Promise<PgClient>; releaseConnection(connection: PgClient): Promise<void> };
    const connection = await client.acquireConnection();
    try {
      await prelude?.(connection);
      return await connection.query({ name: sql.name, text: sql.text, values: sql.values as unknown[] });
    } finally {
      await client.releaseConnection(connection);
    }
  };
  const rows = async <Row>(sql: Sql): Promise<Row[]> => camelCased(await query(sql));
  return {
    rows,
    run: async (sql) => (await query(sql)).rowCount ?? 0,
    maybe: async <Row>(sql: Sql) => (await rows<Row>(sql))[0],
    one: async <Row>(sql: Sql) => {
      const found = await rows<Row>(sql);
      if (found.length !== 1) throw new CadreError("not_one_row", `One row was expected, ${found.length} came.`, { status: 500 });
      return found[0] as Row;
    },
    table: <M extends Model>(model: ModelClass<M>) => model.query(knex as never) as unknown as QueryBuilder<M>,
    knex,
  };
}

const camelNames = new Map<string, string>();

function camelCased<Row>({ rows, fields }: QueryResult): Row[] {
  const renamed = fields.filter(({ name }) => name.includes("_")).map(({ name }) => [name, camelName(name)] as const);
  if (renamed.length === 0) return rows as Row[];
  const kept = fields.filter(({ name }) => !name.includes("_")).map(({ name }) => name);
  return (rows as Record<string, unknown>[]).map((row) => {
    const result: Record<string, unknown> = {};
    for (const name of kept) result[name] = row[name];
    for (const [name, camel] of renamed) result[camel] = row[name];
    return result as Row;
  });
}

function camelName(name: string): string {
  let known = camelNames.get(name);
  if (known === undefined) camelNames.set(name, (known = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())));
  return known;
}

async function retried<T>(tries: number, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const code = (error as { code?: string } | null)?.code;
      if (attempt >= tries || (code !== "40001" && code !== "40P01")) throw error;
    }
  }
}
