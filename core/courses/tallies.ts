import type { Context, Site } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";

/** How much there is in a version. */
export interface Tally {
  items: number;
  /** What the items take together, as far as they say. */
  durationMs: number | null;
}

const none: Tally = { items: 0, durationMs: null };
const rememberedAtMost = 5000;
const talliesOf = new WeakMap<Site, Map<string, Tally>>();

/**
 * How much there is in each of these versions, all published: those never change, so what was counted once is remembered.
 * One statement, or none.
 */
export async function tallies(ctx: Context, publishedVersionIds: readonly string[]): Promise<(versionId: string) => Tally> {
  let known = talliesOf.get(ctx.site);
  if (!known || known.size > rememberedAtMost) talliesOf.set(ctx.site, (known = new Map<string, Tally>()));
  const [found, missing] = [known, publishedVersionIds.filter((id) => !known?.has(id))];
  if (missing.length > 0) {
    const counted = await ctx.db.rows<Tally & { versionId: string }>(sql`
      select version_id, count(*)::int as items, sum(duration_ms)::float8 as duration_ms from item where version_id = any(${missing}::uuid[]) group by version_id`);
    for (const id of missing) found.set(id, none);
    for (const { versionId, ...tally } of counted) found.set(versionId, tally);
  }
  return (versionId) => found.get(versionId) ?? none;
}
