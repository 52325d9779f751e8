import type { Context } from "../kernel/context.ts";
import type { Actor } from "../kernel/permissions.ts";
import { sql } from "../db/sql.ts";
import type { RawRequest } from "../http/request.ts";
import { actorOf, type ActorRow } from "./actors.ts";
import { digestOf, newSecret } from "./secrets.ts";
import { forget, recall, remember } from "./session-cache.ts";
import { peopleSettings } from "./settings.ts";

/** The cookie that holds a session's secret; the database holds its digest. */
const sessionCookie = "cadre_session";

const dayS = 86_400;
const hourMs = 3_600_000;
const seenEveryMs = 60_000;
// requests that were under way with the old cookie still count
const graceMs = 60_000;

/** Begins a session for this browser and ends the one it had, so that the id before signing in is worth nothing after it. */
export async function open(ctx: Context, userId: string, request: RawRequest): Promise<void> {
  const { sessionMaxDays } = peopleSettings(ctx);
  const secret = newSecret();
  const now = ctx.now();
  const expiresAt = new Date(now.getTime() + sessionMaxDays * dayS * 1000);
  await close(ctx, request);
  await ctx.db.run(sql`
    insert into session (id, user_id, created_at, last_seen_at, expires_at, ip, user_agent)
    values (${digestOf(secret)}, ${userId}, ${now}, ${now}, ${expiresAt}, ${request.ip}, ${(request.headers["user-agent"] ?? "").slice(0, 500)})`);
  await ctx.db.run(sql`update user_account set last_seen_at = ${now} where id = ${userId}`);
  request.setCookie(sessionCookie, secret, { maxAgeS: Math.ceil(sessionMaxDays * dayS) });
}

/** Ends this browser's session, if it has one. */
export async function close(ctx: Context, request: RawRequest): Promise<void> {
  const id = idOf(request);
  if (id === undefined) return;
  request.setCookie(sessionCookie, null);
  const ended = await ctx.db.maybe<{ userId: string }>(sql`delete from session where id = ${id} or previous_id = ${id} returning user_id`);
  if (ended) forget(ctx, ended.userId);
}

/** Ends every session of a person, in every browser; `except` is the request of one to keep. Answers how many. */
export async function closeAll(ctx: Context, userId: string, except?: RawRequest): Promise<number> {
  const kept = (except && idOf(except)) ?? "";
  const ended = await ctx.db.run(sql`delete from session where user_id = ${userId} and id <> ${kept} and previous_id is distinct from ${kept}`);
  forget(ctx, userId);
  return ended;
}

/** Gives every session of a person a new id with its next request: after a change of what they may do. */
export async function renewAll(ctx: Context, userId: string): Promise<void> {
  await ctx.db.run(sql`update session set renew = true where user_id = ${userId}`);
  forget(ctx, userId);
}

/** Gives this browser's session a new id now; the old one is worth nothing. */
export async function renew(ctx: Context, request: RawRequest): Promise<void> {
  const id = idOf(request);
  const secret = newSecret();
  const renewed = await ctx.db.maybe<{ userId: string; expiresAt: Date }>(sql`
    update session set id = ${digestOf(secret)}, previous_id = null, previous_until = null, renew = false
    where id = ${id ?? ""} or (previous_id = ${id ?? ""} and previous_until > ${ctx.now()}) returning user_id, expires_at`);
  if (!renewed) return;
  forget(ctx, renewed.userId);
  request.setCookie(sessionCookie, secret, { maxAgeS: leftS(ctx, renewed.expiresAt) });
}

/** Browsers of a person that are signed in, the latest first. */
export function list(ctx: Context, userId: string): Promise<{ createdAt: Date; lastSeenAt: Date; expiresAt: Date; ip: string; userAgent: string }[]> {
  return ctx.db.rows(sql`select created_at, last_seen_at, expires_at, ip, user_agent from session where user_id = ${userId} and expires_at > ${ctx.now()} order by last_seen_at desc`);
}

interface SessionRow extends ActorRow {
  id: string;
  renew: boolean;
  lastSeenAt: Date;
  expiresAt: Date;
}

/** Who this browser is: one question at most, none when it was asked in the last seconds. Nothing for a cookie that is no session. */
export async function identify(ctx: Context, request: RawRequest): Promise<Actor | undefined> {
  const id = idOf(request);
  if (id === undefined) return undefined;
  const recalled = recall(ctx, id);
  if (recalled) return recalled;
  const row = await find(ctx, id);
  if (!row) return undefined;
  const actor = actorOf(row, "session");
  if (row.renew) await renewGently(ctx, id, request, row);
  else remember(ctx, id, actor);
  if (ctx.now().getTime() - row.lastSeenAt.getTime() > seenEveryMs) await seen(ctx, row);
  return actor;
}

/** Who the browser of an earlier request is now; nothing is renewed, as no answer could tell the browser. */
export async function recheck(ctx: Context, request: RawRequest): Promise<Actor | undefined> {
  const row = await find(ctx, idOf(request) ?? "");
  return row && actorOf(row, "session");
}

function find(ctx: Context, id: string): Promise<SessionRow | undefined> {
  const now = ctx.now();
  const idleSince = new Date(now.getTime() - peopleSettings(ctx).sessionIdleHours * hourMs);
  return ctx.db.maybe<SessionRow>(sql`
    select s.id, s.renew, s.last_seen_at, s.expires_at, u.id as user_id, u.name, u.email, u.time_zone,
      (select json_agg(json_build_object('role', r.role, 'scope', r.scope)) from role_assignment r where r.user_id = u.id) as roles
    from session s join user_account u on u.id = s.user_id
    where (s.id = ${id} or (s.previous_id = ${id} and s.previous_until > ${now})) and s.expires_at > ${now} and s.last_seen_at > ${idleSince}`);
}

/** A new id for a session that is in use: of several requests at once one brings the new cookie, the others still count. */
async function renewGently(ctx: Context, id: string, request: RawRequest, { expiresAt }: SessionRow): Promise<void> {
  const secret = newSecret();
  const until = new Date(ctx.now().getTime() + graceMs);
  const renewed = await ctx.db.run(sql`update session set id = ${digestOf(secret)}, previous_id = ${id}, previous_until = ${until}, renew = false where id = ${id} and renew`);
  if (renewed === 1) request.setCookie(sessionCookie, secret, { maxAgeS: leftS(ctx, expiresAt) });
}

async function seen(ctx: Context, { id, userId }: SessionRow): Promise<void> {
  const now = ctx.now();
  await ctx.db.run(sql`
    with noted as (update session set last_seen_at = ${now} where id = ${id} and last_seen_at < ${now})
    update user_account set last_seen_at = ${now} where id = ${userId}`);
}

function idOf(request: RawRequest): string | undefined {
  const secret = request.cookie(sessionCookie);
  return secret !== undefined && /^[\w-]{43}$/.test(secret) ? digestOf(secret) : undefined;
}

const leftS = (ctx: Context, expiresAt: Date): number => Math.max(0, Math.ceil((expiresAt.getTime() - ctx.now().getTime()) / 1000));
