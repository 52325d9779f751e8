/** Which of several pages of a unit plays, and what content called that the journal does not show. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    -- When the page began to play, null while it only asks; when another one took its place; and when it was last heard of, null once it was left.
    alter table run add column held_at timestamptz, add column taken_at timestamptz, add column seen_at timestamptz;
    update run set held_at = created_at;
    alter table journal add column if not exists calls text;
  `);
}
