import type { Context } from "../kernel/context.ts";
import { CadreError } from "../kernel/errors.ts";
import { sql } from "../db/sql.ts";
import * as audit from "./audit.ts";
import { register } from "./registration.ts";
import type { ForeignIdentity, SignInStrategy } from "./strategies.ts";
import * as sessions from "./sessions.ts";
import * as users from "./users.ts";

/**
 * Whose account an identity of another site opens: the one it has opened before, else the one with its address where the strategy
 * trusts it, else a new one where people may register. @throws email_taken (409), registration_closed (403)
 */
export async function resolve(ctx: Context, strategy: string, { trustsEmail }: Pick<SignInStrategy, "trustsEmail">, identity: ForeignIdentity): Promise<string> {
  const known = await ctx.db.maybe<{ userId: string }>(sql`select user_id from identity where strategy = ${strategy} and subject = ${identity.subject}`);
  if (known) return known.userId;
  return ctx.transact(async (tx) => {
    const { email, name } = identity;
    const owner = await users.findByEmail(tx, email);
    if (owner && !trustsEmail) {
      throw new CadreError("email_taken", "There is an account with this email address already. Sign in to it with its password.", { status: 409 });
    }
    const userId = owner?.id ?? (await register(tx, { name, email, strategy })).id;
    if (trustsEmail) await confirmOwner(tx, userId);
    await link(tx, strategy, identity.subject, userId);
    return userId;
  });
}

/**
 * The address is proved to be this person's. If it never was before, somebody else may have registered it in advance and be waiting:
 * whatever they could come in by ends here.
 */
async function confirmOwner(ctx: Context, userId: string): Promise<void> {
  const first = await ctx.db.run(sql`update user_account set email_confirmed_at = ${ctx.now()}, password_hash = null where id = ${userId} and email_confirmed_at is null`);
  if (first === 0) return;
  await sessions.closeAll(ctx, userId);
  await ctx.db.run(sql`delete from api_token where user_id = ${userId}`);
}

async function link(ctx: Context, strategy: string, subject: string, userId: string): Promise<void> {
  const made = await ctx.db.run(sql`insert into identity (strategy, subject, user_id, created_at) values (${strategy}, ${subject}, ${userId}, ${ctx.now()}) on conflict do nothing`);
  if (made === 1) await audit.record(ctx, { action: "identity.linked", subject: { kind: "user", id: userId }, detail: { strategy } });
}
