import type { Knex } from "knex";
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
  /**
   * A change whose answer nobody needs, in a transaction only: it goes out with the next question or the commit, in its turn, and the
   * transaction is undone if it fails.
   */
  readonly later: (sql: Sql) => void;
  /** A query on a `Table`, bound to this session. */
  readonly table: <M extends Model>(model: ModelClass<M>) => QueryBuilder<M>;
  /** Knex on this session, for libraries that need one (pg-boss); our own code has no use for it. */
  readonly knex: Knex;
}

/** How a session is asked. Knex is made only for those who want it. */
export interface Asking {
  query(sql: Sql): Promise<QueryResult<unknown[]>>;
  later(sql: Sql): void;
  knex(): Knex;
}

export function askingBy({ query, later, knex }: Asking): Db {
  const rows = async <Row>(sql: Sql): Promise<Row[]> => rowsOf(await query(sql));
  return {
    rows,
    run: async (sql) => (await query(sql)).rowCount ?? 0,
    maybe: async <Row>(sql: Sql) => (await rows<Row>(sql))[0],
    one: async <Row>(sql: Sql) => {
      const found = await rows<Row>(sql);
      if (found.length !== 1) throw new CadreError("not_one_row", `One row was expected, ${found.length} came.`, { status: 500 });
      return found[0] as Row;
    },
    later,
    table: <M extends Model>(model: ModelClass<M>) => model.query(knex() as never) as unknown as QueryBuilder<M>,
    get knex() {
      return knex();
    },
  };
}

/** Asks on a connection, by a prepared statement where the question has a name; rows come as arrays. */
export function askOn(connection: PgClient, { name, text, values }: Sql): Promise<QueryResult<unknown[]>> {
  return connection.query({ name, text, values: values as unknown[], rowMode: "array" });
}

function rowsOf<Row>({ rows, fields }: QueryResult<unknown[]>): Row[] {
  const names = fields.map(({ name }) => camelName(name));
  return rows.map((values) => {
    const row: Record<string, unknown> = {};
    names.forEach((name, index) => (row[name] = values[index]));
    return row as Row;
  });
}

const camelNames = new Map<string, string>();

function camelName(name: string): string {
  let known = camelNames.get(name);
  if (known === undefined) camelNames.set(name, (known = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())));
  return known;
}
