import type { Context } from "../../kernel/context.ts";
import { sql } from "../../db/sql.ts";
import { keyOf, type KeyKind } from "../keys.ts";
import { seenVerbs, type SeenVerb } from "./seen-verbs.ts";

/** How often each verb is among the latest statements under one key, the most frequent first. */
export interface VerbCounts {
  /** How many statements were looked at: all there are, or `countedAtMost`. */
  counted: number;
  verbs: (SeenVerb & { count: number })[];
}

export const countedAtMost = 1000;
const verbsAtMost = 60;

/** Counts verbs among the latest statements of an agent or activity: a look into the index for each of them and each verb, and no more. Voided ones count. */
export async function verbCounts(ctx: Context, store: number, kind: KeyKind, value: string): Promise<VerbCounts> {
  const verbs = (await seenVerbs(ctx, store)).slice(0, verbsAtMost);
  const rows = await ctx.db.rows<{ key: string | null; count: number }>(sql`
    with latest as materialized (
      select seq from statement_key where store = ${store} and key = ${keyOf(kind, value)} order by seq desc limit ${countedAtMost}
    )
    select null::bigint as key, count(*)::int from latest
    union all
    select verb.key, found.count from unnest(${verbs.map(({ key }) => key)}::bigint[]) as verb(key) cross join lateral (
      select count(*)::int from latest where exists (select from statement_key k where k.store = ${store} and k.key = verb.key and k.seq = latest.seq offset 0)
    ) as found where found.count > 0`);
  const counts = new Map(rows.map(({ key, count }) => [key, count]));
  return {
    counted: counts.get(null) ?? 0,
    verbs: verbs.flatMap((verb) => (counts.has(verb.key) ? [{ ...verb, count: counts.get(verb.key)! }] : [])).sort((one, other) => other.count - one.count),
  };
}
