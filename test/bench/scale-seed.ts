import type { Database, Db } from "../../core/db/database.ts";
import { sql, type Sql } from "../../core/db/sql.ts";
import { identityOf, keyOf, type KeyKind } from "../../core/lrs/keys.ts";

/** What there is to be found; the zeroth agent said one in twenty of all statements, the verbs halve from one to the next. */
export const counts = { agents: 10_000, activities: 4_000, modules: 400, courses: 40, verbs: 8 };
const months = 26;

export const agent = (number: number) => ({ objectType: "Agent", account: { homePage: "https://lms.example", name: `learner-${number}` } });
export const activity = (kind: string, number: number): string => `https://lms.example/${kind}/${number}`;
export const verb = (number: number): string => `https://lms.example/verbs/${number}`;
export const registration = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/**
 * Fills store 1, which must be empty, with so many statements, evenly over the last 26 months: each with ten keys, one in a hundred
 * pointing at an earlier one, one in five hundred taking one back. By the tables and not by ingest, each month whole and its indexes
 * made afterwards.
 */
export async function fill(database: Database, statements: number): Promise<void> {
  await database.run(sql`select lrs_make_room(1, now() - ${`${months} months`}::interval)`);
  await database.run(sql`alter table statement_id drop constraint statement_id_pkey`);
  const [begin, end] = [Date.now() - months * 30.4 * 86_400_000, Date.now() - 3_600_000].map((ms) => ms * 1000) as [number, number];
  const partitions = await database.rows<Month>(sql`
    select month, greatest(since, ${begin}::bigint)::float8 as begins, least(until, ${end}::bigint)::float8 as ends, since, until
    from lrs_partition where store = 1 and until > ${begin}::bigint and since < ${end}::bigint order by since`);
  const drawn = statements > 2_000_000 ? partitions.slice(0, 6) : partitions;
  for (const [index, month] of partitions.entries()) {
    const rows = drawn[index] ? drawing(month, Math.round((statements * (month.ends - month.begins)) / (end - begin))) : copying(month, drawn[1 + (index % 5)]!);
    await database.transaction((tx) => fillMonth(tx, month, rows));
  }
  await database.run(sql`alter table statement_id add primary key (store, id)`);
  for (const table of tables) await database.run(sql`vacuum (freeze, analyze) ${sql.id(table)}`);
}

/** How many bytes all of it takes, indexes included. */
export async function sizeOf(db: Db): Promise<number> {
  const { bytes } = await db.one<{ bytes: string }>(sql`
    select sum(pg_total_relation_size(part.relid)) as bytes from unnest(${tables}::regclass[]) as named(name) cross join pg_partition_tree(named.name) as part where part.isleaf`);
  return Number(bytes);
}

/** A partition: `begins` to `ends` is to be filled. */
interface Month {
  month: string;
  begins: number;
  ends: number;
  since: string;
  until: string;
}

const tables = ["statement", "statement_key", "statement_id", "statement_reference"];

/** How a month comes to its rows. */
interface Rows {
  /** Makes the table `sample`, with the place, id and target of each statement. */
  sample(tx: Db): Promise<void>;
  statements: Sql;
  keys: Sql;
}

async function fillMonth(tx: Db, { month, since, until }: Month, { sample, statements, keys }: Rows): Promise<void> {
  const parts = { statement: `statement_1_${month}`, statement_key: `statement_key_1_${month}` };
  await tx.run(sql`create temporary table pointed on commit drop as
    select id, row_number() over () as number from (select id from statement tablesample system (1) where store = 1 and target is null limit 20000) as few`);
  await sample(tx);
  await tx.run(sql`analyze sample`);
  for (const [parent, part] of Object.entries(parts)) {
    await tx.run(sql`alter table ${sql.id(parent)} detach partition ${sql.id(part)}`);
    await tx.run(sql`truncate ${sql.id(part)}`); // rows of a table that this transaction made anew go past the log
    await tx.run(sql`alter table ${sql.id(part)} drop constraint ${sql.id(`${part}_pkey`)}`);
  }
  await tx.run(sql`insert into ${sql.id(parts.statement)} (store, seq, id, stored, target, voiding, authority, raw) ${statements}`);
  await tx.run(sql`insert into ${sql.id(parts.statement_key)} (store, key, seq) ${keys}`);
  await tx.run(sql`insert into statement_id (store, id, seq, digest) select 1, id, place, sha256(id::text::bytea) from sample`);
  await tx.run(sql`insert into statement_reference (store, target, seq, voiding) select 1, target, place, voiding from sample where target is not null`);
  for (const [parent, part] of Object.entries(parts)) {
    await tx.run(sql`alter table ${sql.id(part)} add primary key (${sql.raw(parent === "statement" ? "store, seq" : "store, key, seq")})`);
    await tx.run(sql`alter table ${sql.id(parent)} attach partition ${sql.id(part)} for values from (1, ${sql.raw(since)}) to (1, ${sql.raw(until)})`);
  }
}

