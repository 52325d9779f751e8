/** Who learns what: enrollments, attempts at items, progress, and launches of content. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    create table enrollment (
      id uuid primary key,
      user_id uuid not null references user_account,
      course_id uuid not null references course,
      version_id uuid not null,
      registration uuid not null unique,
      status text not null default 'active' check (status in ('active', 'completed', 'withdrawn')),
      progress real not null default 0 check (progress between 0 and 1),
      enrolled_by uuid,
      created_at timestamptz not null,
      started_at timestamptz,
      completed_at timestamptz,
      withdrawn_at timestamptz,
      last_activity_at timestamptz,
      foreign key (version_id, course_id) references course_version (id, course_id)
    );
    create unique index enrollment_once on enrollment (user_id, course_id) where status <> 'withdrawn';
    create index enrollment_of_course on enrollment (course_id, created_at desc, id desc);
    create index enrollment_of_user on enrollment (user_id, last_activity_at desc nulls last);

    create table attempt (
      id uuid primary key,
      enrollment_id uuid not null references enrollment on delete cascade,
      item_key uuid not null,
      number int not null check (number > 0),
      status text not null default 'in-progress' check (status in ('in-progress', 'completed', 'passed', 'failed')),
      score real check (score between -1 and 1),
      score_raw double precision,
      score_min double precision,
      score_max double precision,
      time_ms bigint not null default 0 check (time_ms >= 0),
      started_at timestamptz not null,
      updated_at timestamptz not null,
      completed_at timestamptz,
      unique (enrollment_id, item_key, number)
    );

    create table item_progress (
      enrollment_id uuid not null references enrollment on delete cascade,
      item_key uuid not null,
      status text not null check (status in ('in-progress', 'completed', 'passed', 'failed')),
      score real,
      time_ms bigint not null default 0,
      updated_at timestamptz not null,
      completed_at timestamptz,
      primary key (enrollment_id, item_key)
    );

    create table launch (
      id uuid primary key,
      attempt_id uuid references attempt on delete cascade,
      user_id uuid not null references user_account,
      course_id uuid not null references course,
      item_key uuid not null,
      token_hash bytea not null unique,
      package_version_id uuid not null references package_version,
      mode text not null check (mode in ('normal', 'browse', 'review')),
      created_at timestamptz not null,
      expires_at timestamptz not null,
      closed_at timestamptz,
      check ((attempt_id is null) = (mode = 'browse'))
    );
    create index launch_of_attempt on launch (attempt_id, created_at desc);
    create index launch_expires on launch (expires_at);
  `);
}
