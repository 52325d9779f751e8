import type { Context } from "../kernel/context.ts";
import { CadreError, refuse } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import type { Assignment } from "../kernel/permissions.ts";
import { isUniqueViolation } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { changedMeanwhile } from "../http/etag.ts";
import { literally, readPage, type PageOf, type PageRequest } from "../http/paging.ts";
import * as audit from "./audit.ts";
import { timeZones } from "./fields.ts";
import { checkPassword, hashed } from "./passwords.ts";
import { guardAdministrator } from "./roles.ts";
import { forget } from "./session-cache.ts";

/** Somebody as others may see them; `roles` are as in `Actor`. */
export interface UserView {
  id: string;
  name: string;
  email: string;
  timeZone: string;
  roles: Assignment[];
  version: number;
  createdAt: Date;
  lastSeenAt: Date | null;
}

export interface NewUser {
  name: string;
  email: string;
  /** Without one, the account waits for a link or another way to sign in. */
  password?: string;
  /** How they came: `local`, `invitation`, or a plugin's strategy. */
  strategy: string;
}

/** An account with the role learner. Of several at once with one address, one is made. @throws email_taken (409), weak_password (422) */
export async function create(ctx: Context, given: NewUser): Promise<UserView> {
  const { password, strategy } = given;
  const name = cleanName(given.name);
  const email = given.email.trim();
  if (password !== undefined) checkPassword(password, email, "password");
  const passwordHash = password === undefined ? null : await hashed(password);
  return ctx.transact(async (tx) => {
    await tx.guard("user.registering", { name, email, strategy });
    const now = tx.now();
    const id = newId(now);
    const made = await tx.db.run(sql`
      insert into user_account (id, name, email, password_hash, created_at) values (${id}, ${name}, ${email}, ${passwordHash}, ${now})
      on conflict (lower(email)) do nothing`);
    if (made === 0) throw emailTaken();
    await tx.db.run(sql`insert into role_assignment (id, user_id, role, scope, given_by, given_at) values (${newId(now)}, ${id}, 'learner', null, null, ${now})`);
    await tx.emit("user.registered", { userId: id, strategy });
    return { id, name, email, timeZone: "UTC", roles: [{ role: "learner", scope: null }], version: 1, createdAt: now, lastSeenAt: null };
  });
}

/** @throws not_found (404), also for somebody erased */
export async function get(ctx: Context, id: string): Promise<UserView> {
  const found = await find(ctx, id);
  if (!found) throw refuse("not_found", "There is no such person.", { status: 404 });
  return found;
}

export async function find(ctx: Context, id: string): Promise<UserView | undefined> {
  const row = await ctx.db.maybe<UserRow>(sql`
    select u.id, u.name, u.email, u.time_zone, u.version, u.created_at, u.last_seen_at,
      (select json_agg(json_build_object('role', r.role, 'scope', r.scope)) from role_assignment r where r.user_id = u.id) as roles
    from user_account u where u.id = ${id} and u.erased_at is null`);
  return row && viewOf(row);
}

/** By address, in whatever case it was typed. */
export async function findByEmail(ctx: Context, email: string): Promise<{ id: string; name: string; email: string; passwordHash: string | null } | undefined> {
  return ctx.db.maybe(sql`select id, name, email, password_hash from user_account where lower(email) = lower(${email.trim()}) and erased_at is null`);
}

/** Names and addresses of many at once, by id; the erased have a name and no address. */
export async function named(ctx: Context, ids: readonly string[]): Promise<ReadonlyMap<string, { name: string; email: string | null }>> {
  const rows = ids.length === 0 ? [] : await ctx.db.rows<{ id: string; name: string; email: string | null }>(sql`select id, name, email from user_account where id = any(${ids}::uuid[])`);
  return new Map(rows.map(({ id, name, email }) => [id, { name, email }]));
}

/** What somebody is called; "Erased person" when they are gone. @throws not_found for an id nobody ever had */
export async function displayName(ctx: Context, id: string): Promise<string> {
  const row = await ctx.db.maybe<{ name: string }>(sql`select name from user_account where id = ${id}`);
  if (!row) throw refuse("not_found", "There is no such person.", { status: 404 });
  return row.name;
}

