import type { Context } from "../kernel/context.ts";
import { storeStatements, type StoredStatement } from "./ingest.ts";

/** The store that the site itself writes to. */
export const ownStore = 1;

/** The agent of one of our people, as every statement of ours names them: an account at this site, never an address. */
export function agentOf(ctx: Context, person: { userId: string; name: string }): { objectType: "Agent"; name: string; account: { homePage: string; name: string } } {
  return { objectType: "Agent", name: person.name, account: { homePage: ctx.site.url, name: person.userId } };
}

/** Stores statements on the site's own word, with the caller's transaction. @throws invalid_statements, statement_conflict */
export function tell(ctx: Context, statements: readonly object[]): Promise<StoredStatement[]> {
  const authority = { objectType: "Agent", name: ctx.site.name, account: { homePage: ctx.site.url, name: "cadre" } };
  return storeStatements(ctx.db, statements, { store: ownStore, version: "1.0.3", authority });
}
