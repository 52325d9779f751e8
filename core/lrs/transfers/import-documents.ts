import { createHash } from "node:crypto";
import type { Context } from "../../kernel/context.ts";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { documentExists, findDocument, insertDocument } from "../documents/documents.ts";
import { documentOfForgotten, forgottenAmong } from "../privacy/forgotten.ts";
import type { ReadDocument } from "./document-lines.ts";
import { problemsOf, type LineProblem } from "./import-reading.ts";
import type { RecordImport } from "./imports.ts";

/**
 * Stores the documents of a batch that are not there, each counted once however often it is tried; what is there with other content
 * stays. Answers what is wrong with which.
 */
export async function storeDocuments(ctx: Context, { id, store }: RecordImport, documents: readonly ReadDocument[]): Promise<LineProblem[]> {
  if (documents.length === 0) return [];
  // In one order, so that two who carry the same import wait for each other and never in a circle.
  const ordered = documents.toSorted((one, other) => Buffer.compare(one.place.key, other.place.key));
  return ctx.transact(async (tx) => {
    const forgotten = await forgottenAmong(tx.db, tx.site, store, ordered.flatMap(({ place: { agent } }) => (agent ? [agent] : [])));
    const outcomes: Outcome[] = [];
    for (const document of ordered) {
      const { agent } = document.place;
      outcomes.push(agent && forgotten.has(agent) ? documentOfForgotten("/document/agent") : await storedOne(tx.db, document));
    }
    const fresh = await listed(tx.db, id, ordered);
    const counted = outcomes.filter((_, index) => fresh.delete(ordered[index]!.place.key.toString("hex")));
    const [stored, there] = ["stored", "there"].map((outcome) => counted.filter((each) => each === outcome).length);
    await tx.db.run(sql`update lrs_import set documents_stored = documents_stored + ${stored}, documents_there = documents_there + ${there} where id = ${id}`);
    const problems = outcomes.flatMap((outcome, index) => (outcome instanceof Error ? problemsOf(ordered[index]!.line, null, outcome) : []));
    return problems.sort((one, other) => one.line - other.line);
  });
}

type Outcome = "stored" | "there" | Error;

async function storedOne(db: Db, { place, content }: ReadDocument): Promise<Outcome> {
  if (await insertDocument(db, place, content)) return "stored";
  const there = await findDocument(db, place);
  return there?.contentType === content.contentType && there.content.equals(content.content) ? "there" : documentExists();
}

/** Lists documents beside their import, each once; the keys in hexadecimal of those that were not listed before. */
async function listed(db: Db, importId: string, documents: readonly ReadDocument[]): Promise<Set<string>> {
  const keys = documents.map(({ place: { key } }) => key.toString("hex"));
  const digests = documents.map(({ content: { content, contentType } }) => createHash("sha256").update(`${contentType}\n`).update(content).digest("hex"));
  const rows = await db.rows<{ key: string }>(sql`
    insert into lrs_import_document (import_id, key, digest)
    select ${importId}, decode(key, 'hex'), decode(digest, 'hex') from unnest(${keys}::text[], ${digests}::text[]) as read(key, digest)
    on conflict do nothing returning encode(key, 'hex') as key`);
  return new Set(rows.map(({ key }) => key));
}
