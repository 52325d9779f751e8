import type { Context } from "../../kernel/context.ts";
import { sql } from "../../db/sql.ts";
import type { Members } from "../statement/shape.ts";
import { noRoles, type RoleCounts } from "./report.ts";
import { storesOf } from "./requests.ts";
import { rolesIn } from "./roles.ts";
import { agentKeysOf, countKeyed, keyedStatements, namedBy } from "./search.ts";
import { subjectOf } from "./subject.ts";

/** What the index finds of somebody at once. A run finds more: statements that mention them, and addresses in another case. */
export interface PrivacyPreview {
  statements: number;
  /** Of the first `looked` of these, in each role. */
  byRole: RoleCounts;
  looked: number;
  /** States and agent profiles. */
  documents: number;
  /** Names that statements call them by. */
  names: string[];
}

const lookAtMost = 5_000;

/** Counts what there is of these agents, and changes nothing. @throws no_such_store (404) */
export async function preview(ctx: Context, agents: readonly Members[], store: number | null): Promise<PrivacyPreview> {
  const subject = subjectOf(agents);
  const stores = await storesOf(ctx, store);
  const keys = agentKeysOf(subject);
  const { documents } = await ctx.db.one<{ documents: number }>(sql`select count(*)::integer as documents from lrs_document where store = any(${stores}) and agent = any(${keys}::bigint[])`);
  const known = await ctx.db.rows<{ names: string }>(sql`select names from lrs_agent where store = any(${stores}) and key = any(${keys}::bigint[])`);
  const byRole = noRoles();
  let looked = 0;
  for (const each of stores) {
    if (looked >= lookAtMost) break;
    for await (const batch of keyedStatements(ctx.db, each, subject)) {
      for (const { raw } of batch) for (const role of rolesIn(raw, namedBy(subject, ""))) byRole[role]++;
      looked += batch.length;
      if (looked >= lookAtMost) break;
    }
  }
  return { statements: await countKeyed(ctx.db, stores, subject), byRole, looked, documents, names: [...new Set(known.flatMap(({ names }) => JSON.parse(names) as string[]))] };
}
