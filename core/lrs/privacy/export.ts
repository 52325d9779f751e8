import type { Context } from "../../kernel/context.ts";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { attachmentsOf } from "../attachments/attachment.ts";
import { attachedTo, piecesOf } from "../attachments/contents.ts";
import { consistentThrough } from "../query.ts";
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
    for await (const batch of documentsOf(db, each, subject, thoroughness)) {
      for (const { kind, id, about, registration, contentType, etag, updated, content } of batch) {
        const told = { store: each, kind, ...(JSON.parse(about) as object), registration: registration ?? undefined, id: id.toString(), contentType, etag, updated, content: content.toString("base64") };
        yield `${JSON.stringify({ document: told })}\n`;
      }
    }
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

/** A line for each content that came with these statements and was not written yet, its base64 piece by piece. */
async function* attachmentLines(db: Db, store: number, statements: readonly { seq: number; raw: string }[], written: Set<string>): AsyncGenerator<string> {
  const links = await attachedTo(db, store, statements.map(({ seq }) => seq));
  for (const { seq, sha2, sizeBytes } of links) {
    if (written.has(sha2)) continue;
    if (written.size > 100_000) written.clear(); // a line that comes twice does no harm
    written.add(sha2);
    const told = attachmentsOf(JSON.parse(statements.find((each) => each.seq === seq)!.raw) as Members).find((each) => each.sha2 === sha2);
    yield `{"attachment":{"sha2":"${sha2}","contentType":${JSON.stringify(told?.attachment.contentType ?? "application/octet-stream")},"content":"`;
    yield* base64Of(piecesOf(db, store, { sha2, sizeBytes }));
    yield '"}}\n';
  }
}

/** Pieces of a whole in base64: three bytes at a time, the rest with the next piece. */
async function* base64Of(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Uint8Array = Buffer.alloc(0);
  for await (const piece of pieces) {
    const all = Buffer.concat([rest, piece]);
    const whole = all.length - (all.length % 3);
    yield all.toString("base64", 0, whole);
    rest = all.subarray(whole);
  }
  yield Buffer.from(rest).toString("base64");
}
