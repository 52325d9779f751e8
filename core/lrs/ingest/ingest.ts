import { isUniqueViolation, type Db } from "../../db/database.ts";
import { sql, type Sql } from "../../db/sql.ts";
import { CadreError } from "../../kernel/errors.ts";
import type { PreparedStatement } from "./prepare.ts";
import { digestOf } from "../statement/equality.ts";
import { microsecondsOf, timestampOf } from "../statement/timestamps.ts";

/** What became of one statement. */
export interface StoredStatement {
  id: string;
  /** When it was stored, in microseconds since 1970; of the earlier one, when it was there already. */
  seq: number;
  /** False when the same statement was there already. */
  fresh: boolean;
  /** Of a fresh one: where the list of forgotten agents stood, asked after the time of the statement was taken (privacy/forgotten.ts). */
  forgottenStamp?: string;
}

/**
 * Stores prepared statements; `db` must be a transaction, which a conflict is to undo, and their stores have room (`Room`). One round
 * trip, which only inserts: no row is shared with anybody else's statements.
 * @throws statement_conflict (409) when an id is taken by another statement (Communication 2.1.1)
 */
export async function storePrepared(db: Db, statements: readonly PreparedStatement[]): Promise<StoredStatement[]> {
  if (statements.length === 0) return [];
  const stored = await inserted(db, statements, { given: sql.raw("true"), taken: sql.raw("on conflict do nothing") });
  if (stored.some((one) => !one)) await findRepeated(db, statements, stored);
  return stored as StoredStatement[];
}

/**
 * The same without a transaction, in one round trip and nothing else: for new statements of whom nobody is to be forgotten as of
 * `forgottenStamp` (any, where it is null). Undefined, and nothing is stored, where an id is taken or the list has changed since.
 */
export async function storeAtOnce(db: Db, statements: readonly PreparedStatement[], forgottenStamp: string | null): Promise<StoredStatement[] | undefined> {
  if (statements.length === 0) return [];
  const given = sql`(${forgottenStamp}::text is null or stamp = ${forgottenStamp}) and not exists (select from read where exists (select from statement_id there where there.store = read.store and there.id = read.id offset 0))`;
  try {
    const stored = await inserted(db, statements, { given, taken: sql.raw("") });
    return stored.every((one) => one !== undefined) ? (stored as StoredStatement[]) : undefined;
  } catch (error) {
    if (isUniqueViolation(error) || isDeadlock(error)) return undefined; // somebody else took an id meanwhile, or is about to
    throw error;
  }
}

const isDeadlock = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === "40P01";

/** Those that were inserted, by their position; `given` says whether any is to be, and `taken` what becomes of one whose id is there. */
async function inserted(db: Db, statements: readonly PreparedStatement[], { given, taken }: { given: Sql; taken: Sql }): Promise<(StoredStatement | undefined)[]> {
  const { rows, stores, keys, positions } = parametersOf(statements);
  // "is true" has the set looked up in a hash, also in sessions that know no joins but nested loops (stores/wall.ts).
  const fresh = sql.raw("(seq in (select seq from taken)) is true");
  const found = await db.rows<{ seq: string; position: number; stamp: string }>(
    sql.prepared(sql`
    with clock as materialized (select lrs_take_time(${statements.length}::integer) as first),
    mark as materialized (
      select first, (select case when is_called then last_value else 0 end from lrs_forgotten_stamp where first is not null)::text as stamp from clock
    ),
    read as materialized (
      select * from json_to_recordset(${rows}::json) as sent(
        position integer, store integer, id uuid, digest text, target uuid, voiding boolean, authority bigint, defines boolean, timed boolean, raw text)
    ),
    sent as materialized (
      select read.*, first + position as seq, timestamptz 'epoch' + (first + position) * interval '1 microsecond' as stored from mark, read where ${given}
    ),
    taken as (
      insert into statement_id (store, id, seq, digest) select store, id, seq, decode(digest, 'hex') from sent order by store, id ${taken} returning seq
    ),
    kept as (
      insert into statement (store, seq, id, stored, target, voiding, authority, defines, raw)
      select store, seq, id, stored, target, voiding, authority, defines,
        raw || case when timed then ',"stored":"' || iso || '"}' else ',"timestamp":"' || iso || '","stored":"' || iso || '"}' end
      from sent, lateral (select to_char(stored at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as iso) as time where ${fresh}
    ),
    pointed as (
      insert into statement_reference (store, target, seq, voiding) select store, target, seq, voiding from sent where target is not null and ${fresh}
    ),
    found as (
      insert into statement_key (store, key, seq)
      select store, key, seq from mark, unnest(${stores}::integer[], ${keys}::bigint[], ${positions}::integer[]) as has(store, key, position), lateral (select first + position as seq) as time
      where ${fresh}
    )
    select seq, (seq - first)::integer as position, stamp from taken, mark`),
  );
  const stored = new Array<StoredStatement | undefined>(statements.length).fill(undefined);
  for (const { seq, position, stamp } of found) stored[position] = { id: statements[position]!.id, seq: Number(seq), fresh: true, forgottenStamp: stamp };
  return stored;
}

