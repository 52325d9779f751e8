import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import type { Db } from "../../db/database.ts";
import type { FoundStatement } from "../query/query.ts";
import { read } from "../raw-json.ts";
import type { Members } from "../statement/shape.ts";
import { attachmentsOf } from "./attachment.ts";
import { attachedTo, piecesOf } from "./contents.ts";

/** An answer in multipart/mixed: its Content-Type and its bytes as they come. */
export interface MultipartAnswer {
  contentType: string;
  body: Readable;
}

/**
 * `json` and what came with the statements in it, each attachment's bytes once (Communication 1.5.2). What is in the database is
 * read while the answer is sent; nothing is held open meanwhile.
 */
export async function withAttachments(db: Db, store: number, json: string, statements: readonly FoundStatement[]): Promise<MultipartAnswer> {
  const parts = await partsFor(db, store, statements);
  const boundary = randomUUID();
  async function* written(): AsyncGenerator<Buffer | string> {
    yield `--${boundary}\r\nContent-Type: application/json\r\n\r\n${json}`;
    for (const { headers, ...part } of parts) {
      yield `\r\n--${boundary}\r\n${headers}\r\n\r\n`;
      yield* piecesOf(db, store, part);
    }
    yield `\r\n--${boundary}--\r\n`;
  }
  return { contentType: `multipart/mixed; boundary=${boundary}`, body: Readable.from(written(), { objectMode: false }) };
}

interface AnsweredPart {
  sha2: string;
  sizeBytes: number;
  headers: string;
}

/** Hash and type are written as the first statement that came with the bytes has them. */
async function partsFor(db: Db, store: number, statements: readonly FoundStatement[]): Promise<AnsweredPart[]> {
  const links = await attachedTo(db, store, statements.map(({ seq }) => seq));
  const bySeq = new Map(links.length > 0 ? statements.map(({ seq, raw }) => [seq, raw]) : []);
  const parts = new Map<string, AnsweredPart>();
  for (const { seq, sha2, sizeBytes } of links) {
    if (parts.has(sha2)) continue;
    const told = attachmentsOf(read(bySeq.get(seq)!) as Members).find((one) => one.sha2 === sha2);
    const { contentType = "application/octet-stream", sha2: spelled = sha2 } = (told?.attachment ?? {}) as { contentType?: string; sha2?: string };
    parts.set(sha2, { sha2, sizeBytes, headers: `Content-Type: ${contentType}\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: ${spelled}` });
  }
  return [...parts.values()];
}
