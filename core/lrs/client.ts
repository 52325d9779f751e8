import type { Context } from "../kernel/context.ts";
import type { Actor } from "../kernel/permissions.ts";
import type { Authenticator } from "../http/app.ts";
import { credentialsRequired, type Credential } from "./credentials.ts";
import { recordsOf } from "./records.ts";

declare module "../kernel/permissions.ts" {
  interface Actor {
    /** The key of the record store that a client came by. */
    credential?: Credential;
  }
}

/** Clients of the record store: keys and secrets as Basic credentials. They hold no permission; their scopes are the store's own. */
export const lrsAuthenticator: Authenticator = {
  cookie: false,
  async authenticate(ctx, { headers }): Promise<Actor | undefined> {
    if (headers.authorization === undefined) return undefined;
    const credential = await recordsOf(ctx).check(ctx.db, headers.authorization);
    return { kind: "client", id: credential.id, name: credential.label, roles: [], scopes: [], via: `record key ${credential.id}`, credential };
  },
};

/** The key of whoever is asking. @throws credentials_required (401) */
export function credentialOf({ actor }: Context): Credential {
  if (!actor.credential) throw credentialsRequired();
  return actor.credential;
}
