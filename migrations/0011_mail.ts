/** Mail that was caught instead of sent, while no mail server is set. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    create table caught_mail (
      id uuid primary key,
      at timestamptz not null,
      recipient text not null,
      subject text not null,
      html text not null,
      text text not null
    );
  `);
}
