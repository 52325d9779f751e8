import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { attachmentsOf } from "../attachments/attachment.ts";
import { attachedTo, piecesOf } from "../attachments/contents.ts";
import type { StoredStatement } from "../ingest/ingest.ts";
import type { PreparedStatement } from "../ingest/prepare.ts";
import type { FoundStatement } from "../query/query.ts";
import type { Members } from "../statement/shape.ts";

/** A line for each content that came with these statements and is not in `written`: `{"attachment":{…}}`, its base64 piece by piece. */
export async function* attachmentLines(db: Db, store: number, statements: readonly FoundStatement[], written: Set<string>): AsyncGenerator<string> {
  const types = new Map(statements.filter(({ raw }) => raw.includes('"attachments"')).flatMap(({ raw }) => attachmentsOf(JSON.parse(raw) as Members).map(({ sha2, attachment }) => [sha2, attachment.contentType])));
  if (types.size === 0) return;
  for (const { sha2, sizeBytes } of await attachedTo(db, store, statements.map(({ seq }) => seq))) {
    if (written.has(sha2)) continue;
    if (written.size > 100_000) written.clear(); // a line that comes twice does no harm
    written.add(sha2);
    yield `{"attachment":{"sha2":"${sha2}","contentType":${JSON.stringify(types.get(sha2))},"content":"`;
    for await (const piece of piecesOf(db, store, { sha2, sizeBytes })) yield piece.toString("base64");
    yield '"}}\n';
  }
}

/** Keeps contents that statements to come will tell of; the same twice is kept once. */
export async function keepContents(db: Db, store: number, contents: readonly { sha2: string; content: Buffer }[]): Promise<void> {
  for (const { sha2, content } of contents) {
    await db.run(sql`insert into lrs_attachment (store, sha2, size_bytes, content) values (${store}, ${sha2}, ${content.length}, ${content}) on conflict do nothing`);
  }
}

/** Joins stored statements to the contents they tell of, but for those that were erased; answers which contents are nowhere to be had, by the statement's position. */
export async function joinContents(db: Db, store: number, prepared: readonly PreparedStatement[], stored: readonly StoredStatement[]): Promise<{ position: number; sha2: string }[]> {
  const told = prepared.flatMap(({ statement }, position) => attachmentsOf(statement).map(({ sha2, attachment }) => ({ sha2, needed: attachment.fileUrl === undefined, position, seq: stored[position]!.seq })));
  if (told.length === 0) return [];
  await db.run(sql`
    insert into statement_attachment (store, seq, sha2)
    select distinct store, told.seq, sha2 from unnest(${told.map(({ seq }) => seq)}::bigint[], ${told.map(({ sha2 }) => sha2)}::text[]) as told(seq, sha2)
    join lrs_attachment using (sha2) where store = ${store} and exists (select from statement s where s.store = ${store} and s.seq = told.seq offset 0)
    on conflict do nothing`);
  const there = await db.rows<{ sha2: string }>(sql`select sha2 from lrs_attachment where store = ${store} and sha2 = any(${told.map(({ sha2 }) => sha2)}::text[])`);
  const known = new Set(there.map(({ sha2 }) => sha2));
  return told.filter(({ sha2, needed }) => needed && !known.has(sha2)).map(({ position, sha2 }) => ({ position, sha2 }));
}
