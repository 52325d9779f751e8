/** Answers to POSTs that carried an Idempotency-Key. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    create table idempotency (
      id text primary key,
      digest text not null,
      status int,
      headers jsonb,
      body jsonb,
      expires_at timestamptz not null
    );
    create index idempotency_expires_at on idempotency (expires_at);
  `);
}
