/** Answers are kept encrypted from now on: some hold a secret that is shown once. Those kept so far are forgotten. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run("delete from idempotency");
}
