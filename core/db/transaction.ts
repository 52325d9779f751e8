import knexFactory, { type Knex } from "knex";
import type { Client as PgClient } from "pg";
import { CadreError } from "../kernel/errors.ts";
import { askingBy, askOn, type Db } from "./asking.ts";
import type { Sql } from "./sql.ts";

/** Where connections come from and go back to: the client of a Knex. */
export interface Connections {
  acquireConnection(): Promise<PgClient>;
  releaseConnection(connection: PgClient): Promise<void>;
}

/**
 * Runs `work` in one transaction. Its connection is taken with the first question, and "begin" goes out together with that, so that nobody
 * waits for it; work that asks nothing takes none. `prelude` is what is to be asked before anything else on this connection.
 * @throws transaction_over (500) for who asks after the end, when the connection may be another's already
 * @throws transaction_undone (500) where PostgreSQL refused something that `work` passed over, so that nothing was kept
 */
export async function inTransaction<T>(connections: Connections, work: (db: Db) => Promise<T>, prelude: (connection: PgClient) => Sql | undefined = () => undefined): Promise<T> {
  let taken: Promise<PgClient> | undefined;
  let begun: Promise<unknown> | undefined;
  let over = false;
  /** What goes out that nobody waits for, and its answers. */
  const leaving: Promise<void>[] = [];
  const unanswered: Promise<unknown>[] = [];

  const connected = async (): Promise<PgClient> => {
    if (over) throw transactionOver();
    const connection = await (taken ??= connections.acquireConnection());
    if (over) throw transactionOver();
    writeTogether(connection);
    if (!begun) {
      const first = prelude(connection);
      begun = heard(Promise.all([connection.query("begin"), first && askOn(connection, first)]));
    }
    return connection;
  };
  let knex: Knex | undefined;
  const db = askingBy({
    query: async (sql) => {
      const asked = askOn(await connected(), sql);
      return (await Promise.all([asked, begun]))[0];
    },
    later: (sql) => void leaving.push(heard(connected().then((connection) => void unanswered.push(heard(askOn(connection, sql)))))),
    knex: () => (knex ??= knexOn(connected)),
  });

  try {
    const answer = await work(db);
    await Promise.all(leaving);
    over = true;
    if (begun && taken) await allOf([begun, ...unanswered, commit(await taken)]);
    return answer;
  } catch (error) {
    const open = !over;
    over = true;
    const connection = await taken?.catch(() => undefined); // whoever asked was told
    if (open && begun && connection) await connection.query("rollback").catch((broken: unknown) => spoil(connection, broken));
    if ((error as { code?: unknown } | null)?.code === "25P02") await allOf(unanswered); // it failed because of one of those
    throw error;
  } finally {
    const connection = await taken?.catch(() => undefined);
    if (connection) await connections.releaseConnection(connection);
  }
}

const transactionOver = () => new CadreError("transaction_over", "This was asked in a transaction that has ended; await everything before its end.", { status: 500 });

async function commit(connection: PgClient): Promise<void> {
  const { command } = await connection.query("commit");
  if (command !== "COMMIT") throw new CadreError("transaction_undone", "PostgreSQL refused something in this transaction, which was passed over; nothing of it was kept.", { status: 500 });
}

/** Waits for all of them. @throws what the first of them that failed did */
async function allOf(promises: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(promises)).find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

/** A promise whose failure is asked about later. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** The pool drops a connection that is marked so. */
function spoil(connection: PgClient, error: unknown): void {
  (connection as { __knex__disposed?: unknown }).__knex__disposed = error;
}

/** What is asked of a connection until this turn of the loop ends is written in one piece. */
function writeTogether({ connection: { stream } }: PgClient): void {
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** A Knex whose only connection is this one. */
function knexOn(connected: () => Promise<PgClient>): Knex {
  const connectionPool = {
    acquire: () => ({ promise: connected() }),
    release: () => true,
    destroy: () => Promise.resolve(),
    numFree: () => 0,
    numUsed: () => 1,
    numPendingAcquires: () => 0,
    numPendingCreates: () => 0,
  };
  return knexFactory({ client: "pg", connectionPool } as Knex.Config);
}
