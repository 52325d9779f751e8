import type { Context } from "../kernel/context.ts";
import { memoryOf } from "../kernel/memory.ts";
import { sql } from "../db/sql.ts";

/** A published version as lists show it. */
export interface Overview {
  title: string;
  summary: string;
  /** How many items there are. */
  items: number;
  /** What the items take together, as far as they say. */
  durationMs: number | null;
}

const known = memoryOf<Overview>(5000);

/**
 * What these versions are, each of them published and there: such a version never changes, so what was read once is remembered.
 * One statement, or none.
 */
export async function overviews(ctx: Context, versionIds: readonly string[]): Promise<(versionId: string) => Overview> {
  const found = new Map(versionIds.map((id) => [id, known.get(ctx.site, id)]));
  const missing = [...found.keys()].filter((id) => !found.get(id));
  if (missing.length > 0) {
    const read = await ctx.db.rows<Overview & { id: string }>(sql`
      select version.id, version.title, version.summary, count(item.id)::int as items, sum(item.duration_ms)::float8 as duration_ms
      from course_version version left join item on item.version_id = version.id where version.id = any(${missing}::uuid[]) group by version.id`);
    for (const { id, ...overview } of read) {
      found.set(id, overview);
      known.set(ctx.site, id, overview);
    }
  }
  return (versionId) => found.get(versionId) as Overview;
}
