/** Events as they were published, where each feed stands, and when each schedule last fired. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    create table event (
      id uuid primary key,
      name text not null,
      payload jsonb not null,
      at timestamptz not null,
      tx xid8 not null default pg_current_xact_id(),
      seq bigint not null generated always as identity
    );
    create index event_tx_seq on event (tx, seq);

    create table feed_cursor (
      plugin text not null,
      feed text not null,
      tx xid8 not null,
      seq bigint not null,
      failures int not null default 0,
      error text,
      retry_at timestamptz,
      moved_at timestamptz not null,
      primary key (plugin, feed)
    );

    create table schedule_slot (
      schedule text primary key,
      slot timestamptz not null
    );
  `);
}
