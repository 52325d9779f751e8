import type { Context, Site } from "../../kernel/context.ts";
import { admitted } from "../hooks.ts";
import { storePrepared, type StoredStatement } from "../ingest/ingest.ts";
import { prepareStatements, type Reception } from "../ingest/prepare.ts";
import { recordsOf } from "../records.ts";

/** The store that the site itself writes to. */
export const ownStore = 1;

/** The agent of one of our people, as every statement of ours names them: an account at this site, never an address. */
export function agentOf(ctx: Context, person: { userId: string; name: string }): { objectType: "Agent"; name: string; account: { homePage: string; name: string } } {
  return { objectType: "Agent", name: person.name, account: { homePage: ctx.site.url, name: person.userId } };
}

/**
 * Stores statements on the site's own word, with the caller's transaction; hooks are asked as about anybody's.
 * @throws invalid_statements, statement_conflict, the refusal of a guard
 */
export async function tell(ctx: Context, statements: readonly object[]): Promise<StoredStatement[]> {
  const reception = { store: ownStore, version: "1.0.3", authority: authorityOf(ctx.site) } as const;
  await recordsOf(ctx).room.ensure(ctx.db, [ownStore]);
  const prepared = await admitted(ctx, prepareStatements(statements, reception), reception, null);
  const stored = await storePrepared(ctx.db, prepared);
  await recordsOf(ctx).forgotten.hold(ctx.db, prepared, stored);
  ctx.afterCommit(() => recordsOf(ctx).announce());
  return stored;
}

const authorities = new WeakMap<Site, Reception["authority"]>();

/** The site's own word; always the same object, of which text and key are then known. */
function authorityOf(site: Site): Reception["authority"] {
  let authority = authorities.get(site);
  if (!authority) authorities.set(site, (authority = { objectType: "Agent", name: site.name, account: { homePage: site.url, name: "cadre" } }));
  return authority;
}
