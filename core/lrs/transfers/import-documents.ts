import { createHash } from "node:crypto";
import type { Context } from "../../kernel/context.ts";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { documentExists, findDocument, insertDocument } from "../documents/documents.ts";
import { forgottenDigest } from "../privacy/subject.ts";
import { refused } from "../refusals.ts";
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
    const forgotten = await forgottenAmong(tx, store, ordered);
    const outcomes: Outcome[] = [];
    for (const document of ordered) outcomes.push(forgotten.has(document) ? ofTheForgotten() : await storedOne(tx.db, document));
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

/** Those whose agent is forgotten, so that no more of them is taken. */
async function forgottenAmong({ site, db }: Context, store: number, documents: readonly ReadDocument[]): Promise<Set<ReadDocument>> {
  const digestOf = ({ place: { agent } }: ReadDocument): string | undefined => agent && forgottenDigest(site, agent)?.toString("hex");
  const digests = [...new Set(documents.map(digestOf))].filter((digest) => digest !== undefined);
  const rows = await db.rows<{ digest: string }>(sql`
    select encode(digest, 'hex') as digest from lrs_forgotten where store = ${store} and digest in (select decode(sought, 'hex') from unnest(${digests}::text[]) as sought)`);
  const forgotten = new Set<string | undefined>(rows.map(({ digest }) => digest));
  return new Set(documents.filter((document) => forgotten.has(digestOf(document))));
}

function ofTheForgotten(): Error {
  return refused("agent_forgotten", "names somebody whose records were erased, and of whom no more are taken", { status: 403, pointer: "/document/agent", clause: "Communication 3.2" });
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
