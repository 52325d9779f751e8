import { createHash } from "node:crypto";
import { refuse, type CadreError } from "../../kernel/errors.ts";
import type { Db, Transactions } from "../../db/database.ts";
import { sql, type Sql } from "../../db/sql.ts";
import { bodyTooLarge } from "../refusals.ts";
import { hold, type Conditions, type Tags } from "./conditions.ts";
import { merged, objectText } from "./json.ts";
import { agentKeyOf, type DocumentList, type DocumentPlace } from "./place.ts";

/** What is kept: any bytes, and what their sender says they are. */
export interface Content {
  content: Buffer;
  contentType: string;
}

/** A document as it is; `etag` is the SHA-1 of its content in hexadecimal, without quotes. */
export interface StoredDocument extends Content {
  etag: string;
  updated: Date;
}

/** What a PUT does with a document that is there when it says nothing of its tag. */
export type Unconditional = "replace" | "refuse";

export async function findDocument(db: Db, { store, key }: DocumentPlace): Promise<StoredDocument | undefined> {
  return db.maybe(sql`select content, content_type, etag, updated from lrs_document where store = ${store} and key = ${key}`);
}

/** The ids of a context, each once, and when the latest of them was written. */
export async function listDocuments(db: Db, list: DocumentList): Promise<{ ids: string[]; updated: Date | undefined }> {
  const since = list.since === undefined ? sql.raw("true") : sql`updated > timestamptz 'epoch' + ${list.since}::bigint * interval '1 microsecond'`;
  const rows = await db.rows<{ id: Buffer; updated: Date }>(sql`
    select id, max(updated) as updated from lrs_document where ${within(list)} and ${since} group by id order by id`);
  const latest = rows.reduce((latest, { updated }) => Math.max(latest, updated.getTime()), 0);
  return { ids: rows.map(({ id }) => id.toString()), updated: latest === 0 ? undefined : new Date(latest) };
}

/**
 * Writes a document in one statement, so that of many that want to be first one is.
 * @throws precondition_failed (412), document_exists (409) where it is there and `unconditional` refuses
 */
export async function putDocument(db: Db, place: DocumentPlace, content: Content, conditions: Conditions, unconditional: Unconditional): Promise<void> {
  const written = await db.run(conditions.match === undefined ? inserted(place, content, conditions, unconditional) : updated(place, content, conditions));
  if (written > 0) return;
  throw conditions.match === undefined && conditions.noneMatch === undefined ? documentExists() : preconditionFailed();
}

/**
 * Merges an object into a document, which is locked meanwhile; makes it where there is none (Communication 2.2).
 * @throws not_mergeable (400) unless both are JSON objects, precondition_failed (412), body_too_large (413) when both together are
 */
export async function mergeDocument(db: Transactions, place: DocumentPlace, posted: Content, conditions: Conditions, maxBytes: number): Promise<void> {
  const text = objectText(posted, "What was sent");
  await db.transaction(async (tx) => {
    for (;;) {
      const there = await tx.maybe<StoredDocument>(sql`select content, content_type, etag, updated from lrs_document where store = ${place.store} and key = ${place.key} for update`);
      if (!hold(conditions, there?.etag)) throw preconditionFailed();
      if (there) {
        const content = Buffer.from(merged(objectText(there, "The document that is there"), text));
        if (content.length > maxBytes) throw bodyTooLarge(maxBytes);
        return tx.run(updated(place, { ...there, content }, {}));
      }
      if (await insertDocument(tx, place, posted)) return;
    }
  });
}

/** Makes a document where there is none; false where there is one. */
export async function insertDocument(db: Db, place: DocumentPlace, content: Content): Promise<boolean> {
  return (await db.run(inserted(place, content, { noneMatch: "*" }, "refuse"))) > 0;
}

/** Removes a document, if there is one. @throws precondition_failed (412) */
export async function removeDocument(db: Db, { store, key }: DocumentPlace, conditions: Conditions): Promise<void> {
  const removed = await db.run(sql`delete from lrs_document where store = ${store} and key = ${key} and ${allowed(conditions)}`);
  if (removed > 0 || (conditions.match === undefined && conditions.noneMatch === undefined)) return;
  if (conditions.match !== undefined || (await db.maybe(sql`select from lrs_document where store = ${store} and key = ${key}`))) throw preconditionFailed();
}

/** Removes every document of a context. */
export async function removeDocuments(db: Db, list: DocumentList): Promise<void> {
  await db.run(sql`delete from lrs_document where ${within(list)}`);
}

export function documentExists(): CadreError {
  return refuse("document_exists", "There is such a document. Look at it with GET, and send its ETag as If-Match to replace it.", { status: 409 });
}

function preconditionFailed(): CadreError {
  return refuse("precondition_failed", "The document is not as If-Match or If-None-Match wants it; nothing was changed.", { status: 412 });
}

function inserted(place: DocumentPlace, { content, contentType }: Content, { noneMatch }: Conditions, unconditional: Unconditional): Sql {
  const { store, key, kind, context, registration, activityId, agent, id } = place;
  const about = JSON.stringify({ activityId, agent });
  const replacing = noneMatch === undefined ? sql.raw(unconditional === "replace" ? "true" : "false") : differs(noneMatch);
  return sql`
    insert into lrs_document (store, key, kind, context, registration, id, agent, about, content, content_type, etag)
    values (${store}, ${key}, ${kind}, ${context}, ${registration ?? null}, ${Buffer.from(id)}, ${agentKeyOf(place)}, ${about}, ${content}, ${contentType}, ${etagOf(content)})
    on conflict (store, key) do update set content = excluded.content, content_type = excluded.content_type, etag = excluded.etag, updated = clock_timestamp()
    where ${replacing}`;
}

function updated({ store, key }: DocumentPlace, { content, contentType }: Content, conditions: Conditions): Sql {
  return sql`
    update lrs_document set content = ${content}, content_type = ${contentType}, etag = ${etagOf(content)}, updated = clock_timestamp()
    where store = ${store} and key = ${key} and ${allowed(conditions)}`;
}

/** Of a document that is there. */
function allowed({ match, noneMatch }: Conditions): Sql {
  const same = match === undefined || match === "*" ? sql.raw("true") : sql`lrs_document.etag = any(${match}::text[])`;
  return noneMatch === undefined ? same : sql`${same} and ${differs(noneMatch)}`;
}

function differs(tags: Tags): Sql {
  return tags === "*" ? sql.raw("false") : sql`lrs_document.etag <> all(${tags}::text[])`;
}

function within({ store, context, registration }: DocumentList): Sql {
  const ofContext = sql`store = ${store} and context = ${context}`;
  return registration === undefined ? ofContext : sql`${ofContext} and registration = ${registration}`;
}

function etagOf(content: Buffer): string {
  return createHash("sha1").update(content).digest("hex");
}
