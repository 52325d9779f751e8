import type { Context } from "../kernel/context.ts";
import { CadreError } from "../kernel/errors.ts";
import { sql } from "../db/sql.ts";
import { digestOf, newSecret } from "./secrets.ts";

/** What a link that works once is good for. */
export type LinkPurpose = "password" | "email" | "administrator";

export interface Link {
  purpose: LinkPurpose;
  userId: string | null;
  email: string | null;
}

const minuteMs = 60_000;

/**
 * Makes a link's secret; the database keeps its digest alone. A newer one for the same person and purpose does away with older ones,
 * so call it inside a transaction.
 */
export async function make(ctx: Context, purpose: LinkPurpose, { userId = null, email = null, validMinutes }: { userId?: string | null; email?: string | null; validMinutes: number }): Promise<string> {
  const secret = newSecret();
  const now = ctx.now();
  await ctx.db.run(sql`delete from one_time_link where purpose = ${purpose} and user_id is not distinct from ${userId}::uuid`);
  await ctx.db.run(sql`insert into one_time_link (digest, purpose, user_id, email, created_at, expires_at)
    values (${digestOf(secret)}, ${purpose}, ${userId}, ${email}, ${now}, ${new Date(now.getTime() + validMinutes * minuteMs)})`);
  return secret;
}

/** What a link is good for, without using it. @throws link_expired (410) */
export async function look(ctx: Context, purpose: LinkPurpose, secret: string): Promise<Link> {
  const link = await ctx.db.maybe<Link>(sql`select purpose, user_id, email from one_time_link where digest = ${digestOf(secret)} and purpose = ${purpose} and expires_at > ${ctx.now()}`);
  if (!link) throw linkExpired(purpose);
  return link;
}

/** Uses a link up: of several at once one gets it. Inside the transaction of what it is used for, so that a failure leaves it good. @throws link_expired (410) */
export async function use(ctx: Context, purpose: LinkPurpose, secret: string): Promise<Link> {
  const link = await ctx.db.maybe<Link>(sql`delete from one_time_link where digest = ${digestOf(secret)} and purpose = ${purpose} and expires_at > ${ctx.now()} returning purpose, user_id, email`);
  if (!link) throw linkExpired(purpose);
  return link;
}

function linkExpired(purpose: LinkPurpose): CadreError {
  const data = purpose === "password" ? { action: { label: "Ask for a new link", href: "/forgot-password" } } : {};
  return new CadreError("link_expired", "This link was used already or is too old. Ask for a new one.", { status: 410, data });
}
