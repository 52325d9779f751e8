import type { Context } from "../kernel/context.ts";
import { CadreError, refuse } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import type { Actor } from "../kernel/permissions.ts";
import { sql } from "../db/sql.ts";
import type { RawRequest } from "../http/request.ts";
import { actorOf, type ActorRow } from "./actors.ts";
import * as audit from "./audit.ts";
import { digestOf, newSecret } from "./secrets.ts";

/** Every personal API token begins so: people and scanners of leaked secrets know it by sight. */
const tokenPrefix = "cadre_pat_";

const dayMs = 86_400_000;
const usedEveryMs = 60_000;

/** A token as its owner sees it; the text itself was shown once. */
export interface TokenView {
  id: string;
  label: string;
  scopes: string[];
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  expired: boolean;
}

export interface NewToken {
  label: string;
  /** Permissions it may use, each held by its maker. */
  scopes: readonly string[];
  expiresInDays: number;
}

/** A token for whoever is acting; `secret` is its only showing. @throws scope_not_held (422) */
export async function create(ctx: Context, { label, scopes, expiresInDays }: NewToken): Promise<TokenView & { secret: string }> {
  const userId = ownerOf(ctx);
  const missing = scopes.filter((scope) => !holds(ctx, scope));
  if (missing.length > 0) {
    const message = `You don't hold ${missing.join(", ")}, so a token of yours can't either.`;
    throw new CadreError("scope_not_held", message, { status: 422, problems: [{ pointer: "/scopes", code: "scope_not_held", message }] });
  }
  const secret = tokenPrefix + newSecret();
  const now = ctx.now();
  const token = { id: newId(now), label: label.trim(), scopes: [...new Set(scopes)], createdAt: now, expiresAt: new Date(now.getTime() + expiresInDays * dayMs), lastUsedAt: null };
  await ctx.transact(async (tx) => {
    await tx.db.run(sql`insert into api_token (id, user_id, digest, label, scopes, created_at, expires_at)
      values (${token.id}, ${userId}, ${digestOf(secret)}, ${token.label}, ${token.scopes}, ${now}, ${token.expiresAt})`);
    await audit.record(tx, { action: "token.created", subject: { kind: "token", id: token.id, name: token.label }, detail: { scopes: token.scopes, expiresAt: token.expiresAt } });
  });
  return { ...token, expired: false, secret };
}

/** The tokens of whoever is acting, the newest first. */
export async function list(ctx: Context): Promise<TokenView[]> {
  const rows = await ctx.db.rows<Omit<TokenView, "expired">>(sql`
    select id, label, scopes, created_at, expires_at, last_used_at from api_token where user_id = ${ownerOf(ctx)} order by id desc`);
  return rows.map((row) => ({ ...row, expired: row.expiresAt !== null && row.expiresAt <= ctx.now() }));
}

/** Takes a token of whoever is acting away; it stops working at once. @throws not_found */
export async function revoke(ctx: Context, id: string): Promise<void> {
  await ctx.transact(async (tx) => {
    const gone = await tx.db.maybe<{ label: string }>(sql`delete from api_token where id = ${id} and user_id = ${ownerOf(ctx)} returning label`);
    if (!gone) throw refuse("not_found", "There is no such token.", { status: 404 });
    await audit.record(tx, { action: "token.revoked", subject: { kind: "token", id, name: gone.label } });
  });
}

/** Permissions that whoever is acting may give to a token. */
export function scopesOf(ctx: Context): { value: string; label: string }[] {
  return [...ctx.site.host.permissions].filter(([name]) => holds(ctx, name)).map(([value, { label }]) => ({ value, label }));
}

interface TokenRow extends ActorRow {
  id: string;
  label: string;
  scopes: string[];
  lastUsedAt: Date | null;
}

/** Whose token the request carries; nothing when it carries none of ours. @throws invalid_token (401) */
export async function identify(ctx: Context, { headers }: Pick<RawRequest, "headers">): Promise<Actor | undefined> {
  const secret = /^Bearer +(cadre_pat_\S+)$/i.exec(headers.authorization ?? "")?.[1];
  if (secret === undefined) return undefined;
  const now = ctx.now();
  const row = await ctx.db.maybe<TokenRow>(sql`
    select t.id, t.label, t.scopes, t.last_used_at, u.id as user_id, u.name, u.email, u.time_zone,
      (select json_agg(json_build_object('role', r.role, 'scope', r.scope)) from role_assignment r where r.user_id = u.id) as roles
    from api_token t join user_account u on u.id = t.user_id
    where t.digest = ${digestOf(secret)} and (t.expires_at is null or t.expires_at > ${now})`);
  if (!row) throw invalidToken("This API token is unknown, revoked or expired.");
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() > usedEveryMs) {
    await ctx.db.run(sql`update api_token set last_used_at = ${now} where id = ${row.id}`);
  }
  return { ...actorOf(row, `token ${row.id}`), scopes: row.scopes };
}

/** The same where nobody else's bearer tokens are taken, as on the API: one that is none of ours is refused. @throws invalid_token (401) */
export async function authenticate(ctx: Context, request: Pick<RawRequest, "headers">): Promise<Actor | undefined> {
  const actor = await identify(ctx, request);
  if (!actor && /^Bearer\b/i.test(request.headers.authorization ?? "")) throw invalidToken(`What was sent is no API token: those begin with ${tokenPrefix}.`);
  return actor;
}

function invalidToken(message: string): CadreError {
  return refuse("invalid_token", message, { status: 401, data: { headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' } } });
}

/** On the site, or in any scope, also one that is yet to come: what a token may do is asked again where it is used. */
function holds(ctx: Context, permission: string): boolean {
  const { actor, site } = ctx;
  if (actor.scopes && !actor.scopes.includes(permission)) return false;
  const roles = site.host.permissions.get(permission)?.roles ?? [];
  return ctx.can(permission) || actor.roles.some(({ role }) => role === "administrator" || roles.includes(role));
}

function ownerOf(ctx: Context): string {
  if (ctx.actor.kind === "user" && ctx.actor.id !== null) return ctx.actor.id;
  throw refuse("sign_in_required", "Sign in first.", { status: 401 });
}
