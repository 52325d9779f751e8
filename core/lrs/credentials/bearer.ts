import { createHash } from "node:crypto";
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { CadreError, isCadreError, refuse } from "../../kernel/errors.ts";
import { agentFrom, authorityFrom } from "./authority.ts";
import type { CredentialSettings } from "./settings.ts";
import { scopes, type Credential, type Limits } from "./credential.ts";
import { authorityKeyOf, identityOf } from "../keys.ts";
import { isIri, isUuid } from "../statement/formats.ts";

export interface BearerOptions {
  settings: CredentialSettings;
  /** Reaches public addresses only. */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  now(): Date;
  /** How long a token is not verified again; 5 s unless told. */
  cachedForMs?: number;
}

/** Tells whose a JWT is, as a credential. @throws invalid_token (401), issuer_unreachable (503) */
export type BearerCheck = (db: Db, token: string) => Promise<Credential>;

/**
 * A resource server for the tokens of one OpenID Connect issuer; undefined where the settings name none. Its keys are asked for once
 * and kept, and again when a token names one that is not among them, though not more often than the settings say.
 * @throws bad_settings (500) when an issuer is named and no audience
 */
export function bearerCheck({ settings, fetch, now, cachedForMs = 5000 }: BearerOptions): BearerCheck | undefined {
  const { bearerIssuer: issuer, bearerAudience: audience, bearerAlgorithms, bearerClockToleranceS: clockTolerance } = settings;
  if (issuer === "") return undefined;
  if (audience === "") throw new CadreError("bad_settings", "records.bearerIssuer needs records.bearerAudience: without it, tokens meant for others would count here.", { status: 500 });
  const keys = keysOf(settings, fetch, now);
  const cache = new Map<string, { credential: Credential; until: number }>();
  const verified = async (token: string): Promise<JWTPayload> => {
    try {
      const options = { issuer, audience, algorithms: bearerAlgorithms.split(" "), clockTolerance, currentDate: now(), requiredClaims: ["exp"] };
      return (await jwtVerify(token, keys, options)).payload;
    } catch (error) {
      if (isCadreError(error)) throw error;
      throw invalidToken(reasonOf(error), error);
    }
  };
  return async (db, token) => {
    const digest = createHash("sha256").update(token).digest("base64");
    const time = now().getTime();
    const cached = cache.get(digest);
    if (cached && cached.until > time) return cached.credential;
    const claims = await verified(token);
    const credential = await credentialOf(db, claims, settings);
    if (cache.size >= 10_000) cache.clear();
    cache.set(digest, { credential, until: Math.min(time + cachedForMs, (claims.exp! + clockTolerance) * 1000) });
    return credential;
  };
}

/** An issuer that failed is not asked again for so long, however many tokens come. */
const failedForMs = 1000;

/** The issuer's keys; where they are is found out with the first token. */
function keysOf({ bearerIssuer, bearerJwksUrl, bearerKeysCooldownS }: CredentialSettings, fetch: BearerOptions["fetch"], now: BearerOptions["now"]): JWTVerifyGetKey {
  let failed: { error: unknown; until: number } | undefined;
  const asked = async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const { protocol, hostname } = new URL(url);
    // Who could change the answer on its way could sign tokens.
    if (protocol !== "https:" && !/^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)) throw new Error(`${hostname} is to be asked by https`);
    if (failed && failed.until > now().getTime()) throw failed.error;
    try {
      const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(5000), ...init });
      if (!response.ok) throw new Error(`the issuer answered ${response.status}`);
      return response;
    } catch (error) {
      failed = { error, until: now().getTime() + failedForMs };
      throw error;
    }
  };
  const open = async (): Promise<JWTVerifyGetKey> => {
    const url = bearerJwksUrl === "" ? await discovered(bearerIssuer, asked) : bearerJwksUrl;
    return createRemoteJWKSet(new URL(url), { cooldownDuration: bearerKeysCooldownS * 1000, [customFetch]: asked });
  };
  let opening: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    try {
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return await (await opening)(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys || error instanceof errors.JOSENotSupported) throw error;
      throw refuse("issuer_unreachable", "The keys that bearer tokens are checked with can't be had now; try again later.", { status: 503, cause: error });
    }
  };
}

