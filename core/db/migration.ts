import pg from "pg";
import { CadreError, messageOf } from "../kernel/errors.ts";

/** Sends one or more SQL statements, separated by semicolons. They run in the order of the calls. */
export type Run = (statement: string) => Promise<void>;

/** What a file `NNNN_what.ts` in a migrations folder exports. Once released it is never edited. */
export interface Migration {
  up: (run: Run) => Promise<void>;
}

/**
 * Applies one migration and writes its row in `<schema>.migrations`, in one transaction. Unqualified names are found in the
 * schema, then in `public`; new tables go to the schema.
 * @throws migration_failed, with file and statement, nothing done
 */
export async function apply(client: pg.ClientBase, schema: string, name: string, file: URL): Promise<void> {
  const { up } = await load(schema, name, file);
  const own = pg.escapeIdentifier(schema);
  let statements = 0;
  let failure: CadreError | undefined;
  const sent: Promise<void>[] = [];
  const run: Run = (statement) => {
    const number = ++statements;
    const done = client.query(statement).then(
      () => {},
      (error: unknown) => {
        throw (failure ??= inStatement(schema, name, number, statement, error));
      },
    );
    sent.push(done.catch(() => {})); // `failure` tells it, even when `up` does not wait for it or swallows it
    return done;
  };
  await client.query("begin");
  try {
    await client.query(`set local search_path to ${schema === "public" ? own : `${own}, public`}`);
    await up(run);
    await Promise.all(sent);
    if (failure) throw failure; // before "commit", which PostgreSQL would answer with a silent rollback
    await client.query(`insert into ${own}.migrations (name) values ($1)`, [name]);
    await client.query("commit");
  } catch (error) {
    await Promise.all(sent);
    await client.query("rollback").catch(() => {}); // fails only with the connection, which undoes as well
    throw failure ?? migrationFailed(`${schema}/${name}, after ${statements} statements: ${messageOf(error)}`, { schema, file: name }, error);
  }
}

/** What is wrong with a migration; `data` has `schema`, `file`, `statement` (from 1) and `line` in it (from 1), as far as known. */
export function migrationFailed(message: string, data: Record<string, unknown>, cause?: unknown): CadreError {
  return new CadreError("migration_failed", message, { status: 500, data, cause });
}

async function load(schema: string, name: string, file: URL): Promise<Migration> {
  const module = (await import(file.href).catch((cause: unknown) => {
    throw migrationFailed(`${schema}/${name} cannot be loaded: ${messageOf(cause)}`, { schema, file: name }, cause);
  })) as Partial<Migration>;
  if (typeof module.up !== "function") throw migrationFailed(`${schema}/${name} exports no function up.`, { schema, file: name });
  return module as Migration;
}

function inStatement(schema: string, name: string, number: number, text: string, cause: unknown): CadreError {
  const position = cause instanceof pg.DatabaseError ? Number(cause.position) : 0;
  const line = position > 0 ? text.slice(0, position).split("\n").length : undefined;
  const where = line ? `statement ${number}, line ${line}` : `statement ${number}`;
  return migrationFailed(`${schema}/${name}, ${where}: ${messageOf(cause)}`, { schema, file: name, statement: number, line }, cause);
}
