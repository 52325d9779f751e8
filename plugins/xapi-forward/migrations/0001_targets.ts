/** Where statements go, those that wait to go there, and those that could not. Statements are named by their place, never copied. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`create table target (
    id uuid primary key,
    kind text not null check (kind in ('store', 'webhook')),
    label text not null,
    url text not null,
    version text not null,
    username text not null default '',
    secret text not null,
    filter jsonb not null,
    paused boolean not null default false,
    failures integer not null default 0,
    error text,
    retry_at timestamptz,
    leased_until timestamptz,
    sent bigint not null default 0,
    sent_at timestamptz,
    created_at timestamptz not null
  )`);
  await run(`create table waiting (
    target_id uuid not null references target on delete cascade,
    position bigint generated always as identity,
    store integer not null,
    seq bigint not null,
    primary key (target_id, position)
  )`);
  await run(`create table buried (
    target_id uuid not null references target on delete cascade,
    position bigint not null,
    store integer not null,
    seq bigint not null,
    statement_id uuid not null,
    reason text not null,
    at timestamptz not null,
    primary key (target_id, position)
  )`);
}