/** Where the issuer says its keys are (OpenID Connect Discovery 4). */
async function discovered(issuer: string, asked: BearerOptions["fetch"]): Promise<string> {
  const response = await asked(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, { headers: { Accept: "application/json" } });
  const found = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (found.issuer !== issuer) throw new Error(`the configuration is of the issuer ${String(found.issuer)}`);
  return String(found.jwks_uri);
}

async function credentialOf(db: Db, claims: JWTPayload, settings: CredentialSettings): Promise<Credential> {
  const { bearerScopeClaim, bearerScopePrefix: prefix, bearerStore, bearerStoreClaim, bearerAuthority } = settings;
  const named = bearerStoreClaim === "" ? bearerStore : claims[bearerStoreClaim];
  const store = typeof named === "string" ? await db.maybe<{ id: number }>(sql`select id from lrs_store where name = ${named} and archived_at is null`) : undefined;
  if (!store) throw invalidToken("names no store that is here");
  const said = claims[bearerScopeClaim];
  const wanted: unknown[] = Array.isArray(said) ? said : typeof said === "string" ? said.split(/\s+/) : [];
  const { sub, iss } = claims;
  const authority = agentOf(authorityFrom, bearerAuthority, claims);
  return {
    id: `bearer ${iss} ${sub ?? ""}`,
    label: [claims.client_id, claims.azp, sub].find((name) => typeof name === "string") ?? iss!,
    store: store.id,
    scopes: scopes.filter((scope) => wanted.includes(prefix + scope)),
    authority,
    authorityKey: authorityKeyOf(authority),
    limits: limitsOf(claims, settings),
  };
}

/** What the claims that the settings name keep a token to; a registration or an activity that it does not name is no limit. */
function limitsOf(claims: JWTPayload, { bearerActivityClaim, bearerRegistrationClaim, bearerAgent }: CredentialSettings): Limits {
  const named = (claim: string, fits: (value: string) => boolean): string | undefined => {
    const value = claim === "" ? undefined : claims[claim];
    if (value !== undefined && !(typeof value === "string" && fits(value))) throw invalidToken(`has a claim ${claim} that does not count here`);
    return value as string | undefined;
  };
  return {
    activity: named(bearerActivityClaim, isIri),
    registration: named(bearerRegistrationClaim, isUuid)?.toLowerCase(),
    agent: bearerAgent === "" ? undefined : identityOf(agentOf(agentFrom, bearerAgent, claims)),
  };
}

function agentOf(making: typeof agentFrom, template: string, claims: JWTPayload): Credential["authority"] {
  try {
    return making(template, Object.fromEntries(Object.entries(claims).filter((pair): pair is [string, string] => typeof pair[1] === "string")));
  } catch (error) {
    throw invalidToken("lacks a claim that its authority or agent is made of", error);
  }
}

/** The refusal of a bearer token (RFC 6750 3.1). */
function invalidToken(reason: string, cause?: unknown): CadreError {
  const headers = { "WWW-Authenticate": `Bearer realm="xAPI", error="invalid_token", error_description="The token ${reason}"` };
  return refuse("invalid_token", `The bearer token ${reason}.`, { status: 401, data: { headers }, cause });
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "has expired";
  if (error instanceof errors.JWTClaimValidationFailed) return `has a claim ${error.claim} that does not count here`;
  if (error instanceof errors.JOSEAlgNotAllowed) return "is signed in a way that does not count here";
  if (error instanceof errors.JWKSNoMatchingKey) return "is signed with a key that the issuer does not have";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "has a signature that is wrong";
  return "is none that can be checked here";
}
