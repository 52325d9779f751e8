/** Which of several pages of a unit plays, and what there is to know of a piece of journal besides its entries. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    -- When the page began to play, null while it only asks; when another one took its place; and when it was last heard of, null once it was left.
    alter table run add column held_at timestamptz, add column taken_at timestamptz, add column seen_at timestamptz;
    update run set held_at = created_at;
    -- What content called between the entries, and the entries that the server's run refused, as far as there are any.
    alter table journal add column if not exists calls text, add column divergences text;
  `);
}
