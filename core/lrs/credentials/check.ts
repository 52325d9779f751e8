import { timingSafeEqual } from "node:crypto";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { refuse, type CadreError } from "../../kernel/errors.ts";
import { digestOf } from "./rows.ts";
import type { Credential } from "./credential.ts";
import { authorityKeyOf, identityOf } from "../keys.ts";
import type { Members } from "../statement/shape.ts";

export interface CredentialCheckOptions {
  /** The site's secret, without which the digests in the database are worth nothing. */
  secretKey: string;
  now(): Date;
  /** How long a credential is not looked up again; 5 s unless told. */
  cachedForMs?: number;
}

export interface CredentialCheck {
  /** Tells whose an Authorization header with Basic credentials is, by a keyed digest. @throws credentials_required (401), wrong_credentials (401) */
  check(db: Db, authorization: string | undefined): Promise<Credential>;
  /** Looks a key up again with its next request; every key, unless told which. */
  forget(key?: string): void;
}

/** Checks keys and their secrets; a key that was looked up lately costs no question. */
export function credentialCheck({ secretKey, now, cachedForMs = 5000 }: CredentialCheckOptions): CredentialCheck {
  const cache = new Map<string, { row: KnownKey; until: number }>();
  const lookUp = async (db: Db, key: string): Promise<KnownKey | undefined> => {
    const time = now().getTime();
    const cached = cache.get(key);
    if (cached && cached.until > time) return cached.row;
    const found = await db.maybe<CredentialRow>(sql`
      select id, label, store, scopes, authority, activity, registration, agent, requests_per_minute, secret_digest, former_digest, former_until, expires_at
      from lrs_credential where key = ${key} and revoked_at is null`);
    const row = found && knownKey(found);
    if (cache.size >= 10_000) cache.clear();
    if (row) cache.set(key, { row, until: time + cachedForMs });
    else cache.delete(key);
    return row;
  };
  const isRight = (row: KnownKey | undefined, secret: string, time: Date): row is KnownKey => {
    const sent = Buffer.from(secret);
    if (row?.proven && row.proven.length === sent.length && timingSafeEqual(row.proven, sent)) return true;
    const given = digestOf(secretKey, secret);
    const right = timingSafeEqual(given, row?.secretDigest ?? nothing);
    const former = timingSafeEqual(given, row?.formerDigest ?? nothing);
    if (row && right) row.proven = sent;
    return row !== undefined && (right || (former && row.formerUntil! > time));
  };
  return {
    async check(db, authorization) {
      if (authorization === undefined) throw credentialsRequired();
      const [, encoded] = /^Basic +([\w+/=-]+) *$/i.exec(authorization) ?? [];
      const [key = "", secret] = splitOnce(Buffer.from(encoded ?? "", "base64").toString());
      const row = secret === undefined || key === "" || key.includes("\0") ? undefined : await lookUp(db, key);
      const time = now();
      if (!isRight(row, secret ?? "", time) || (row.expiresAt && row.expiresAt <= time)) throw wrongCredentials();
      return row.credential;
    },
    forget(key) {
      if (key === undefined) cache.clear();
      else cache.delete(key);
    },
  };
}

/** The refusal of a request without credentials. */
export function credentialsRequired(): CadreError {
  return refuse("credentials_required", "Send a key and its secret as Basic credentials.", { status: 401, data: { headers: challenge } });
}

/** The refusal of a key that is unknown, revoked or expired, or of a secret that is not its own. */
export function wrongCredentials(): CadreError {
  return refuse("wrong_credentials", "This key and secret are not known here.", { status: 401, data: { headers: challenge } });
}

const challenge = { "WWW-Authenticate": 'Basic realm="xAPI", charset="UTF-8"' };
const nothing = Buffer.alloc(32);

interface CredentialRow extends Pick<Credential, "id" | "label" | "store" | "scopes"> {
  authority: string;
  activity: string | null;
  registration: string | null;
  agent: string | null;
  requestsPerMinute: number | null;
  secretDigest: Buffer;
  formerDigest: Buffer | null;
  formerUntil: Date | null;
  expiresAt: Date | null;
}

interface KnownKey extends Pick<CredentialRow, "secretDigest" | "formerDigest" | "formerUntil" | "expiresAt"> {
  credential: Credential;
  /** The secret that was right lately, and need not be digested again for as long as the key is not looked up again. */
  proven?: Buffer;
}

function knownKey({ id, label, store, scopes, activity, registration, agent, requestsPerMinute, ...row }: CredentialRow): KnownKey {
  const authority = JSON.parse(row.authority) as Members;
  const limits = { activity: activity ?? undefined, registration: registration ?? undefined, agent: agent === null ? undefined : identityOf(JSON.parse(agent) as Members) };
  return { ...row, credential: { id, label, store, scopes, authority, authorityKey: authorityKeyOf(authority), limits, requestsPerMinute: requestsPerMinute ?? undefined } };
}

function splitOnce(text: string): [string, string?] {
  const at = text.indexOf(":");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
