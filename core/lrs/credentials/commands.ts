import type { Context } from "../../kernel/context.ts";
import { CadreError, refuse, type Problem } from "../../kernel/errors.ts";
import { sql } from "../../db/sql.ts";
import { readPage, type PageOf, type PageRequest } from "../../http/paging.ts";
import * as audit from "../../people/audit.ts";
import { authorityFrom } from "./authority.ts";
import { createCredential, revokeCredential, rotateCredential, type LimitsWish } from "./rows.ts";
import type { Scope } from "./credential.ts";
import { identityOf } from "../keys.ts";
import { ownStore } from "../stores/own.ts";
import { credentialSecret, forgetKey } from "../records.ts";
import { actor } from "../statement/agents.ts";
import { isIri, isUuid } from "../statement/formats.ts";
import type { Examination, Members } from "../statement/shape.ts";
import type { Store } from "../stores/store.ts";

const [dayMs, hourMs] = [86_400_000, 3_600_000];

/** A key of the record store as administrators see it; its secret was shown once. */
export interface CredentialView {
  id: string;
  key: string;
  label: string;
  /** The store's name. */
  store: string;
  scopes: Scope[];
  /** What it is kept to: an activity and what lies below it, a registration, an agent. */
  activity: string | null;
  registration: string | null;
  agent: Members | null;
  /** Who vouches for what is sent with it. */
  authority: Members;
  requestsPerMinute: number | null;
  createdAt: Date;
  expiresAt: Date | null;
  expired: boolean;
  /** To the minute. */
  lastUsedAt: Date | null;
  /** Until when the secret before this one counts too; null when none does. */
  formerUntil: Date | null;
}

export interface CredentialWish {
  label: string;
  scopes: readonly Scope[];
  /** Null for one that does not expire. */
  expiresInDays: number | null;
  /** The store's name; the site's own unless told. */
  store?: string;
  limits?: LimitsWish;
  /** A template of the authority in JSON, of `key`, `label`, `homePage` and `siteName`; the store's own unless told, else an account named by the key. */
  authority?: string;
  requestsPerMinute?: number;
}

/** The keys that were not revoked, the newest first; those of launches are not among them. */
export async function list(ctx: Context, page: PageRequest): Promise<PageOf<CredentialView>> {
  const found = await readPage<Row>(page, { columns: [{ column: "c.id", type: "uuid" }], descending: true, keyOf: ({ id }) => [id] }, (condition, order) =>
    ctx.db.rows(sql`${rows} where c.revoked_at is null and c.launch_id is null and ${condition} ${order}`),
  );
  return { ...found, items: found.items.map((row) => viewOf(ctx, row)) };
}

/** The names of the stores, the site's own first. */
export async function stores(ctx: Context): Promise<string[]> {
  return (await ctx.db.rows<{ name: string }>(sql`select name from lrs_store where archived_at is null order by id`)).map(({ name }) => name);
}

/** Makes a key; `secret` is its only showing. @throws unknown_store (422), invalid_authority (422), invalid_limits (422) */
export async function create(ctx: Context, { expiresInDays, ...wish }: CredentialWish): Promise<CredentialView & { secret: string }> {
  const [createdAt, label] = [ctx.now(), wish.label.trim()];
  const expiresAt = expiresInDays === null ? undefined : new Date(createdAt.getTime() + expiresInDays * dayMs);
  const scopes = [...new Set(wish.scopes)];
  const limits = checkedLimits(wish.limits ?? {});
  return ctx.transact(async (tx) => {
    const store = await storeFor(tx, wish.store);
    const template = wish.authority ?? store.authority;
    const authority = template === null ? undefined : (key: string) => authorityFrom(template, { key, label, homePage: ctx.site.url, siteName: ctx.site.name });
    const { id, secret } = await createCredential(tx.db, credentialSecret(tx), {
      store: store.id, label, scopes, homePage: ctx.site.url, authority, limits, requestsPerMinute: wish.requestsPerMinute, createdAt, expiresAt,
    });
    await record(tx, "created", { id, label }, { store: store.name, scopes, limits: Object.keys(limits), expiresAt: expiresAt ?? null });
    return { ...viewOf(tx, await tx.db.one<Row>(sql`${rows} where c.id = ${id}`)), secret };
  });
}

/** Gives a key another label. @throws not_found */
export async function rename(ctx: Context, id: string, label: string): Promise<CredentialView> {
  return ctx.transact(async (tx) => {
    const { key } = await locked(tx, id);
    await tx.db.run(sql`update lrs_credential set label = ${label.trim()} where id = ${id}`);
    await record(tx, "renamed", { id, label: label.trim() });
    forgetKey(tx, key);
    return viewOf(tx, await tx.db.one<Row>(sql`${rows} where c.id = ${id}`));
  });
}

