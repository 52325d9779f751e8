import type { Context } from "../kernel/context.ts";
import { refuse } from "../kernel/errors.ts";
import { sql } from "../db/sql.ts";
import { readPage, type PageOf, type PageRequest } from "../http/paging.ts";
import * as audit from "../people/audit.ts";
import { createCredential, revokeCredential, type Scope } from "./credentials.ts";
import { ownStore } from "./own.ts";
import { credentialSecret } from "./records.ts";

const dayMs = 86_400_000;

/** A key of the record store as administrators see it; its secret was shown once. */
export interface CredentialView {
  id: string;
  key: string;
  label: string;
  scopes: Scope[];
  createdAt: Date;
  expiresAt: Date | null;
  expired: boolean;
}

export interface CredentialWish {
  label: string;
  scopes: readonly Scope[];
  /** Null for one that does not expire. */
  expiresInDays: number | null;
}

/** The keys that were not revoked, the newest first. */
export async function list(ctx: Context, page: PageRequest): Promise<PageOf<CredentialView>> {
  return readPage<CredentialView>(page, { columns: [{ column: "id", type: "uuid" }], descending: true, keyOf: ({ id }) => [id] }, (condition, order) =>
    ctx.db.rows(sql`
      select id, key, label, scopes, created_at, expires_at, coalesce(expires_at <= ${ctx.now()}, false) as expired
      from lrs_credential where store = ${ownStore} and revoked_at is null and ${condition} ${order}`),
  );
}

/** Makes a key of the site's own store; `secret` is its only showing. */
export async function create(ctx: Context, { label, scopes, expiresInDays }: CredentialWish): Promise<CredentialView & { secret: string }> {
  const createdAt = ctx.now();
  const expiresAt = expiresInDays === null ? null : new Date(createdAt.getTime() + expiresInDays * dayMs);
  const wish = { store: ownStore, label: label.trim(), scopes: [...new Set(scopes)], homePage: ctx.site.url, createdAt, expiresAt: expiresAt ?? undefined };
  return ctx.transact(async (tx) => {
    const { id, key, secret } = await createCredential(tx.db, credentialSecret(tx), wish);
    await audit.record(tx, { action: "record-key.created", subject: { kind: "record-key", id, name: wish.label }, detail: { scopes: wish.scopes, expiresAt } });
    return { id, key, label: wish.label, scopes: wish.scopes, createdAt, expiresAt, expired: false, secret };
  });
}

/** Takes a key away; within seconds it works nowhere. @throws not_found */
export async function revoke(ctx: Context, id: string): Promise<void> {
  await ctx.transact(async (tx) => {
    const found = await tx.db.maybe<{ label: string }>(sql`select label from lrs_credential where id = ${id} and store = ${ownStore} and revoked_at is null for update`);
    if (!found) throw refuse("not_found", "There is no such key.", { status: 404 });
    await revokeCredential(tx.db, id);
    await audit.record(tx, { action: "record-key.revoked", subject: { kind: "record-key", id, name: found.label } });
  });
}
