/**
 * What the people who run the record store see and do: the verbs there are, and imports from other stores. The statements of an
 * import are listed beside it while it runs, to compare what came with what is there, and forgotten when that is done.
 */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  for (const statement of statements) await run(statement);
}

const statements = [
  // Merged after the statements are stored and never with them, like what is known of activities and agents.
  `create table lrs_verb (
    store integer not null,
    key bigint not null,
    id text not null,
    display text,
    primary key (store, key)
  )`,
  `insert into lrs_verb (store, key, id)
    select store, ('x' || encode(substring(sha256(convert_to('verb' || chr(10) || id, 'UTF8')) for 8), 'hex'))::bit(64)::bigint, id
    from (select distinct store, raw::json -> 'verb' ->> 'id' as id from statement) as seen`,

  // Everything up to \`offset_bytes\` is done, all of it in one transaction with the statements themselves.
  `create table lrs_import (
    id uuid primary key,
    store integer not null,
    file_name text not null,
    path text not null,
    kept boolean not null,
    size_bytes bigint not null,
    state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed')),
    error text,
    offset_bytes bigint not null default 0,
    lines bigint not null default 0,
    statements bigint not null default 0,
    stored bigint not null default 0,
    there bigint not null default 0,
    refused bigint not null default 0,
    attachments bigint not null default 0,
    stored_from text,
    stored_until text,
    authorities text not null default '{}',
    source_digest text,
    target_digest text,
    created_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz
  )`,
  `create table lrs_import_statement (
    import_id uuid not null references lrs_import on delete cascade,
    id uuid not null,
    digest bytea not null,
    primary key (import_id, id)
  )`,
  `create table lrs_import_problem (
    import_id uuid not null references lrs_import on delete cascade,
    line bigint not null,
    position integer not null,
    statement_id text,
    code text not null,
    pointer text not null,
    message text not null,
    clause text,
    primary key (import_id, line, position)
  )`,
];
