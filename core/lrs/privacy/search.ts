import type { Db } from "../../db/database.ts";
import { sql, type Sql } from "../../db/sql.ts";
import { keyOf } from "../keys.ts";
import type { Named } from "./roles.ts";
import { lowerAscii, type Subject } from "./subject.ts";

/** So many statements are looked through at once, and so many of those that may name somebody are worked on. */
const windowRows = 5000;
const batchRows = 300;

/** Where somebody is looked for: in the text of everything, or by the index alone, which knows of no mere mentions. */
export type Thoroughness = "everywhere" | "by key";

/** A stretch of a store's statements, in the order they were stored. */
export interface Stretch {
  store: number;
  /** Microseconds since 1970; exclusive, and inclusive. */
  after: number;
  through: number;
}

/** Statements of a stretch's beginning that may name somebody; `end` is how far it was looked through. */
export interface Candidates {
  statements: { seq: number; raw: string }[];
  end: number;
}

/** Looks through the beginning of a stretch by the text of its statements: it finds every one that names them, and others. */
export async function candidatesIn(db: Db, { store, after, through }: Stretch, { needles }: Subject): Promise<Candidates> {
  const last = await db.maybe<{ seq: string }>(sql`
    select seq from statement where store = ${store} and seq > ${after}::bigint and seq <= ${through}::bigint order by seq offset ${windowRows - 1} limit 1`);
  const end = last ? Number(last.seq) : through;
  const found = await db.rows<{ seq: string; raw: string }>(sql`
    select seq, raw from statement where store = ${store} and seq > ${after}::bigint and seq <= ${end}::bigint and ${inJson(sql.raw("raw"), needles)} order by seq limit ${batchRows + 1}`);
  const statements = found.slice(0, batchRows).map(({ seq, raw }) => ({ seq: Number(seq), raw }));
  return { statements, end: found.length > batchRows ? statements.at(-1)!.seq : end };
}

/** Every statement's text that has a key of theirs, first stored first, one batch in memory at a time: what the index finds at once. */
export async function* keyedStatements(db: Db, store: number, subject: Subject): AsyncGenerator<{ seq: number; raw: string }[]> {
  for (let after = 0; ; ) {
    const rows = await db.rows<{ seq: string; raw: string }>(sql`
      select s.seq, s.raw from (
        select distinct seq from statement_key where store = ${store} and key = any(${statementKeysOf(subject)}::bigint[]) and seq > ${after} order by seq limit ${batchRows}
      ) as k join statement s on s.store = ${store} and s.seq = k.seq order by s.seq`);
    if (rows.length === 0) return;
    yield rows.map(({ seq, raw }) => ({ seq: Number(seq), raw }));
    after = Number(rows.at(-1)!.seq);
  }
}

/** How many statements of these stores have a key of theirs. */
export async function countKeyed(db: Db, stores: readonly number[], subject: Subject): Promise<number> {
  return (await db.one<{ count: number }>(sql`
    select count(distinct (store, seq))::integer as count from statement_key where store = any(${stores}) and key = any(${statementKeysOf(subject)}::bigint[])`)).count;
}

/** The keys that documents, and what is known of agents, have of them. */
export const agentKeysOf = ({ identities }: Subject): string[] => identities.map((identity) => keyOf("agent", identity));

/** What names them is an agent of theirs, or text that holds one of their identifiers. */
export const namedBy = (subject: Subject, pseudonym: string): Named => ({
  pseudonymOf: (agent) => (subject.isAgent(agent) ? pseudonym : undefined),
  mentions: { isIn: (text) => subject.isIn(text), replaced: (text) => subject.replaced(text, pseudonym) },
});

/** That a text may name them: true of every text that does. */
export function inText(text: Sql, needles: readonly string[]): Sql {
  return sql`(${sql.join(needles.map((needle) => sql`position(${needle}::text in lower((${text}) collate "C")) > 0`), " or ")})`;
}

/** The same of JSON, whose strings may be written with escapes that nobody needs. */
export function inJson(json: Sql, needles: readonly string[]): Sql {
  const escaped = needles.map((needle) => lowerAscii(JSON.stringify(needle).slice(1, -1)));
  return sql`(${inText(json, escaped)} or position('\\u' in ${json}) > 0 or position('\\/' in ${json}) > 0)`;
}

/** The same of bytes. */
export function inBytes(bytes: Sql, needles: readonly string[]): Sql {
  const condition = (needle: string): Sql => sql`position(lower(encode(convert_to(${needle}::text, 'UTF8'), 'escape') collate "C") in lower(encode(${bytes}, 'escape') collate "C")) > 0`;
  return sql`(${sql.join(needles.map(condition), " or ")})`;
}

/** A table of the record store, beside those that are gone through row by row, and how many of its rows name somebody (`countAtMost` at most). */
export interface FoundElsewhere {
  table: string;
  rows: number;
}

const countAtMost = 1000;

/** Looks for them in every column of every other table of the record store that can hold text. */
export async function searchElsewhere(db: Db, subject: Subject): Promise<FoundElsewhere[]> {
  const columns = await db.rows<{ table: string; name: string; type: string }>(sql`
    select c.relname as table, a.attname as name, t.typname as type from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped join pg_type t on t.oid = a.atttypid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relispartition and c.relname ~ '^(lrs|record|statement)_' and c.relname !~ '^statement_(key_)?[0-9]+_[0-9]{6}$'
      and t.typname in ('text', 'varchar', 'json', 'jsonb', '_text', 'bytea') and not (c.relname = 'lrs_attachment' and a.attname = 'content') and a.attname !~ 'digest$'
    order by c.relname, a.attnum`);
  const found: FoundElsewhere[] = [];
  for (const table of new Set(columns.map((column) => column.table))) {
    const texts = columns.filter((column) => column.table === table).map(({ name, type }) => (type === "bytea" ? sql`encode(${sql.id(name)}, 'escape')` : sql`${sql.id(name)}::text`));
    const rows = await db.rows<{ text: string }>(sql`select text from (select concat_ws(' ', ${sql.join(texts)}) as text from ${sql.id(table)}) as row where ${inJson(sql.raw("text"), subject.needles)} limit ${countAtMost}`);
    found.push({ table, rows: rows.filter(({ text }) => subject.isIn(text)).length });
  }
  return found;
}

/** The kinds of key that a statement has of somebody, wherever in it they are. */
const statementKeysOf = ({ identities }: Subject): string[] => identities.flatMap((identity) => [keyOf("agent", identity), keyOf("related-agent", identity)]);

