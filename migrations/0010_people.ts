/** People: accounts, roles, sessions, tokens, one-time links, sign-in strategies' identities, and the audit. */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  await run(`
    create table user_account (
      id uuid primary key,
      name text not null,
      email text check (email is not null or erased_at is not null),
      email_confirmed_at timestamptz,
      password_hash text,
      time_zone text not null default 'UTC',
      version int not null default 1,
      created_at timestamptz not null,
      last_seen_at timestamptz,
      erased_at timestamptz
    );
    create unique index user_account_email on user_account (lower(email));
    create index user_account_name on user_account (lower(name), id);

    create table role_assignment (
      id uuid primary key,
      user_id uuid not null references user_account on delete cascade,
      role text not null,
      scope text,
      given_by uuid references user_account,
      given_at timestamptz not null,
      constraint role_assignment_once unique nulls not distinct (user_id, role, scope)
    );
    create index role_assignment_role on role_assignment (role, scope);

    create table session (
      id text primary key,
      user_id uuid not null references user_account on delete cascade,
      previous_id text unique,
      previous_until timestamptz,
      renew boolean not null default false,
      created_at timestamptz not null,
      last_seen_at timestamptz not null,
      expires_at timestamptz not null,
      ip text not null,
      user_agent text not null
    );
    create index session_owner on session (user_id);
    create index session_expires on session (expires_at);

    create table api_token (
      id uuid primary key,
      user_id uuid not null references user_account on delete cascade,
      digest text not null unique,
      label text not null,
      scopes text[] not null,
      created_at timestamptz not null,
      expires_at timestamptz,
      last_used_at timestamptz
    );
    create index api_token_owner on api_token (user_id);

    create table one_time_link (
      digest text primary key,
      purpose text not null,
      user_id uuid references user_account on delete cascade,
      email text,
      created_at timestamptz not null,
      expires_at timestamptz not null
    );
    create index one_time_link_owner on one_time_link (user_id);

    create table identity (
      strategy text not null,
      subject text not null,
      user_id uuid not null references user_account on delete cascade,
      created_at timestamptz not null,
      primary key (strategy, subject)
    );
    create index identity_owner on identity (user_id);

    create table sign_in_try (
      account text primary key,
      failures int not null,
      last_at timestamptz not null,
      wait_until timestamptz not null
    );

    create table audit_entry (
      id uuid primary key,
      at timestamptz not null,
      actor_kind text not null,
      actor_id text,
      actor_name text,
      via text,
      action text not null,
      subject_kind text not null,
      subject_id text,
      subject_name text,
      detail jsonb,
      ip text,
      request_id text
    );
    create index audit_entry_actor on audit_entry (actor_id, id);
    create index audit_entry_action on audit_entry (action, id);
    create index audit_entry_subject on audit_entry (subject_kind, subject_id, id);
  `);
  await run(`
    create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% takes new rows only', tg_table_name using errcode = 'restrict_violation';
    end $$;
    create trigger audit_entry_append_only before update or delete or truncate on audit_entry
      for each statement execute function refuse_change();
  `);
}
