/** What becomes of SCORM content: the state and journal of every run, and where each unit of an attempt stands. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    -- One row per attempt; whoever changes anything of the attempt's runs locks it first.
    create table outcome (
      attempt_id uuid primary key references public.attempt on delete cascade,
      user_id uuid not null,
      units jsonb not null
    );

    -- One row per player page. Its launch in the core may be gone before it.
    create table run (
      id uuid primary key,
      launch_id uuid not null,
      attempt_id uuid not null references public.attempt on delete cascade,
      user_id uuid not null,
      registration uuid not null,
      item_key uuid not null,
      unit text not null,
      setup text not null,
      about text not null,
      state text not null,
      seq int not null default 0,
      last_at timestamptz,
      created_at timestamptz not null
    );
    create index run_of_unit on run (attempt_id, unit, last_at desc nulls last);
    create index run_of_launch on run (launch_id, id desc);

    -- Append-only: the entries of each commit, as text, for content may write U+0000 and halves of surrogate pairs.
    create table journal (
      run_id uuid not null references run on delete cascade,
      from_seq int not null,
      entries text not null,
      received_at timestamptz not null,
      primary key (run_id, from_seq)
    );
  `);
}
