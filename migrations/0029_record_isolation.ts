/**
 * A second wall between stores. Every table of the record store that tells of a store gets a policy: whoever is not its owner sees and
 * writes rows of the stores in the setting `cadre.stores` alone, and none where it is empty. Requests of clients run as
 * `cadre_records`, which owns nothing; the site's own work (feeds, retention, administration) runs as the owner, to whom no policy
 * applies. The setting is asked once per query and not per row ("select" around it).
 *
 * Tables are found in the catalogue, so that those of later migrations get theirs at the next start, which calls `lrs_wall` again. Where
 * the role can't be made (no CREATEROLE), its answer says why, and the record store works without this wall.
 */
export async function up(run: (statement: string) => Promise<void>): Promise<void> {
  for (const statement of statements) await run(statement);
}

// Advisory locks are told by their upper twelve bits: putting up the wall.
const wallTag = 1224;

const statements = [
  `create function lrs_wall() returns text language plpgsql as $$
  declare
    found record;
  begin
    perform pg_advisory_xact_lock(${wallTag}::bigint << 52);
    if not exists (select from pg_roles where rolname = 'cadre_records') then
      begin
        create role cadre_records nologin;
      exception
        when duplicate_object or unique_violation then null; -- another database's Cadre was first
        when insufficient_privilege then
          return format('The role cadre_records is missing and %I may not create roles. Create it (create role cadre_records nologin; grant cadre_records to %I;) and start again.', current_user, current_user);
      end;
    end if;
    if not pg_has_role('cadre_records', case when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end) then
      begin
        execute format('grant cadre_records to %I', current_user);
      exception when insufficient_privilege then
        return format('%I is no member of the role cadre_records. Let it be one (grant cadre_records to %I;) and start again.', current_user, current_user);
      end;
    end if;
    for found in
      select class.relname as name, class.relrowsecurity as secured from pg_class class
      where class.relnamespace = 'public'::regnamespace and class.relkind in ('r', 'p') and not class.relispartition
        and (class.relname = 'statement' or class.relname like 'statement\\_%' or class.relname like 'lrs\\_%')
        and class.relname !~ '^statement_(key_)?[0-9]+_[0-9]{6}$'
        and exists (select from pg_attribute where attrelid = class.oid and attname = 'store' and not attisdropped)
    loop
      if not found.secured then
        execute format('create policy own_stores on %I using (store = any ((select nullif(current_setting(''cadre.stores'', true), '''')::integer[])::integer[]))', found.name);
        execute format('alter table %I enable row level security', found.name);
      end if;
      -- Digests of secrets and partitions are no business of clients.
      if found.name not in ('lrs_credential', 'lrs_partition') and not has_table_privilege('cadre_records', found.name, 'delete') then
        execute format('grant select, insert, update, delete on %I to cadre_records', found.name);
      end if;
    end loop;
    if not has_sequence_privilege('cadre_records', 'lrs_clock', 'update') then
      grant select, update on sequence lrs_clock to cadre_records;
    end if;
    return null;
  end $$`,
  `select lrs_wall()`,
];