function parametersOf(statements: readonly PreparedStatement[]): { rows: string; stores: string; keys: string; positions: string } {
  const [stores, keys, positions]: [number[], string[], number[]] = [[], [], []];
  const rows = statements.map(({ store, id, digest, target, voiding, authorityKey, defines, timed, text, keys: own }, position) => {
    for (const key of own) {
      stores.push(store);
      keys.push(key);
      positions.push(position);
    }
    return { position, store, id, digest: digest.toString("hex"), target, voiding, authority: authorityKey, defines, timed, raw: text };
  });
  return { rows: JSON.stringify(rows), stores: `{${stores.join()}}`, keys: `{${keys.join()}}`, positions: `{${positions.join()}}` };
}

/** What is stored under the ids of statements already: when, and whether it is the same statement; undefined where nothing is. */
export async function earlierOf(db: Db, statements: readonly PreparedStatement[]): Promise<({ seq: number; same: boolean } | undefined)[]> {
  const earlier = await db.rows<{ store: number; id: string; seq: string; digest: Buffer }>(sql`
    select store, statement_id.id, seq, digest
    from unnest(${statements.map(({ store }) => store)}::integer[], ${statements.map(({ id }) => id)}::uuid[]) as wanted(store, id)
    join statement_id using (store, id)`);
  const known = new Map(earlier.map((row) => [`${row.store} ${row.id}`, row]));
  return statements.map((statement) => {
    const row = known.get(`${statement.store} ${statement.id}`);
    return row && { seq: Number(row.seq), same: isSame(statement, row.digest, Number(row.seq)) };
  });
}

/** The refusal of statements whose ids are those of others (Communication 2.1.1). */
export function statementConflict(statements: readonly PreparedStatement[]): CadreError {
  const problems = statements.map(({ id, pointer }) => ({
    pointer: `${pointer}/id`,
    code: "statement_conflict",
    message: `${id} is the id of another statement`,
    clause: "Communication 2.1.1",
  }));
  return new CadreError("statement_conflict", `Another statement with this id is stored already: ${statements[0]!.id}.`, { status: 409, problems });
}

/** Fills in those whose id was taken already. */
async function findRepeated(db: Db, statements: readonly PreparedStatement[], stored: (StoredStatement | undefined)[]): Promise<void> {
  const positions = statements.flatMap((_, position) => (stored[position] ? [] : [position]));
  const earlier = await earlierOf(db, positions.map((position) => statements[position]!));
  const conflicts: PreparedStatement[] = [];
  positions.forEach((position, index) => {
    const { seq, same } = earlier[index]!;
    if (same) stored[position] = { id: statements[position]!.id, seq, fresh: false };
    else conflicts.push(statements[position]!);
  });
  if (conflicts.length > 0) throw statementConflict(conflicts);
}

/**
 * Whether a statement is the stored one, perhaps as the LRS gave it back: with the timestamp that it was given for want of one. Of one
 * that was erased no digest is left (privacy/acts.ts): whoever sends it again is told that it is there already.
 */
function isSame({ digest, statement }: PreparedStatement, earlier: Buffer, seq: number): boolean {
  if (earlier.length === 0) return true;
  if (digest.equals(earlier)) return true;
  const { timestamp } = statement;
  if (typeof timestamp !== "string" || microsecondsOf(timestampOf(timestamp)!) !== seq) return false;
  return digestOf(statement, "timestamp").equals(earlier);
}
