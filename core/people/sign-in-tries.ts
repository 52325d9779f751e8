import type { Context } from "../kernel/context.ts";
import { CadreError } from "../kernel/errors.ts";
import { sql } from "../db/sql.ts";
import * as audit from "./audit.ts";
import { digestOf } from "./secrets.ts";

/** Wrong passwords for one address before each further one makes it wait, twice as long each time. */
const freeTries = 5;
const longestWaitS = 900;

/**
 * Counts a try before it is made, so that many at once count as many; `forgive` takes it back. Addresses nobody has count as well.
 * @throws too_many_tries (429) while the address has to wait
 */
export async function count(ctx: Context, email: string): Promise<void> {
  const account = accountOf(email);
  const now = ctx.now();
  const tried = await ctx.db.maybe<{ failures: number }>(sql`
    insert into sign_in_try as t (account, failures, last_at, wait_until) values (${account}, 1, ${now}::timestamptz, ${now}::timestamptz)
    on conflict (account) do update set
      failures = case when t.last_at < ${now}::timestamptz - interval '1 day' then 1 else t.failures + 1 end,
      last_at = ${now}::timestamptz,
      wait_until = ${now}::timestamptz + make_interval(secs => case when t.failures + 1 < ${freeTries}::int or t.last_at < ${now}::timestamptz - interval '1 day'
        then 0 else least(power(2, least(t.failures + 1 - ${freeTries}::int, 20)), ${longestWaitS}::int) end)
    where t.wait_until <= ${now}::timestamptz
    returning failures`);
  if (!tried) throw await tooManyTries(ctx, account);
}

/** After a right password, or a new one. */
export async function forgive(ctx: Context, email: string): Promise<void> {
  await ctx.db.run(sql`delete from sign_in_try where account = ${accountOf(email)}`);
}

/** Notes in the audit, at 5 failures and whenever they have doubled, that somebody keeps trying; `userId` when the address has an account. */
export async function noteFailures(ctx: Context, email: string, userId: string | undefined): Promise<void> {
  const row = await ctx.db.maybe<{ failures: number }>(sql`select failures from sign_in_try where account = ${accountOf(email)}`);
  const failures = row?.failures ?? 0;
  if (failures % freeTries !== 0 || !Number.isInteger(Math.log2(failures / freeTries))) return;
  const subject = userId === undefined ? { kind: "address" } : { kind: "user", id: userId };
  await audit.record(ctx, { action: "sign-in.failed", subject, detail: { failures } });
}

const accountOf = (email: string): string => digestOf(email.trim().toLowerCase());

async function tooManyTries(ctx: Context, account: string): Promise<CadreError> {
  const row = await ctx.db.maybe<{ waitUntil: Date }>(sql`select wait_until from sign_in_try where account = ${account}`);
  const retryAfterS = Math.max(1, Math.ceil(((row?.waitUntil.getTime() ?? 0) - ctx.now().getTime()) / 1000));
  return new CadreError("too_many_tries", `Too many wrong passwords. Try again in ${retryAfterS} seconds, or choose a new password by mail.`, {
    status: 429,
    data: { retryAfterS, headers: { "Retry-After": String(retryAfterS) } },
  });
}
