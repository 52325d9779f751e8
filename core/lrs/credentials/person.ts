import type { Context } from "../../kernel/context.ts";
import { refuse } from "../../kernel/errors.ts";
import type { Actor } from "../../kernel/permissions.ts";
import type { Credential } from "./credential.ts";
import { authorityKeyOf, identityOf } from "../keys.ts";
import { agentOf, ownStore } from "../stores/own.ts";

/**
 * What the personal API token of one of our people opens in the site's own store: everything with `records.manage`; with
 * `records.send`, to send statements of oneself, to read those again, and one's own states. @throws forbidden (403)
 */
export function personCredential(ctx: Context, actor: Actor): Credential {
  const as = ctx.by(actor);
  const authority = agentOf(ctx, { userId: actor.id!, name: actor.name });
  const common = { id: actor.via ?? actor.id!, label: actor.name, store: ownStore, authority, authorityKey: authorityKeyOf(authority) };
  if (as.can("records.manage")) return { ...common, scopes: ["all"] };
  if (as.can("records.send")) return { ...common, scopes: ["statements/write", "statements/read/mine", "state"], limits: { agent: identityOf(authority) } };
  throw refuse("forbidden", "This needs the permission records.send.", { data: { permission: "records.send" } });
}
