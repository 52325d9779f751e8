import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { deliver } from "../pages/mail.ts";
import { actorFor } from "./actors.ts";
import * as links from "./links.ts";
import * as users from "./users.ts";

const validMinutes = 24 * 60;

/** Asks for another address of whoever is acting; it changes when a link that is mailed there has been followed. */
export async function request(ctx: Context, email: string): Promise<void> {
  await ctx.enqueue("people.sendEmailLink", { userId: ctx.actor.id, email: email.trim() });
}

/** The job behind `request`. Nothing is mailed to an address that has an account, and nobody learns that it has. */
export async function sendLink(ctx: Context, { userId, email }: { userId: string; email: string }): Promise<void> {
  const user = await users.find(ctx, userId);
  if (!user || (await users.findByEmail(ctx, email))) return;
  const secret = await ctx.transact((tx) => links.make(tx, "email", { userId, email, validMinutes }));
  await deliver(ctx, {
    to: { name: user.name, email },
    subject: "Confirm your new email address",
    template: "confirm-email",
    reason: "You get this mail because an account is to be reached at this address.",
    data: { name: user.name, href: `${ctx.site.url}/confirm-email?token=${secret}`, validHours: validMinutes / 60 },
  });
}

/** Changes the address by the link that was mailed to it, and tells the old one. @throws link_expired (410), email_taken (409) */
export async function confirm(ctx: Context, secret: string): Promise<users.UserView> {
  return ctx.transact(async (tx) => {
    const { userId, email } = await links.use(tx, "email", secret);
    const before = await users.get(tx, userId ?? "");
    const own = tx.by(await actorFor(tx, before.id, "email link"));
    const after = await users.edit(own, before.id, { email: email ?? before.email });
    await tx.db.run(sql`update user_account set email_confirmed_at = ${tx.now()} where id = ${before.id}`);
    await tx.enqueue("people.tellEmailChanged", { userId: before.id, oldEmail: before.email });
    return after;
  });
}

/** The job that tells an address that it is no longer the account's. */
export async function tell(ctx: Context, { userId, oldEmail }: { userId: string; oldEmail: string }): Promise<void> {
  const user = await users.find(ctx, userId);
  if (!user) return;
  await deliver(ctx, {
    to: { name: user.name, email: oldEmail },
    subject: "Your email address was changed",
    template: "email-changed",
    reason: "You get this mail because this was your account's address until now.",
    data: { name: user.name },
  });
}
