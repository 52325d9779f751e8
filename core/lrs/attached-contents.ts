import { createHash } from "node:crypto";
import type { Db } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { StoredStatement } from "./ingest.ts";
import type { PreparedStatement } from "./prepare.ts";
import type { FoundStatement } from "./query.ts";
import { isObject, type Members } from "./statement/shape.ts";

/** What a statement says of an attachment. */
export interface ToldAttachment {
  /** In lower case. */
  sha2: string;
  contentType: string;
  /** False when it can be had elsewhere: it has a `fileUrl`. */
  needed: boolean;
}

/** The attachments of a valid statement, those of its SubStatement included (Data 2.4.11). */
export function attachmentsIn({ attachments = [], object }: Members): ToldAttachment[] {
  const own = (attachments as Members[]).map(({ sha2, contentType, fileUrl }) => ({ sha2: String(sha2).toLowerCase(), contentType: String(contentType), needed: fileUrl === undefined }));
  return isObject(object) && object.objectType === "SubStatement" ? [...own, ...attachmentsIn(object)] : own;
}

// a multiple of 3, so that pieces of base64 make a whole
const pieceBytes = 768 * 1024;

/** A line for each content that came with these statements and is not in `written`: `{"attachment":{…}}`, its base64 piece by piece. */
export async function* attachmentLines(db: Db, store: number, statements: readonly FoundStatement[], written: Set<string>): AsyncGenerator<string> {
  const types = new Map(statements.filter(({ raw }) => raw.includes('"attachments"')).flatMap(({ raw }) => attachmentsIn(JSON.parse(raw) as Members).map(({ sha2, contentType }) => [sha2, contentType])));
  if (types.size === 0) return;
  const there = await db.rows<{ sha2: string; sizeBytes: number }>(sql`select sha2, size_bytes from lrs_attachment where store = ${store} and sha2 = any(${[...types.keys()]}::text[]) order by sha2`);
  for (const { sha2, sizeBytes } of there) {
    if (written.has(sha2)) continue;
    if (written.size > 100_000) written.clear(); // a line that comes twice does no harm
    written.add(sha2);
    yield `{"attachment":{"sha2":"${sha2}","contentType":${JSON.stringify(types.get(sha2))},"content":"`;
    for (let from = 0; from < sizeBytes; from += pieceBytes) {
      const { piece } = await db.one<{ piece: Buffer }>(sql`select substring(content from ${from + 1}::integer for ${pieceBytes}::integer) as piece from lrs_attachment where store = ${store} and sha2 = ${sha2}`);
      yield piece.toString("base64");
    }
    yield '"}}\n';
  }
}

/** Keeps contents that statements to come will tell of; the same twice is kept once. */
export async function keepContents(db: Db, store: number, contents: readonly { sha2: string; content: Buffer }[]): Promise<void> {
  for (const { sha2, content } of contents) {
    await db.run(sql`insert into lrs_attachment (store, sha2, size_bytes, content) values (${store}, ${sha2}, ${content.length}, ${content}) on conflict do nothing`);
  }
}

/** Joins stored statements to the contents they tell of; answers which of these are nowhere to be had, by the statement's position. */
export async function joinContents(db: Db, store: number, prepared: readonly PreparedStatement[], stored: readonly StoredStatement[]): Promise<{ position: number; sha2: string }[]> {
  const told = prepared.flatMap(({ statement }, position) => attachmentsIn(statement).map((one) => ({ ...one, position, seq: stored[position]!.seq })));
  if (told.length === 0) return [];
  await db.run(sql`
    insert into statement_attachment (store, seq, sha2)
    select distinct store, told.seq, sha2 from unnest(${told.map(({ seq }) => seq)}::bigint[], ${told.map(({ sha2 }) => sha2)}::text[]) as told(seq, sha2)
    join lrs_attachment using (sha2) where store = ${store}
    on conflict do nothing`);
  const there = await db.rows<{ sha2: string }>(sql`select sha2 from lrs_attachment where store = ${store} and sha2 = any(${told.map(({ sha2 }) => sha2)}::text[])`);
  const known = new Set(there.map(({ sha2 }) => sha2));
  return told.filter(({ sha2, needed }) => needed && !known.has(sha2)).map(({ position, sha2 }) => ({ position, sha2 }));
}

const algorithms: Record<number, string> = { 56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512" };

/** Whether bytes have this SHA-2, told by its length: SHA-224, 256, 384 or 512. */
export function hasHash(content: Buffer, sha2: string): boolean {
  const algorithm = algorithms[sha2.length];
  return algorithm !== undefined && createHash(algorithm).update(content).digest("hex") === sha2.toLowerCase();
}
