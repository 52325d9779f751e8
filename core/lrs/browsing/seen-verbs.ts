import type { Context } from "../../kernel/context.ts";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { storable } from "../../http/storable.ts";
import { keyOf } from "../keys.ts";
import type { Telling } from "../mentions.ts";
import { lastPart, wordsIn } from "../sentences.ts";
import type { Members } from "../statement/shape.ts";
import { verbWords } from "../verbs.ts";

/** A verb of stored statements, and how it reads. */
export interface SeenVerb {
  id: string;
  /** As keyOf tells it. */
  key: string;
  label: string;
}

/** Notes verbs that were not seen before; asks the database nothing about those this process has noted. Repeatable. */
export async function noteVerbs(db: Db, statements: readonly Telling[]): Promise<void> {
  const noted = notedOf(db);
  const fresh = new Map<string, { store: number; key: string; id: string; display: string | null }>();
  for (const { store, statement } of statements) {
    const { id, display } = statement.verb as Members & { id: string };
    const words = wordsIn(display);
    const key = keyOf("verb", id);
    if (!noted.has(`${store} ${key}`)) fresh.set(`${store} ${key}`, { store, key, id, display: words === undefined ? null : storable(words) });
  }
  if (fresh.size === 0) return;
  await db.run(sql`
    insert into lrs_verb (store, key, id, display)
    select * from json_to_recordset(${JSON.stringify([...fresh.values()])}::json) as told(store integer, key bigint, id text, display text)
    order by store, key
    on conflict (store, key) do update set display = coalesce(lrs_verb.display, excluded.display)`);
  for (const name of fresh.keys()) noted.add(name);
}

/** The verbs of a store's statements, by how they read. */
export async function seenVerbs(ctx: Context, store: number): Promise<SeenVerb[]> {
  const rows = await ctx.db.rows<{ id: string; key: string; display: string | null }>(sql`select id, key, display from lrs_verb where store = ${store} limit 1000`);
  const words = verbWords(ctx);
  return rows.map(({ id, key, display }) => ({ id, key, label: words.get(id) ?? display ?? lastPart(id) })).sort((one, other) => one.label.localeCompare(other.label));
}

const notes = new WeakMap<Db, Set<string>>();

/** What this process has noted. */
function notedOf(db: Db): Set<string> {
  let noted = notes.get(db);
  if (!noted || noted.size > 20_000) notes.set(db, (noted = new Set()));
  return noted;
}
