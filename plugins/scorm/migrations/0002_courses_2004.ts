/** What SCORM 2004 needs besides: where a learner's attempt on a course stands, what is theirs beyond it, and what the sequencer decided. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    -- One row per attempt and version of its package; whoever changes anything of either locks it first. A version that was left stays readable.
    create table course_state (
      attempt_id uuid not null references public.attempt on delete cascade,
      package_version_id uuid not null,
      user_id uuid not null,
      run_id uuid,
      time_ms bigint not null default 0,
      decisions int not null default 0,
      state text,
      created_at timestamptz not null,
      primary key (attempt_id, package_version_id)
    );

    -- Rows are there from the first launch of a course that names them, so that they can be locked. Identifiers have no limit.
    create table global_objective (
      user_id uuid not null,
      objective_id text not null,
      status jsonb not null default '{}'
    );
    create unique index global_objective_key on global_objective (user_id, md5(objective_id));
    create table shared_data (
      user_id uuid not null,
      bucket_id text not null,
      value text not null default '""'
    );
    create unique index shared_data_key on shared_data (user_id, md5(bucket_id));

    -- The latest decisions on each attempt, in words.
    create table decision (
      attempt_id uuid not null references public.attempt on delete cascade,
      package_version_id uuid not null,
      number int not null,
      launch_id uuid not null,
      request text not null,
      came_to text not null,
      trace jsonb not null,
      at timestamptz not null,
      primary key (attempt_id, package_version_id, number)
    );
    create index decision_of_launch on decision (launch_id, number);

    -- Null in SCORM 1.2: the version that is played, and what became of the page.
    alter table run add column package_version_id uuid, add column left_by jsonb;
    -- What content called between these entries, as far as it is told.
    alter table journal add column calls text;
  `);
}
