import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import type { Actor, Assignment } from "../kernel/permissions.ts";
import { sql } from "../db/sql.ts";

/** What sessions and tokens read of somebody in one question. */
export interface ActorRow {
  userId: string;
  name: string;
  email: string;
  timeZone: string;
  roles: Assignment[] | null;
}

/** Somebody as an actor; `via` is what they came by. */
export function actorOf({ userId, name, email, timeZone, roles }: ActorRow, via: string): Actor {
  return { kind: "user", id: userId, name, email, timeZone, roles: roles ?? [], via };
}

/** Somebody as an actor without a session: for what is done in their name. @throws not_found */
export async function actorFor(ctx: Context, userId: string, via: string): Promise<Actor> {
  const row = await ctx.db.maybe<ActorRow>(sql`
    select u.id as user_id, u.name, u.email, u.time_zone,
      (select json_agg(json_build_object('role', r.role, 'scope', r.scope)) from role_assignment r where r.user_id = u.id) as roles
    from user_account u where u.id = ${userId} and u.erased_at is null`);
  if (!row) throw refuse("not_found", "There is no such person.", { status: 404 });
  return actorOf(row, via);
}
