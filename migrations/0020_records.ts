/**
 * The learning record store: stores, statements, what they are found by, what is known of activities and agents, credentials.
 *
 * A statement's `seq` is the microsecond it was stored at, unique in the database and rising, so that order, `since`, `until`
 * and `stored` are one number. `statement` and `statement_key` can become partitions by range of `seq`: every unique index of
 * theirs has it, and `statement_id` keeps ids unique across all of them. `store` leads every unique index, to distribute by.
 * Nothing here has a foreign key: statements may point at statements that come later or never.
 */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  for (const statement of statements) await run(statement);
}

// Advisory locks are told by their upper twelve bits: the clock, and the times taken by transactions still open.
const clock = `(1222::bigint << 52)`;
const openTag = 1221;

const statements = [
  `create table lrs_store (
    id integer primary key,
    name text not null unique,
    default_version text not null default '2.0.0',
    created_at timestamptz not null default now()
  )`,
  `insert into lrs_store (id, name) values (1, 'default')`,

  // One row for each id ever taken, with the digest that tells a repeated statement from a conflicting one.
  `create table statement_id (
    store integer not null,
    id uuid not null,
    seq bigint not null,
    digest bytea not null,
    primary key (store, id)
  )`,

  // `raw` is the JSON text as it is returned. `target` is the statement its object points at.
  `create table statement (
    store integer not null,
    seq bigint not null,
    id uuid not null,
    stored timestamptz not null,
    tx xid8 not null default pg_current_xact_id(),
    target uuid,
    voiding boolean not null default false,
    authority bigint not null,
    raw text not null,
    primary key (store, seq)
  )`,
  `create index statement_target on statement (store, target, voiding) where target is not null`,
  `create index statement_pointing on statement (store, seq) where target is not null`,
  // Feeds read in the order of transactions, below the oldest one still open.
  `create index statement_tx on statement (tx, seq)`,

  `create table statement_key (
    store integer not null,
    key bigint not null,
    seq bigint not null,
    primary key (store, key, seq)
  )`,

  // What is known of activities and agents, merged after the statements are stored and never with them.
  `create table lrs_activity (
    store integer not null,
    key bigint not null,
    id text not null,
    definition text not null,
    seq bigint not null,
    primary key (store, key)
  )`,
  `create table lrs_agent (
    store integer not null,
    key bigint not null,
    agent text not null,
    names text not null,
    primary key (store, key)
  )`,

  `create table lrs_credential (
    id uuid primary key,
    store integer not null,
    key text not null unique,
    secret_digest bytea not null,
    label text not null,
    scopes text[] not null,
    authority text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz
  )`,
  `create index lrs_credential_store on lrs_credential (store)`,

  // The last microsecond given out.
  `create sequence lrs_clock as bigint`,

  // Takes \`count\` microseconds in a row, later than any taken before. Until the transaction ends, a shared advisory lock on the
  // first of them tells lrs_consistent_through() that statements of that time are still to be seen. The clock itself is held
  // by a session lock, for the length of this call only.
  `create function lrs_take_time(count integer) returns bigint language plpgsql as $$
  declare
    first bigint;
  begin
    perform pg_advisory_lock(${clock});
    begin
      first := greatest((select last_value from lrs_clock) + 1, (extract(epoch from clock_timestamp()) * 1000000)::bigint);
      perform setval('lrs_clock', first + count - 1);
      perform pg_advisory_xact_lock_shared((${openTag}::bigint << 52) | first);
    exception when query_canceled or others then
      perform pg_advisory_unlock(${clock});
      raise;
    end;
    perform pg_advisory_unlock(${clock});
    return first;
  end $$`,

  // The microsecond up to which every statement there will ever be can be seen by whoever asks from now on.
  `create function lrs_consistent_through() returns bigint language plpgsql as $$
  declare
    reached bigint;
    earliest bigint;
  begin
    perform pg_advisory_lock_shared(${clock});
    begin
      reached := greatest((select last_value from lrs_clock), (extract(epoch from clock_timestamp()) * 1000000)::bigint - 1);
      select min(((classid::bigint << 32) | objid::bigint) & ((1::bigint << 52) - 1)) into earliest
        from pg_locks
        where locktype = 'advisory' and objsubid = 1 and classid::bigint >> 20 = ${openTag}
          and database = (select oid from pg_database where datname = current_database());
    exception when query_canceled or others then
      perform pg_advisory_unlock_shared(${clock});
      raise;
    end;
    perform pg_advisory_unlock_shared(${clock});
    return coalesce(earliest - 1, reached);
  end $$`,
];
