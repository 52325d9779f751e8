import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";
import { readPage, type PageOf, type PageRequest } from "../http/paging.ts";
import { activitiesOf, keyOf } from "./keys.ts";
import { definitionsOf } from "./mentions.ts";
import { ownStore } from "./stores/own.ts";
import { isVoided } from "./query/parts.ts";
import { sentencesOf, type Sentence } from "./sentences.ts";
import type { Members } from "./statement/shape.ts";
import { verbWords } from "./verbs.ts";

/** Whose statements are wanted. */
export interface EventFilter {
  registrations: readonly string[];
  /** Only statements that name this activity, or one whose IRI begins with it. */
  activity?: string;
}

/** The statements of registrations in the site's own store as sentences, the latest stored first; without those that are voided. */
export async function eventsOf(ctx: Context, { registrations, activity }: EventFilter, page: PageRequest): Promise<PageOf<Sentence>> {
  const keys = registrations.map((registration) => keyOf("registration", registration.toLowerCase()));
  const about = activity === undefined ? sql.raw("true") : sql`position(${JSON.stringify(activity).slice(0, -1)} in s.raw) > 0`;
  const found = await readPage<{ seq: string; raw: string }>(page, { columns: [{ column: "k.seq", type: "bigint" }], descending: true, keyOf: ({ seq }) => [seq] }, (condition, order) =>
    ctx.db.rows(sql`
      select k.seq, s.raw from statement_key k join statement s using (store, seq)
      where k.store = ${ownStore} and k.key = any(${keys}::bigint[]) and not ${isVoided} and ${about} and ${condition} ${order}`),
  );
  const named = found.items.flatMap(({ raw }) => activitiesOf(JSON.parse(raw) as Members).filter(({ definition }) => definition === undefined));
  const definitions = await definitionsOf(ctx.db, ownStore, named.map(({ id }) => id as string));
  return { ...found, items: sentencesOf(found.items, { verbs: verbWords(ctx), definitions }) };
}
