import type { Database, Db } from "../../core/db/database.ts";
import { sql } from "../../core/db/sql.ts";
import { identityOf, keyOf, type KeyKind } from "../../core/lrs/keys.ts";

/** What there is to be found; the zeroth agent said one in twenty of all statements, the verbs halve from one to the next. */
export const counts = { agents: 10_000, activities: 4_000, modules: 400, courses: 40, verbs: 8 };
export const months = 26;

export const agent = (number: number) => ({ objectType: "Agent", account: { homePage: "https://lms.example", name: `learner-${number}` } });
export const activity = (kind: string, number: number): string => `https://lms.example/${kind}/${number}`;
export const verb = (number: number): string => `https://lms.example/verbs/${number}`;
export const registration = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/**
 * Fills store 1 with so many statements, evenly over the last 26 months: each with ten keys, one in a hundred pointing at an earlier
 * one, one in five hundred taking one back. By the tables and not by ingest, at some 10,000 a second.
 */
export async function fill(database: Database, statements: number): Promise<void> {
  await database.run(sql`select lrs_make_room(1, now() - interval '26 months')`);
  const perMonth = Math.ceil(statements / months);
  for (let month = 0; month < months; month++) await database.transaction((tx) => fillMonth(tx, month, perMonth));
  for (const table of ["statement", "statement_key", "statement_id", "statement_reference"]) await database.run(sql`vacuum analyze ${sql.id(table)}`);
}

async function fillMonth(tx: Db, month: number, count: number): Promise<void> {
  await tx.run(sql`set local synchronous_commit = off`);
  await names(tx);
  await tx.run(sql`create temporary table sample on commit drop as
    select gen_random_uuid() as id, (extract(epoch from now() - interval '26 months') * 1e6)::bigint + ((${month}::float8 + number / (${count}::float8 + 1)) / ${months}::float8 * extract(epoch from now() - interval '1 hour' - (now() - interval '26 months')) * 1e6)::bigint as place,
      number, case when random() < 0.05 then 0 else floor(random() * ${counts.agents}) end::integer as agent, floor(random() * ${counts.activities})::integer as activity,
      least(${counts.verbs - 1}, floor(-ln(1 - random()) / ln(2)))::integer as verb,
      case when ${month} > 0 and random() < 0.01 then 'reference' when ${month} > 0 and random() < 0.002 then 'voiding' else 'activity' end as kind
    from generate_series(1, ${count}::integer) as number`);
  await tx.run(sql`alter table sample add target uuid`);
  await tx.run(sql`create temporary table pointed on commit drop as select id, row_number() over () as number from (select id from statement tablesample system (5) where store = 1 and target is null limit 20000) as few`);
  await tx.run(sql`update sample set target = pointed.id from pointed where sample.kind <> 'activity' and pointed.number = 1 + sample.number % (select greatest(1, count(*)) from pointed)`);
  await tx.run(sql`insert into statement_id (store, id, seq, digest) select 1, id, place, sha256(id::text::bytea) from sample`);
  await tx.run(sql`insert into statement (store, seq, id, stored, target, voiding, authority, raw)
    select 1, place, id, timestamptz 'epoch' + place * interval '1 microsecond', target, kind = 'voiding' and target is not null, 1, jsonb_build_object(
      'id', id, 'actor', (select spelled from named where kind = 'agent' and number = sample.agent)::jsonb, 'verb', jsonb_build_object('id', ${verb(0).slice(0, -1)} || verb),
      'object', jsonb_build_object('id', ${activity("questions", 0).slice(0, -1)} || activity), 'context', jsonb_build_object('registration', ${registration(0).slice(0, -12)} || lpad(agent::text, 12, '0')),
      'result', jsonb_build_object('success', true, 'response', repeat('a[,]b', 120)), 'timestamp', timestamptz 'epoch' + place * interval '1 microsecond')::text
    from sample`);
  await tx.run(sql`insert into statement_reference (store, target, seq, voiding) select 1, target, place, kind = 'voiding' from sample where target is not null`);
  for (const [kind, column, only] of keyColumns) {
    await tx.run(sql`insert into statement_key (store, key, seq) select 1, named.key, place from sample join named on named.kind = ${kind} and named.number = ${sql.raw(column)} where ${sql.raw(only)} order by named.key, place`);
  }
}

const everywhere = "true";
const withActivity = "target is null";
const keyColumns = [
  ["agent", "agent", everywhere],
  ["related-agent", "agent", everywhere],
  ["registration", "agent", everywhere],
  ["verb", "verb", everywhere],
  ["all", "0", everywhere],
  ["category", "0", withActivity],
  ["activity", "activity", withActivity],
  ["related-activity", "activity", withActivity],
  ["module", `activity % ${counts.modules}`, withActivity],
  ["course", `activity % ${counts.courses}`, withActivity],
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