/** People by name; `query` is a part of a name or address, `role` one they hold anywhere. */
export async function list(ctx: Context, { query = "", role = "" }: { query?: string; role?: string }, page: PageRequest): Promise<PageOf<UserView>> {
  const like = `%${literally(query.trim())}%`;
  const key = { columns: [{ column: "lower(u.name)" }, { column: "u.id", type: "uuid" as const }], keyOf: ({ sortName, id }: UserRow & { sortName: string }) => [sortName, id] };
  const rows = await readPage(page, key, (condition, order) =>
    ctx.db.rows<UserRow & { sortName: string }>(sql`
      select u.id, u.name, lower(u.name) as sort_name, u.email, u.time_zone, u.version, u.created_at, u.last_seen_at,
        (select json_agg(json_build_object('role', r.role, 'scope', r.scope)) from role_assignment r where r.user_id = u.id) as roles
      from user_account u
      where u.erased_at is null and ${condition}
        and ${query.trim() ? sql`(u.name ilike ${like} or u.email ilike ${like})` : sql.raw("true")}
        and ${role ? sql`exists (select 1 from role_assignment r where r.user_id = u.id and r.role = ${role})` : sql.raw("true")}
      ${order}`),
  );
  return { ...rows, items: rows.items.map(viewOf) };
}

export interface UserChanges {
  name?: string;
  email?: string;
  timeZone?: string;
}

/** Edits an account; `version` is the one the edit was made on, if that is to be held to. @throws not_found, changed_meanwhile (412), email_taken (409) */
export async function edit(ctx: Context, id: string, changes: UserChanges, version?: number): Promise<UserView> {
  const { name, email, timeZone } = changes;
  if (timeZone !== undefined && !timeZones.includes(timeZone)) throw badTimeZone();
  try {
    await ctx.transact(async (tx) => {
      const before = await tx.db.maybe<{ version: number }>(sql`select version from user_account where id = ${id} and erased_at is null for update`);
      if (!before) throw refuse("not_found", "There is no such person.", { status: 404 });
      if (version !== undefined && before.version !== version) throw changedMeanwhile();
      await guardAdministrator(tx, id);
      // links that were mailed to the address before are good no more
      if (email !== undefined) await tx.db.run(sql`delete from one_time_link where user_id = ${id}`);
      if (email !== undefined) await tx.db.run(sql`update user_account set email_confirmed_at = null where id = ${id}`);
      await tx.db.run(sql`update user_account set version = version + 1,
        name = coalesce(${name === undefined ? null : cleanName(name)}, name), email = coalesce(${email?.trim() ?? null}, email), time_zone = coalesce(${timeZone ?? null}, time_zone) where id = ${id}`);
      await audit.record(tx, { action: "user.edited", subject: { kind: "user", id }, detail: { changed: Object.keys(changes) } });
    });
  } catch (error) {
    throw isUniqueViolation(error, "user_account_email") ? emailTaken() : error;
  }
  forget(ctx, id);
  return get(ctx, id);
}

type UserRow = Omit<UserView, "roles"> & { roles: Assignment[] | null };

const viewOf = ({ id, name, email, timeZone, roles, version, createdAt, lastSeenAt }: UserRow): UserView => ({ id, name, email, timeZone, roles: roles ?? [], version, createdAt, lastSeenAt });

const cleanName = (name: string): string => name.trim().replace(/\s+/gu, " ").normalize("NFC");

function emailTaken(): CadreError {
  const message = "There is an account with this email address already. Sign in, or choose a new password.";
  return new CadreError("email_taken", message, { status: 409, problems: [{ pointer: "/email", code: "email_taken", message }] });
}

function badTimeZone(): CadreError {
  const message = "There is no such time zone.";
  return new CadreError("invalid_input", message, { status: 422, problems: [{ pointer: "/timeZone", code: "enum", message }] });
}