const storedAt = (place: string): Sql => sql.raw(`timestamptz 'epoch' + ${place} * interval '1 microsecond'`);
const spelledAt = (place: string): Sql => sql.raw(`to_char(timestamp 'epoch' + ${place} * interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);

/** The statements of another month, moved into this one as far as they fit. */
function copying({ begins, ends }: Month, of: Month): Rows {
  const from = sql.id(`statement_1_${of.month}`);
  return {
    sample: (tx) =>
      tx.run(sql`create temporary table sample on commit drop as
        select seq, seq + ${Math.round(begins - of.begins)}::bigint as place, gen_random_uuid() as id, voiding, own.target as old, pointed.id as target
        from (select seq, target, voiding, row_number() over () as number from ${from} where seq + ${Math.round(begins - of.begins)}::bigint < ${Math.round(ends)}::bigint) as own
        left join pointed on own.target is not null and pointed.number = 1 + own.number % (select count(*) from pointed)`).then(() => undefined),
    statements: sql`select 1, place, sample.id, ${storedAt("place")}, sample.target, s.voiding, 1,
      concat('{"id":"', sample.id, substr(case when old is null then raw else replace(raw, old::text, sample.target::text) end, 44, length(raw) - 43 - 81), '"timestamp":"', at, '","stored":"', at, '"}')
      from sample join ${from} s using (seq), lateral (select ${spelledAt("place")} as at offset 0) as time`,
    keys: sql`select 1, key, sample.place from sample join ${sql.id(`statement_key_1_${of.month}`)} k using (seq)`,
  };
}

/** So many statements by chance. */
function drawing({ begins, ends }: Month, count: number): Rows {
  return {
    sample: (tx) => names(tx).then(() => draw(tx, begins, ends, count)),
    statements: sql`select 1, place, id, ${storedAt("place")}, target, voiding, 1, concat(
      '{"id":"', id, '","actor":', spelled, ',"verb":{"id":"', ${verb(0).slice(0, -1)}::text, verb, '","display":{"en-US":"did"}},"object":', case when target is null
        then concat('{"objectType":"Activity","id":"', ${activity("questions", 0).slice(0, -1)}::text, activity, '","definition":{"type":"http://adlnet.gov/expapi/activities/question"}}')
        else concat('{"objectType":"StatementRef","id":"', target, '"}') end,
      ',"context":{"registration":"', ${registration(0).slice(0, -12)}::text, lpad(agent::text, 12, '0'), '"},"result":{"success":true,"response":"', repeat('a[,]b', 100), '"},"version":"2.0.0",',
      '"authority":{"objectType":"Agent","account":{"homePage":"https://lms.example","name":"key"}},"timestamp":"', at, '","stored":"', at, '"}')
      from sample join named on named.kind = 'agent' and named.number = sample.agent, lateral (select ${spelledAt("place")} as at offset 0) as time order by place`,
    keys: sql`select 1, has.key, place from sample
      ${sql.raw(keyColumns.map(([kind, column], index) => `join named n${index} on n${index}.kind = '${kind}' and n${index}.number = ${column}`).join(" "))}
      cross join lateral unnest(case when target is null then array[${sql.raw(keyColumns.map((_, index) => `n${index}.key`).join())}]
        else array[${sql.raw(keyColumns.flatMap(([, , only], index) => (only === "always" ? [`n${index}.key`] : [])).join())}] end) as has(key)`,
  };
}

/** The statements of a month, in numbers. */
async function draw(tx: Db, begins: number, ends: number, count: number): Promise<void> {
  await tx.run(sql`create temporary table sample on commit drop as
    select drawn.*, pointed.id as target, kind = 'voiding' and pointed.id is not null as voiding
    from (
      select gen_random_uuid() as id, (${begins}::float8 + number * ((${ends}::float8 - ${begins}::float8) / (${count}::float8 + 1)))::bigint as place, number,
        case when random() < 0.05 then 0 else floor(random() * ${counts.agents}) end::integer as agent, floor(random() * ${counts.activities})::integer as activity,
        least(${counts.verbs - 1}, floor(-ln(1 - random()) / ln(2)))::integer as verb,
        case when random() < 0.01 then 'reference' when random() < 0.002 then 'voiding' else 'activity' end as kind
      from generate_series(1, ${count}::integer) as number
    ) as drawn
    left join pointed on drawn.kind <> 'activity' and pointed.number = 1 + drawn.number % (select greatest(1, count(*)) from pointed)`);
}

/** What of a statement is which key; those of activities only where it speaks of one. */
const keyColumns = [
  ["agent", "agent", "always"],
  ["related-agent", "agent", "always"],
  ["registration", "agent", "always"],
  ["verb", "verb", "always"],
  ["all", "0", "always"],
  ["category", "0", "with an activity"],
  ["activity", "activity", "with an activity"],
  ["related-activity", "activity", "with an activity"],
  ["module", `activity % ${counts.modules}`, "with an activity"],
  ["course", `activity % ${counts.courses}`, "with an activity"],
] as const;

/** The keys of everything, by what it is and its number. */
async function names(tx: Db): Promise<void> {
  await tx.run(sql`create temporary table named (kind text, number integer, key bigint, spelled text) on commit drop`);
  const each = (count: number, kind: string, keyKind: KeyKind, value: (number: number) => string, spelled?: (number: number) => object) =>
    Array.from({ length: count }, (_, number) => ({ kind, number, key: keyOf(keyKind, value(number)), spelled: spelled && JSON.stringify(spelled(number)) }));
  const who = (number: number) => identityOf(agent(number))!;
  const all = [
    ...each(counts.agents, "agent", "agent", who, agent),
    ...each(counts.agents, "related-agent", "related-agent", who),
    ...each(counts.agents, "registration", "registration", registration),
    ...each(counts.verbs, "verb", "verb", verb),
    ...each(1, "all", "related-agent", () => "account of the key"),
    ...each(1, "category", "related-activity", () => activity("category", 0)),
    ...each(counts.activities, "activity", "activity", (number) => activity("questions", number)),
    ...each(counts.activities, "related-activity", "related-activity", (number) => activity("questions", number)),
    ...each(counts.modules, "module", "related-activity", (number) => activity("modules", number)),
    ...each(counts.courses, "course", "related-activity", (number) => activity("courses", number)),
  ];
  await tx.run(sql`insert into named select * from json_to_recordset(${JSON.stringify(all)}::json) as named(kind text, number integer, key bigint, spelled text)`);
  await tx.run(sql`create index on named (kind, number)`);
  await tx.run(sql`analyze named`);
}
