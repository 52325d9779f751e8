import type { Context } from "../../kernel/context.ts";
import { CadreError } from "../../kernel/errors.ts";
import { sql } from "../../db/sql.ts";
import { basicOf, createCredential } from "./rows.ts";
import type { CredentialSettings } from "./settings.ts";
import type { Scope } from "./credential.ts";
import { identityOf } from "../keys.ts";
import { ownStore } from "../stores/own.ts";
import { credentialSecret, forgetKey } from "../records.ts";
import { isIri, isUuid } from "../statement/formats.ts";
import type { Members } from "../statement/shape.ts";

/** What content that was opened may do in the record store, and for whom. */
export interface LaunchWish {
  /** Ends the key: see `endLaunches`. */
  launchId: string;
  /** The only registration it may send and read. */
  registration: string;
  /** The only actor; one of our people: `agentOf`. */
  agent: object;
  /** The IRI of the activity that was opened: it, and what lies below it. */
  activity: string;
  scopes: readonly Scope[];
  /** So many hours from now as the setting `records.launchHours` says, unless told. */
  expiresAt?: Date;
}

/**
 * A key of the site's own store for content that was opened, in the caller's transaction. `basic` is the whole header Authorization, as
 * Tin Can's `auth` wants it; the `auth-token` of cmi5 is what comes after "Basic ". @throws bad_launch (500)
 */
export async function forLaunch(ctx: Context, { launchId, registration, agent, activity, scopes, expiresAt }: LaunchWish): Promise<{ key: string; secret: string; basic: string }> {
  if (!isUuid(registration) || !isIri(activity) || identityOf(agent as Members) === undefined) {
    throw new CadreError("bad_launch", "A launch needs a registration that is a UUID, an activity that is an IRI, and an agent with an identifier.", { status: 500 });
  }
  const { launchHours, launchRequestsPerMinute } = ctx.as("records").config as CredentialSettings;
  const { key, secret } = await createCredential(ctx.db, credentialSecret(ctx), {
    store: ownStore,
    label: `Launch ${launchId}`,
    scopes,
    homePage: ctx.site.url,
    // One for all of them: what content says in somebody's browser is as good as any other content's word.
    authority: () => ({ objectType: "Agent", name: "Content", account: { homePage: ctx.site.url, name: "content" } }),
    limits: { registration: registration.toLowerCase(), activity, agent: agent as Members },
    requestsPerMinute: launchRequestsPerMinute,
    launchId,
    createdAt: ctx.now(),
    expiresAt: expiresAt ?? new Date(ctx.now().getTime() + launchHours * 3_600_000),
  });
  return { key, secret, basic: basicOf(key, secret) };
}

/** Ends every key of these launches, with the caller's transaction; ending them twice changes nothing. */
export async function endLaunches(ctx: Context, launchIds: readonly string[]): Promise<void> {
  if (launchIds.length === 0) return;
  const ended = await ctx.db.rows<{ key: string }>(sql`
    update lrs_credential set revoked_at = ${ctx.now()} where launch_id = any(${launchIds}) and revoked_at is null returning key`);
  for (const { key } of ended) forgetKey(ctx, key);
}

/** Removes keys of launches that ended more than a day ago. */
export async function sweep(ctx: Context): Promise<void> {
  const since = new Date(ctx.now().getTime() - 86_400_000);
  await ctx.db.run(sql`delete from lrs_credential where launch_id is not null and least(expires_at, revoked_at) < ${since}`);
}

/** Removes the keys that are limited to a person who is erased. */
export async function forgetPerson(ctx: Context, userId: string): Promise<void> {
  const gone = await ctx.db.rows<{ key: string }>(sql`
    delete from lrs_credential where agent is not null and agent::jsonb #>> '{account,name}' = ${userId} and agent::jsonb #>> '{account,homePage}' = ${ctx.site.url} returning key`);
  for (const { key } of gone) forgetKey(ctx, key);
}
