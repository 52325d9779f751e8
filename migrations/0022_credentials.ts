/**
 * Keys of the record store: what they are limited to, how often they may ask, the secret before the last while both count, when
 * they were used, and for which launch they were made. And of a statement, whether its key may define activities.
 */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    alter table lrs_credential
      add column activity text,
      add column registration uuid,
      add column agent text,
      add column requests_per_minute integer check (requests_per_minute > 0),
      add column former_digest bytea,
      add column former_until timestamptz,
      add column last_used_at timestamptz,
      add column launch_id text
  `);
  await run(`create index lrs_credential_launch on lrs_credential (launch_id) where launch_id is not null`);
  await run(`alter table statement add column defines boolean not null default true`);
}
