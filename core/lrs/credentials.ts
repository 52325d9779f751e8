import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Db } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { CadreError, refuse } from "../kernel/errors.ts";
import { newId } from "./ids.ts";
import { authorityKeyOf } from "./keys.ts";
import type { Members } from "./statement/shape.ts";

/** What a credential may do; the names the known stores use. */
export const scopes = [
  "all",
  "all/read",
  "statements/write",
  "statements/read",
  "statements/read/mine",
  "state",
  "state/read",
  "define",
  "profile",
  "profile/read",
  "activities_profile",
  "activities_profile/read",
  "agents_profile",
  "agents_profile/read",
] as const;
export type Scope = (typeof scopes)[number];

/** Who is asking the record store, and what they may do there. */
export interface Credential {
  id: string;
  /** What it is for, in its maker's words. */
  label: string;
  store: number;
  scopes: Scope[];
  /** The Agent that vouches for statements sent with it. */
  authority: Members;
  authorityKey: string;
}

/** What is needed to make a credential; the authority is an account named by the key unless told. */
export interface NewCredential {
  store: number;
  label: string;
  scopes: Scope[];
  /** The `homePage` of the account that stands for the key: the address of the site. */
  homePage: string;
  authority?: Members;
  /** When it is made; now, unless told. */
  createdAt?: Date;
  expiresAt?: Date;
}

/** Makes a key and its secret; the secret is told here and never again. */
export async function createCredential(
  db: Db,
  secretKey: string,
  { store, label, scopes, homePage, authority, createdAt = new Date(), expiresAt }: NewCredential,
): Promise<{ id: string; key: string; secret: string }> {
  const [id, key, secret] = [newId(), randomBytes(16).toString("hex"), randomBytes(24).toString("base64url")];
  const vouching = authority ?? { objectType: "Agent", account: { homePage, name: key } };
  await db.run(sql`insert into lrs_credential (id, store, key, secret_digest, label, scopes, authority, created_at, expires_at)
    values (${id}, ${store}, ${key}, ${digestOf(secretKey, secret)}, ${label}, ${scopes}, ${JSON.stringify(vouching)}, ${createdAt}, ${expiresAt ?? null})`);
  return { id, key, secret };
}

/** Ends a credential; processes that checked it lately may honour it for `cachedForMs` more. */
export async function revokeCredential(db: Db, id: string): Promise<void> {
  await db.run(sql`update lrs_credential set revoked_at = now() where id = ${id} and revoked_at is null`);
}

export interface CredentialCheckOptions {
  /** The site's secret, without which the digests in the database are worth nothing. */
  secretKey: string;
  now(): Date;
  /** How long a credential is not looked up again; 5 s unless told. */
  cachedForMs?: number;
}

/**
 * Tells whose an Authorization header with Basic credentials is: by a keyed digest, as secrets of 192 random bits need no slow hash.
 * @throws credentials_required (401), wrong_credentials (401)
 */
export function credentialCheck({ secretKey, now, cachedForMs = 5000 }: CredentialCheckOptions): (db: Db, authorization: string | undefined) => Promise<Credential> {
  const cache = new Map<string, { row: CredentialRow | undefined; until: number }>();
  const lookUp = async (db: Db, key: string): Promise<CredentialRow | undefined> => {
    const time = now().getTime();
    const cached = cache.get(key);
    if (cached && cached.until > time) return cached.row;
    const found = await db.maybe<CredentialRow & { authority: string }>(sql`
      select id, label, store, scopes, authority, secret_digest, expires_at from lrs_credential where key = ${key} and revoked_at is null`);
    const authority = found && (JSON.parse(found.authority) as Members);
    const row = authority && { ...found, authority, authorityKey: authorityKeyOf(authority) };
    if (cache.size >= 1000) cache.clear();
    if (row) cache.set(key, { row, until: time + cachedForMs });
    return row;
  };
  return async (db, authorization) => {
    if (authorization === undefined) throw credentialsRequired();
    const [, encoded] = /^Basic +([\w+/=-]+) *$/i.exec(authorization) ?? [];
    const [key = "", secret] = splitOnce(Buffer.from(encoded ?? "", "base64").toString());
    const row = secret === undefined || key === "" || key.includes("\0") ? undefined : await lookUp(db, key);
    const wanted = row?.secretDigest ?? Buffer.alloc(32);
    const right = timingSafeEqual(digestOf(secretKey, secret ?? ""), wanted);
    if (!row || !right || (row.expiresAt && row.expiresAt <= now())) throw new CadreError("wrong_credentials", "This key and secret are not known here.", { status: 401, data: { headers: challenge } });
    return row;
  };
}

/** The refusal of a request without credentials. */
export function credentialsRequired(): CadreError {
  return refuse("credentials_required", "Send a key and its secret as Basic credentials.", { status: 401, data: { headers: challenge } });
}

/** @throws scope_missing (403) unless the credential has one of these scopes or `all`. */
export function requireScope(credential: Credential, ...wanted: Scope[]): void {
  if (credential.scopes.includes("all") || wanted.some((scope) => credential.scopes.includes(scope))) return;
  throw refuse("scope_missing", `This key lacks the scope ${wanted.join(" or ")}.`, { data: { scopes: wanted } });
}

const challenge = { "WWW-Authenticate": 'Basic realm="xAPI", charset="UTF-8"' };

interface CredentialRow extends Credential {
  secretDigest: Buffer;
  expiresAt: Date | null;
}

function digestOf(secretKey: string, secret: string): Buffer {
  return createHmac("sha256", secretKey).update(secret).digest();
}

function splitOnce(text: string): [string, string?] {
  const at = text.indexOf(":");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