/** Gives a key a new secret, shown here only; the one before it counts for `overlapHours` more. @throws not_found */
export async function rotate(ctx: Context, id: string, overlapHours: number): Promise<CredentialView & { secret: string }> {
  return ctx.transact(async (tx) => {
    const { key, label } = await locked(tx, id);
    const formerUntil = new Date(tx.now().getTime() + overlapHours * hourMs);
    const secret = await rotateCredential(tx.db, credentialSecret(tx), id, formerUntil);
    await record(tx, "rotated", { id, label }, { formerUntil });
    forgetKey(tx, key);
    return { ...viewOf(tx, await tx.db.one<Row>(sql`${rows} where c.id = ${id}`)), secret };
  });
}

/** Takes a key away; within seconds it works nowhere. @throws not_found */
export async function revoke(ctx: Context, id: string): Promise<void> {
  await ctx.transact(async (tx) => {
    const { key, label } = await locked(tx, id);
    await revokeCredential(tx.db, id, tx.now());
    await record(tx, "revoked", { id, label });
    forgetKey(tx, key);
  });
}

interface Row extends Omit<CredentialView, "agent" | "authority" | "expired"> {
  agent: string | null;
  authority: string;
}

const rows = sql`
  select c.id, c.key, c.label, s.name as store, c.scopes, c.activity, c.registration, c.agent, c.authority, c.requests_per_minute, c.created_at, c.expires_at,
    c.last_used_at, c.former_until
  from lrs_credential c join lrs_store s on s.id = c.store`;

function viewOf(ctx: Context, { agent, authority, formerUntil, ...row }: Row): CredentialView {
  const now = ctx.now();
  return {
    ...row,
    agent: agent === null ? null : (JSON.parse(agent) as Members),
    authority: JSON.parse(authority) as Members,
    expired: row.expiresAt !== null && row.expiresAt <= now,
    formerUntil: formerUntil !== null && formerUntil > now ? formerUntil : null,
  };
}

/** @throws invalid_limits (422) */
function checkedLimits({ activity, registration, agent }: LimitsWish): LimitsWish {
  const exam: Examination = { version: "2.0.0", problems: [] };
  if (agent) actor(agent, "", exam);
  const [wrong] = exam.problems;
  const problems: Problem[] = [
    ...(activity === undefined || isIri(activity) ? [] : [{ pointer: "/activity", code: "invalid_limits", message: "The activity must be an IRI with a scheme." }]),
    ...(registration === undefined || isUuid(registration) ? [] : [{ pointer: "/registration", code: "invalid_limits", message: "The registration must be a UUID." }]),
    ...(wrong ? [{ pointer: "/agent", code: "invalid_limits", message: `The agent is none: ${wrong.pointer || "it"} ${wrong.message}.` }] : []),
    ...(agent && !wrong && identityOf(agent) === undefined ? [{ pointer: "/agent", code: "invalid_limits", message: "An anonymous group is nobody to be limited to." }] : []),
  ];
  if (problems[0]) throw new CadreError("invalid_limits", problems[0].message, { status: 422, problems });
  return { ...(activity !== undefined && { activity }), ...(registration !== undefined && { registration: registration.toLowerCase() }), ...(agent && { agent }) };
}

/** Stays open until the transaction ends. @throws unknown_store (422) */
async function storeFor(tx: Context, name: string | undefined): Promise<Pick<Store, "id" | "name" | "authority">> {
  const which = name === undefined ? sql`id = ${ownStore}` : sql`name = ${name}`;
  const found = await tx.db.maybe<Pick<Store, "id" | "name" | "authority">>(sql`select id, name, authority from lrs_store where ${which} and archived_at is null for share`);
  if (found) return found;
  const message = "There is no such store.";
  throw new CadreError("unknown_store", message, { status: 422, problems: [{ pointer: "/store", code: "unknown_store", message }] });
}

/** @throws not_found */
async function locked(tx: Context, id: string): Promise<{ key: string; label: string }> {
  const found = await tx.db.maybe<{ key: string; label: string }>(sql`select key, label from lrs_credential where id = ${id} and revoked_at is null and launch_id is null for update`);
  if (!found) throw refuse("not_found", "There is no such key.", { status: 404 });
  return found;
}

function record(tx: Context, what: string, { id, label }: { id: string; label: string }, detail: Record<string, unknown> = {}): Promise<void> {
  return audit.record(tx, { action: `record-key.${what}`, subject: { kind: "record-key", id, name: label }, detail });
}
