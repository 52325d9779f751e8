import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import type { RawRequest } from "../http/request.ts";
import { deliver } from "../pages/mail.ts";
import { actorFor } from "./actors.ts";
import * as audit from "./audit.ts";
import * as links from "./links.ts";
import { checkPassword, hashed, verified } from "./passwords.ts";
import { refuse } from "../kernel/errors.ts";
import { digestOf } from "./secrets.ts";
import * as sessions from "./sessions.ts";
import * as tries from "./sign-in-tries.ts";
import * as users from "./users.ts";

const resetMinutes = 60;
const invitationMinutes = 7 * 24 * 60;

/** Asks for a link to choose a new password. Nobody learns from the answer, or from how long it takes, whether the address is known. */
export async function request(ctx: Context, email: string): Promise<void> {
  await ctx.enqueue("people.sendResetLink", { email }, { singletonKey: digestOf(email.trim().toLowerCase()) });
}

/** The job behind `request`: the link is made where it is mailed, so that no queue ever holds it. */
export async function sendLink(ctx: Context, { email }: { email: string }): Promise<void> {
  const user = await users.findByEmail(ctx, email);
  if (!user) return;
  const secret = await ctx.transact((tx) => links.make(tx, "password", { userId: user.id, validMinutes: resetMinutes }));
  await deliver(ctx, {
    to: { name: user.name, email: user.email },
    subject: "Choose a new password",
    template: "reset-password",
    reason: "You get this mail because somebody asked for a new password for your account.",
    data: { name: user.name, href: hrefOf(ctx, secret), validMinutes: resetMinutes },
  });
}

/** The job that welcomes somebody who was added, with a link to choose a password. */
export async function sendInvitation(ctx: Context, { userId, invitedBy }: { userId: string; invitedBy: string | null }): Promise<void> {
  const user = await users.find(ctx, userId);
  if (!user) return;
  const secret = await ctx.transact((tx) => links.make(tx, "password", { userId, validMinutes: invitationMinutes }));
  await deliver(ctx, {
    to: { name: user.name, email: user.email },
    subject: `Your account at ${ctx.site.name}`,
    template: "welcome",
    reason: "You get this mail because an account was made for you.",
    data: { name: user.name, href: hrefOf(ctx, secret), action: "Choose a password", invitedBy: invitedBy === null ? null : await users.displayName(ctx, invitedBy) },
  });
}

/** Whose link this is. @throws link_expired (410) */
export async function ownerOf(ctx: Context, secret: string): Promise<users.UserView> {
  const { userId } = await links.look(ctx, "password", secret);
  return users.get(ctx, userId ?? "");
}

/** Sets a new password by a link, once, and signs out everywhere. Answers whose it is. @throws link_expired (410), weak_password (422) */
export async function reset(ctx: Context, secret: string, password: string): Promise<string> {
  const owner = await ownerOf(ctx, secret);
  checkPassword(password, owner.email, "password");
  const passwordHash = await hashed(password);
  const actor = await actorFor(ctx, owner.id, "password link");
  await ctx.by(actor).transact(async (tx) => {
    await links.use(tx, "password", secret);
    await tx.db.run(sql`update user_account set password_hash = ${passwordHash}, email_confirmed_at = ${tx.now()}, version = version + 1 where id = ${owner.id}`);
    await sessions.closeAll(tx, owner.id);
    await tries.forgive(tx, owner.email);
    await audit.record(tx, { action: "password.reset", subject: { kind: "user", id: owner.id } });
  });
  return owner.id;
}

/** A new password for whoever is acting and knows the old one; other browsers are signed out, this one's session gets a new id. @throws wrong_credentials (403), weak_password (422) */
export async function change(ctx: Context, { currentPassword, newPassword }: { currentPassword: string; newPassword: string }, asked: RawRequest): Promise<void> {
  const { id, email } = await users.get(ctx, ctx.actor.id ?? "");
  await tries.count(ctx, email);
  const kept = await ctx.db.one<{ passwordHash: string | null }>(sql`select password_hash from user_account where id = ${id}`);
  if (!(await verified(kept.passwordHash, currentPassword))) {
    const message = "This is not your current password.";
    throw refuse("wrong_credentials", message, { problems: [{ pointer: "/currentPassword", code: "wrong_credentials", message }] });
  }
  checkPassword(newPassword, email, "newPassword");
  const passwordHash = await hashed(newPassword);
  await ctx.transact(async (tx) => {
    await tx.db.run(sql`update user_account set password_hash = ${passwordHash}, version = version + 1 where id = ${id}`);
    await tx.db.run(sql`delete from one_time_link where user_id = ${id} and purpose = 'password'`);
    await sessions.closeAll(tx, id, asked);
    await sessions.renew(tx, asked);
    await tries.forgive(tx, email);
    await audit.record(tx, { action: "password.changed", subject: { kind: "user", id } });
  });
}

const hrefOf = (ctx: Context, secret: string): string => `${ctx.site.url}/reset-password?token=${secret}`;
