import type { Context } from "../kernel/context.ts";
import { CadreError, refuse } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { sql } from "../db/sql.ts";
import * as audit from "./audit.ts";
import type { RoleScope } from "./catalogue.ts";
import * as sessions from "./sessions.ts";

/** Every role and what it is called; what each may do is said by the permissions. */
export const roleLabels: Readonly<Record<string, string>> = {
  learner: "Learner",
  instructor: "Instructor",
  mentor: "Mentor",
  "company-representative": "Company representative",
  administrator: "Administrator",
};

export const roleNames = Object.keys(roleLabels);

/** A role somebody holds, on the site (`scope` null) or in a scope such as a course's id. */
export interface AssignmentView {
  id: string;
  role: string;
  scope: string | null;
  givenAt: Date;
  /** Who gave it; null for the engine. */
  givenBy: string | null;
}

export interface RoleGrant {
  userId: string;
  role: string;
  scope: string | null;
}

/** Gives a role; giving it twice changes nothing. @throws unknown_role, unknown_scope (422), administrators_only (403), not_found */
export async function assign(ctx: Context, { userId, role, scope }: RoleGrant): Promise<void> {
  if (!Object.hasOwn(roleLabels, role)) throw invalid("role", "unknown_role", `There is no role ${role}.`);
  guardAdministrators(ctx, role);
  if (scope !== null) await checkScope(ctx, scope);
  await ctx.transact(async (tx) => {
    const person = await tx.db.maybe(sql`select id from user_account where id = ${userId} and erased_at is null for key share`);
    if (!person) throw refuse("not_found", "There is no such person.", { status: 404 });
    const given = await tx.db.run(sql`
      insert into role_assignment (id, user_id, role, scope, given_by, given_at)
      values (${newId(tx.now())}, ${userId}, ${role}, ${scope}, ${tx.actor.kind === "user" ? tx.actor.id : null}, ${tx.now()})
      on conflict on constraint role_assignment_once do nothing`);
    if (given === 0) return;
    await sessions.renewAll(tx, userId);
    await audit.record(tx, { action: "role.given", subject: { kind: "user", id: userId }, detail: { role, scope } });
  });
}

/** Takes a role away, if it is held. @throws last_administrator (409), administrators_only (403) */
export async function remove(ctx: Context, { userId, role, scope }: RoleGrant): Promise<void> {
  guardAdministrators(ctx, role);
  await ctx.transact(async (tx) => {
    if (role === "administrator" && scope === null) await keepAnAdministrator(tx, userId);
    const taken = await tx.db.run(sql`delete from role_assignment where user_id = ${userId} and role = ${role} and scope is not distinct from ${scope}`);
    if (taken === 0) return;
    await sessions.renewAll(tx, userId);
    await audit.record(tx, { action: "role.taken", subject: { kind: "user", id: userId }, detail: { role, scope } });
  });
}

/** The roles of a person, those of the whole site first. */
export function of(ctx: Context, userId: string): Promise<AssignmentView[]> {
  return ctx.db.rows(sql`
    select r.id, r.role, r.scope, r.given_at, g.name as given_by from role_assignment r left join user_account g on g.id = r.given_by
    where r.user_id = ${userId} order by r.scope nulls first, r.id`);
}

export async function hasAdministrator(ctx: Context): Promise<boolean> {
  return (await ctx.db.maybe(sql`select 1 as yes from role_assignment where role = 'administrator' and scope is null limit 1`)) !== undefined;
}

/** Every scope that a part or plugin knows. */
export async function scopes(ctx: Context): Promise<RoleScope[]> {
  return (await ctx.survey("role.scoping", {})).flatMap(({ answer }) => answer);
}

/** Locks every administrator, so that two who remove each other at once don't both succeed. @throws last_administrator (409) */
export async function keepAnAdministrator(ctx: Context, userId: string): Promise<void> {
  const holders = await ctx.db.rows<{ userId: string }>(sql`select user_id from role_assignment where role = 'administrator' and scope is null order by id for update`);
  if (holders.length === 1 && holders[0]?.userId === userId) {
    throw refuse("last_administrator", "This is the last administrator. Give the role to somebody else first.", { status: 409 });
  }
}

/** An administrator's account is for administrators to touch, and for its owner. @throws administrators_only (403) */
export async function guardAdministrator(ctx: Context, userId: string): Promise<void> {
  if (ctx.actor.id === userId || isAdministrator(ctx)) return;
  const held = await ctx.db.maybe(sql`select 1 as yes from role_assignment where user_id = ${userId} and role = 'administrator' and scope is null`);
  if (held) throw refuse("administrators_only", "Only an administrator changes an administrator's account.");
}

function guardAdministrators(ctx: Context, role: string): void {
  if (role === "administrator" && !isAdministrator(ctx)) throw refuse("administrators_only", "Only an administrator makes or unmakes administrators.");
}

const isAdministrator = ({ actor }: Context): boolean => actor.kind === "system" || actor.roles.some(({ role, scope }) => role === "administrator" && scope === null);

/** Held to where anybody names scopes at all. */
async function checkScope(ctx: Context, scope: string): Promise<void> {
  const known = await scopes(ctx);
  if (known.length > 0 && !known.some((each) => each.scope === scope)) throw invalid("scope", "unknown_scope", "There is no such course.");
}

function invalid(field: string, code: string, message: string): CadreError {
  return new CadreError(code, message, { status: 422, problems: [{ pointer: `/${field}`, code, message }] });
}
