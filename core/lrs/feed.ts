import type { Context } from "../kernel/context.ts";
import { messageOf } from "../kernel/errors.ts";
import { t } from "../kernel/schema.ts";
import { announce, type FeedSource } from "../db/feeds.ts";
import { sql } from "../db/sql.ts";
import { keyOf } from "./keys.ts";
import type { Telling } from "./mentions.ts";
import { read } from "./raw-json.ts";
import type { Members } from "./statement/shape.ts";

/** A stored statement as readers of the feed `statements` get it. */
export interface FedStatement {
  /** The store's number; 1 is the site's own. */
  store: number;
  /** Microseconds since 1970: when it was stored, unique and rising. */
  seq: number;
  stored: Date;
  /** Whether its key may define activities. */
  defines: boolean;
  statement: Members;
  /** Its JSON text, to the letter. */
  raw: string;
}

declare module "../db/feeds.ts" {
  interface FeedCatalogue {
    statements: { item: FedStatement; options: { verbs?: readonly string[] } };
  }
}

/** Every xAPI statement that is stored, by whomever; voided ones and those that void are among them. */
export const statementSource: FeedSource<{ verbs?: readonly string[] }, FedStatement> = {
  summary: "Every xAPI statement that was stored; `verbs` are the IRIs of those wanted.",
  options: t.Object({ verbs: t.Optional(t.Array(t.String(), { minItems: 1 })) }),
  select: ({ verbs }) => {
    const keys = (verbs ?? []).map((verb) => keyOf("verb", verb));
    const wanted = verbs === undefined ? sql.raw("true") : sql`exists (select from statement_key k where k.store = s.store and k.seq = s.seq and k.key = any(${keys}::bigint[]) offset 0)`;
    return sql`select s.tx, s.seq, s.store, s.stored, s.defines, s.raw from statement s where ${wanted}`;
  },
  item: ({ store, seq, stored, defines, raw }: { store: number; seq: string; stored: Date; defines: boolean; raw: string }) => ({ store, seq: Number(seq), stored, defines, raw, statement: JSON.parse(raw) as Members }),
};

const announceAfterMs = 50;

/**
 * Wakes the feed's readers a moment after the call, once for all calls of that moment. Not with the transaction: PostgreSQL lets
 * commits that notify go one after the other only. What is missed this way is found by the readers' own polling.
 */
export function announcer(ctx: Context): { soon(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const now = (): void => {
    timer = undefined;
    announce(ctx.db, "statements").catch((error: unknown) => ctx.log.warn({ error }, `readers of statements could not be woken: ${messageOf(error)}`));
  };
  return {
    soon: () => void (timer ??= setTimeout(now, announceAfterMs).unref()),
    stop: () => clearTimeout(timer),
  };
}

/** What mergeMentions is told. */
export const tellingOf = ({ store, seq, defines, raw }: FedStatement): Telling => ({ store, seq, defines, statement: read(raw) as Members });
