import type { Context } from "../../kernel/context.ts";
import type { Actor } from "../../kernel/permissions.ts";
import type { Authenticator } from "../../http/app.ts";
import * as tokens from "../../people/tokens.ts";
import { credentialsRequired, wrongCredentials } from "./check.ts";
import type { Credential } from "./credential.ts";
import { personCredential } from "./person.ts";
import { recordsOf } from "../records.ts";

declare module "../../kernel/permissions.ts" {
  interface Actor {
    /** What a client of the record store came by. */
    credential?: Credential;
  }
}

/** Clients of the record store. */
export const lrsAuthenticator: Authenticator = {
  cookie: false,
  authenticate: async (ctx, { headers }) => (headers.authorization === undefined ? undefined : clientOf(ctx, headers.authorization)),
};

/**
 * Who comes by an Authorization header: a key and its secret as Basic credentials, one of our people by a personal API token, or
 * somebody whom the site's issuer vouches for by a JWT. Keys and JWTs hold no permission; their scopes are the store's own.
 * Counts the request. @throws wrong_credentials (401), invalid_token (401), forbidden (403), too_many_requests (429), issuer_unreachable (503)
 */
async function clientOf(ctx: Context, authorization: string): Promise<Actor> {
  const { keys, bearer, limit } = recordsOf(ctx);
  const person = await tokens.identify(ctx, { headers: { authorization } });
  if (person) return limited(limit, { ...person, credential: personCredential(ctx, person) });
  const [, token] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  if (token === undefined) {
    const credential = await keys.check(ctx.db, authorization);
    recordsOf(ctx).uses.note(credential.id);
    return limited(limit, client(credential, `record key ${credential.id}`));
  }
  if (!bearer) throw wrongCredentials();
  const credential = await bearer(ctx.db, token);
  return limited(limit, client(credential, credential.id));
}

/** The credential of whoever is asking. @throws credentials_required (401) */
export function credentialOf({ actor }: Context): Credential {
  if (!actor.credential) throw credentialsRequired();
  return actor.credential;
}

type Client = Actor & { credential: Credential };

const client = (credential: Credential, via: string): Client => ({ kind: "client", id: credential.id, name: credential.label, roles: [], scopes: [], via, credential });

async function limited(limit: (credential: Credential) => Promise<void>, actor: Client): Promise<Actor> {
  await limit(actor.credential);
  return actor;
}
