import type { Context } from "../../kernel/context.ts";
import { CadreError } from "../../kernel/errors.ts";
import type { PageOf } from "../../http/paging.ts";
import { textOf } from "./agents.ts";
import { emptyFilter, queryOf } from "./filter.ts";
import { activitiesOf } from "../keys.ts";
import { definitionsOf } from "../mentions.ts";
import { findStatements, type FoundStatement, type StatementFilter } from "../query/query.ts";
import { sentencesOf, type Sentence } from "../sentences.ts";
import { isObject, type Members } from "../statement/shape.ts";
import { timeOf } from "../statement/timestamps.ts";
import { verbWords } from "../verbs.ts";

/** A stored statement as a line that leads on: to itself, to whom it is about and to what it is about. */
export interface BrowsedStatement extends Omit<Sentence, "raw"> {
  /** When it was stored, RFC 3339 with microseconds. */
  stored: string;
  href: string;
  /** The timelines of its actor and of its object; null where there is none. */
  actorHref: string | null;
  objectHref: string | null;
  verbId: string;
}

/** A page by keyset, the latest stored first. `cursor` is that of the page's neighbours. @throws bad_cursor (400) */
export async function browse(ctx: Context, filter: StatementFilter, { limit, cursor }: { limit: number; cursor?: string }): Promise<PageOf<BrowsedStatement>> {
  const [, towards, seq] = cursor === undefined ? [] : (/^(next|previous)-(\d{1,16})$/.exec(cursor) ?? []);
  if (cursor !== undefined && seq === undefined) throw new CadreError("bad_cursor", "This cursor is none of ours; begin with the first page.", { status: 400 });
  const backwards = towards === "previous";
  const { statements, next } = await findStatements(ctx.db, { ...filter, ascending: backwards }, limit, seq === undefined ? undefined : Number(seq));
  if (backwards) statements.reverse();
  const [first, last] = [statements[0], statements.at(-1)];
  return {
    items: await browsed(ctx, filter.store, statements),
    previous: first && (backwards ? next !== undefined : seq !== undefined) ? `previous-${first.seq}` : null,
    next: last && (backwards || next !== undefined) ? `next-${last.seq}` : null,
  };
}

/** Stored statements as lines, in the order given. */
export async function browsed(ctx: Context, store: number, found: readonly FoundStatement[]): Promise<BrowsedStatement[]> {
  const statements = found.map(({ raw }) => JSON.parse(raw) as Members);
  const nameless = statements.flatMap(activitiesOf).filter(({ definition }) => definition === undefined);
  const definitions = await definitionsOf(ctx.db, store, nameless.map(({ id }) => id as string));
  const sentences = sentencesOf(found, { verbs: verbWords(ctx), definitions });
  return sentences.map(({ raw: _, ...sentence }, index) => {
    const { actor, verb, object } = statements[index] as Record<"actor" | "verb" | "object", Members>;
    return {
      ...sentence,
      stored: timeOf(found[index]!.seq),
      href: statementHref(store, sentence.id),
      actorHref: agentHref(store, actor),
      objectHref: objectHref(store, object),
      verbId: String(verb.id),
    };
  });
}

/** The page of one statement. */
export const statementHref = (store: number, id: string): string => `/admin/records/statements/${id}${queryOf(emptyFilter, { store })}`;

/** The timeline of an agent; null for an anonymous group. */
export function agentHref(store: number, agent: Members): string | null {
  const text = textOf(agent);
  return text === undefined ? null : `/admin/records/agents${queryOf(emptyFilter, { store, agent: text })}`;
}

/** The timeline of an activity. */
export const activityHref = (store: number, id: string): string => `/admin/records/activities${queryOf(emptyFilter, { store, activity: id })}`;

/** Where a statement's object leads to; null for a SubStatement and an anonymous group. */
export function objectHref(store: number, object: unknown): string | null {
  if (!isObject(object)) return null;
  const { objectType = "Activity", id } = object;
  if (objectType === "StatementRef") return statementHref(store, String(id));
  if (objectType === "Agent" || objectType === "Group") return agentHref(store, object);
  return objectType === "Activity" ? activityHref(store, String(id)) : null;
}
