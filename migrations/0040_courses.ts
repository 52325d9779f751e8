/** Courses, their versions with modules and items, and what each course requires. A published version can't be changed. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    create table course (
      id uuid primary key,
      slug text not null unique,
      status text not null default 'draft' check (status in ('draft', 'published', 'archived')),
      capacity int check (capacity > 0),
      published_version_id uuid,
      draft_version_id uuid,
      created_by uuid references user_account,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      revision int not null default 1,
      check (status <> 'published' or published_version_id is not null),
      check (coalesce(published_version_id, draft_version_id) is not null)
    );
    create index course_updated on course (updated_at desc, id desc);

    create table course_version (
      id uuid primary key,
      course_id uuid not null references course on delete cascade,
      number int check (number > 0),
      title text not null,
      summary text not null default '',
      completion jsonb not null default '{"type": "all-required"}',
      note text,
      created_at timestamptz not null,
      published_at timestamptz,
      published_by uuid references user_account,
      unique (course_id, number),
      unique (id, course_id),
      check ((number is null) = (published_at is null))
    );
    create unique index course_version_one_draft on course_version (course_id) where number is null;
    alter table course
      add foreign key (published_version_id, id) references course_version (id, course_id) deferrable initially deferred,
      add foreign key (draft_version_id, id) references course_version (id, course_id) deferrable initially deferred;

    create table module (
      id uuid primary key,
      version_id uuid not null references course_version on delete cascade,
      key uuid not null,
      position int not null check (position >= 0),
      title text not null,
      unique (version_id, key),
      unique (id, version_id),
      unique (version_id, position) deferrable initially deferred
    );

    create table item (
      id uuid primary key,
      version_id uuid not null references course_version on delete cascade,
      module_id uuid not null,
      key uuid not null,
      position int not null check (position >= 0),
      kind text not null,
      title text not null,
      content jsonb not null,
      required boolean not null default true,
      duration_ms int check (duration_ms > 0),
      created_at timestamptz not null,
      foreign key (module_id, version_id) references module (id, version_id) on delete cascade,
      unique (version_id, key),
      unique (module_id, position) deferrable initially deferred
    );

    create table course_prerequisite (
      course_id uuid not null references course on delete cascade,
      requires_course_id uuid not null references course on delete cascade,
      primary key (course_id, requires_course_id),
      check (course_id <> requires_course_id)
    );
    create index course_prerequisite_requires on course_prerequisite (requires_course_id);

    create table sample_course (
      name text primary key,
      installed_at timestamptz not null
    );
  `);
  await run(`
    create function refuse_change_of_published_version() returns trigger language plpgsql as $$
    begin
      raise exception 'a published version of a course can not be changed' using errcode = 'restrict_violation';
    end $$;

    create trigger course_version_kept before delete on course_version for each row
      when (old.number is not null) execute function refuse_change_of_published_version();
    create trigger course_version_frozen before update on course_version for each row
      when (old.number is not null and to_jsonb(old) - 'published_by' <> to_jsonb(new) - 'published_by')
      execute function refuse_change_of_published_version();

    create function refuse_content_of_published_version() returns trigger language plpgsql as $$
    declare touched uuid;
    begin
      foreach touched in array case tg_op when 'INSERT' then array[new.version_id] when 'DELETE' then array[old.version_id] else array[old.version_id, new.version_id] end loop
        if exists (select from course_version where id = touched and number is not null) then
          raise exception 'a published version of a course can not be changed' using errcode = 'restrict_violation';
        end if;
      end loop;
      return coalesce(new, old);
    end $$;

    create trigger module_frozen before insert or update or delete on module for each row execute function refuse_content_of_published_version();
    create trigger item_frozen before insert or update or delete on item for each row execute function refuse_content_of_published_version();
  `);
}
