/**
 * Privacy of the record store: requests to erase or pseudonymise an agent, how far each is, what it found and did; and agents that
 * are forgotten from now on.
 *
 * A request names its agents for as long as it runs (`agents`), and not afterwards. `lrs_forgotten` knows them by a keyed digest
 * only, whose key is not in the database. It is asked in the transaction that stores statements; `lrs_forgotten_stamp` tells whether
 * anything has changed since it was read, to whoever may store: it moves after the rows are there.
 */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  for (const statement of statements) await run(statement);
}

const statements = [
  // `store` null is every store. Up to and with `place` in `place_store`, the step is done; up to `through`, all steps are to be.
  `create table record_privacy (
    id uuid primary key,
    store integer,
    agents text,
    pseudonym text not null,
    choices text not null,
    later text not null check (later in ('store', 'refuse', 'pseudonymise')),
    reason text not null,
    state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed')),
    error text,
    step text not null default 'statements' check (step in ('statements', 'belongings', 'late', 'proof', 'report')),
    place_store integer not null default 0,
    place bigint not null default 0,
    mark bigint,
    reached text not null default '{}',
    tallies text not null default '{}',
    report text,
    created_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz
  )`,
  `create table lrs_forgotten (
    store integer not null,
    digest bytea not null,
    later text not null check (later in ('refuse', 'pseudonymise')),
    roles text[] not null,
    pseudonym text not null,
    request_id uuid not null,
    primary key (store, digest)
  )`,
  `create sequence lrs_forgotten_stamp`,
  `grant select on sequence lrs_forgotten_stamp to public`,
];
