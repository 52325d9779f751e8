/** How the content of a package is taken where that differs from the site: what its format's `settings` describe. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`alter table package add column settings jsonb not null default '{}'`);
}
