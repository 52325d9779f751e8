import type { Context } from "../kernel/context.ts";
import { system } from "../kernel/permissions.ts";
import * as audit from "./audit.ts";
import * as links from "./links.ts";
import * as roles from "./roles.ts";
import * as users from "./users.ts";

const validMinutes = 24 * 60;

/** A link, good once and for 24 hours, by which somebody makes themself an administrator's account. For whoever starts the engine. */
export async function createAdministratorLink(ctx: Context): Promise<string> {
  const secret = await ctx.transact((tx) => links.make(tx, "administrator", { validMinutes }));
  return `${ctx.site.url}/first-administrator?token=${secret}`;
}

/** A link as above when the site has no administrator yet; nothing otherwise. */
export async function firstAdministratorLink(ctx: Context): Promise<string | undefined> {
  return (await roles.hasAdministrator(ctx)) ? undefined : createAdministratorLink(ctx);
}

/** Makes the account of the administrator who holds the link. Answers its id. @throws link_expired (410), email_taken (409), weak_password (422) */
export async function create(ctx: Context, secret: string, { name, email, password }: { name: string; email: string; password: string }): Promise<string> {
  await links.look(ctx, "administrator", secret);
  return ctx.by({ ...system, via: "administrator link" }).transact(async (tx) => {
    await links.use(tx, "administrator", secret);
    const { id } = await users.create(tx, { name, email, password, strategy: "administrator link" });
    await audit.record(tx, { action: "user.added", subject: { kind: "user", id } });
    await roles.assign(tx, { userId: id, role: "administrator", scope: null });
    return id;
  });
}
