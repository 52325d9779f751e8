import type { Context } from "../../kernel/context.ts";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { attachmentLines } from "../transfers/attached-contents.ts";
import { documentLine } from "../transfers/document-lines.ts";
import { consistentThrough } from "../query/query.ts";
import type { Members } from "../statement/shape.ts";
import { documentsOf } from "./belongings.ts";
import { storesOf } from "./requests.ts";
import { rolesIn } from "./roles.ts";
import { agentKeysOf, candidatesIn, keyedStatements, namedBy, type Thoroughness } from "./search.ts";
import { subjectOf, type Subject } from "./subject.ts";

/**
 * Everything there is of these agents, one thing on each line, as the record store's imports read it: statements to the letter, `{"attachment":{…}}`
 * with the bytes in base64 after the first statement that has them, `{"document":{…}}` with its content in base64, `{"agent":{…}}` with
 * the names they go by. Never more than a batch is in memory.
 */
export async function* everythingOf(ctx: Context, agents: readonly Members[], store: number | null, thoroughness: Thoroughness): AsyncGenerator<string> {
  const subject = subjectOf(agents);
  const { db } = ctx;
  for (const each of await storesOf(ctx, store)) {
    yield* knownLines(db, each, subject);
    const written = new Set<string>();
    for await (const batch of thoroughness === "everywhere" ? namingStatements(db, each, subject) : keyedStatements(db, each, subject)) {
      yield batch.map(({ raw }) => `${raw.replace(/[\r\n]+/g, " ")}\n`).join("");
      yield* attachmentLines(db, each, batch, written);
    }
    for await (const batch of documentsOf(db, each, subject, thoroughness)) for (const document of batch) yield documentLine(each, document);
  }
}

async function* knownLines(db: Db, store: number, subject: Subject): AsyncGenerator<string> {
  const known = await db.rows<{ agent: string; names: string }>(sql`select agent, names from lrs_agent where store = ${store} and key = any(${agentKeysOf(subject)}::bigint[]) order by key`);
  for (const { agent, names } of known) yield `{"agent":{"store":${store},"agent":${agent},"names":${names}}}\n`;
}

async function* namingStatements(db: Db, store: number, subject: Subject): AsyncGenerator<{ seq: number; raw: string }[]> {
  const through = await consistentThrough(db);
  const named = namedBy(subject, "");
  for (let after = 0; after < through; ) {
    const { statements, end } = await candidatesIn(db, { store, after, through }, subject);
    const theirs = statements.filter(({ raw }) => rolesIn(raw, named).size > 0);
    if (theirs.length > 0) yield theirs;
    after = end;
  }
}
