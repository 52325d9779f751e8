import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import * as audit from "./audit.ts";
import * as roles from "./roles.ts";
import { peopleSettings } from "./settings.ts";
import * as users from "./users.ts";

export const mayRegister = (ctx: Context): boolean => peopleSettings(ctx).registration === "open";

/**
 * Somebody makes their own account. That an address has one already is said: who registers is to come in at once, without a mail
 * in between, so it can't be hidden; limits keep lists from being tried. @throws registration_closed (403), email_taken (409), weak_password (422)
 */
export async function register(ctx: Context, given: users.NewUser): Promise<users.UserView> {
  if (!mayRegister(ctx)) throw refuse("registration_closed", "Ask an administrator of this site for an account.");
  return users.create(ctx, given);
}

/** Somebody is added and gets a mail with a link to choose a password. @throws email_taken (409), unknown_role (422), administrators_only (403) */
export async function add(ctx: Context, { name, email, role }: { name: string; email: string; role: string }): Promise<users.UserView> {
  return ctx.transact(async (tx) => {
    const user = await users.create(tx, { name, email, strategy: "invitation" });
    await audit.record(tx, { action: "user.added", subject: { kind: "user", id: user.id }, detail: { role } });
    await roles.assign(tx, { userId: user.id, role, scope: null });
    await tx.enqueue("people.sendInvitation", { userId: user.id, invitedBy: ctx.actor.kind === "user" ? ctx.actor.id : null });
    return users.get(tx, user.id);
  });
}
