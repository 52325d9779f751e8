import type { Context } from "../kernel/context.ts";
import { memoryOf } from "../kernel/memory.ts";
import { sql } from "../db/sql.ts";

/** How much there is in a version. */
export interface Tally {
  items: number;
  /** What the items take together, as far as they say. */
  durationMs: number | null;
}

const none: Tally = { items: 0, durationMs: null };
const known = memoryOf<Tally>(5000);

/**
 * How much there is in each of these versions, all published: those never change, so what was counted once is remembered.
 * One statement, or none.
 */
export async function tallies(ctx: Context, publishedVersionIds: readonly string[]): Promise<(versionId: string) => Tally> {
  const found = new Map<string, Tally>();
  const missing: string[] = [];
  for (const id of publishedVersionIds) {
    const tally = known.get(ctx.site, id);
    if (tally) found.set(id, tally);
    else missing.push(id);
  }
  if (missing.length > 0) {
    const counted = await ctx.db.rows<Tally & { versionId: string }>(sql`
      select version_id, count(*)::int as items, sum(duration_ms)::float8 as duration_ms from item where version_id = any(${missing}::uuid[]) group by version_id`);
    for (const { versionId, ...tally } of counted) {
      found.set(versionId, tally);
      known.set(ctx.site, versionId, tally);
    }
  }
  return (versionId) => found.get(versionId) ?? none;
}
