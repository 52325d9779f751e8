import { createHmac, randomBytes } from "node:crypto";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import type { Scope } from "./credential.ts";
import { newId } from "../../kernel/ids.ts";
import type { Members } from "../statement/shape.ts";

/** What a key is kept to, as it is told; the agent by any of its identifiers. */
export interface LimitsWish {
  /** The IRI of an activity. */
  activity?: string;
  /** A UUID. */
  registration?: string;
  agent?: Members;
}

/** What is needed to make a credential; the authority is an account named by the key unless told. */
export interface NewCredential {
  store: number;
  label: string;
  scopes: readonly Scope[];
  /** The `homePage` of the account that stands for the key: the address of the site. */
  homePage: string;
  /** The authority, when the key is known. */
  authority?: (key: string) => Members;
  limits?: LimitsWish;
  requestsPerMinute?: number;
  /** The launch it ends with. */
  launchId?: string;
  /** When it is made; now, unless told. */
  createdAt?: Date;
  expiresAt?: Date;
}

/** A key and its secret; the secret is told here and never again. */
export interface MadeCredential {
  id: string;
  key: string;
  secret: string;
  authority: Members;
}

/** Makes a key and its secret. */
export async function createCredential(db: Db, secretKey: string, { store, label, scopes, homePage, limits = {}, createdAt = new Date(), ...wish }: NewCredential): Promise<MadeCredential> {
  const [id, key, secret] = [newId(), randomBytes(16).toString("hex"), newSecret()];
  const authority = wish.authority?.(key) ?? { objectType: "Agent", account: { homePage, name: key } };
  const { activity = null, registration = null, agent } = limits;
  await db.run(sql`
    insert into lrs_credential (id, store, key, secret_digest, label, scopes, authority, activity, registration, agent, requests_per_minute, launch_id, created_at, expires_at)
    values (${id}, ${store}, ${key}, ${digestOf(secretKey, secret)}, ${label}, ${[...scopes]}, ${JSON.stringify(authority)}, ${activity}, ${registration},
      ${agent ? JSON.stringify(agent) : null}, ${wish.requestsPerMinute ?? null}, ${wish.launchId ?? null}, ${createdAt}, ${wish.expiresAt ?? null})`);
  return { id, key, secret, authority };
}

/** Gives a credential a new secret; the one before it counts until `formerUntil`. */
export async function rotateCredential(db: Db, secretKey: string, id: string, formerUntil: Date): Promise<string> {
  const secret = newSecret();
  await db.run(sql`update lrs_credential set former_digest = secret_digest, former_until = ${formerUntil}, secret_digest = ${digestOf(secretKey, secret)} where id = ${id}`);
  return secret;
}

/** Ends a credential; processes that checked it lately and are not told may honour it for `cachedForMs` more. */
export async function revokeCredential(db: Db, id: string, at = new Date()): Promise<void> {
  await db.run(sql`update lrs_credential set revoked_at = ${at} where id = ${id} and revoked_at is null`);
}

/** What is kept of a secret: 192 random bits need no slow hash, and without `secretKey` the digest is worth nothing. */
export function digestOf(secretKey: string, secret: string): Buffer {
  return createHmac("sha256", secretKey).update(secret).digest();
}

/** A key and its secret as the header Authorization has them. */
export const basicOf = (key: string, secret: string): string => `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;

const newSecret = (): string => randomBytes(24).toString("base64url");
