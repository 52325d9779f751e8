import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../kernel/context.ts";
import { refuse } from "../../kernel/errors.ts";
import { newId } from "../../kernel/ids.ts";
import { sql } from "../../db/sql.ts";
import { readPage, type PageOf, type PageRequest } from "../../http/paging.ts";
import { audit } from "../../people/index.ts";
import { queueAgain } from "../queue-again.ts";

export const importStates = ["waiting", "running", "done", "failed"] as const;

/** An import of statements from a file, and how far it is. */
export interface RecordImport {
  id: string;
  store: number;
  fileName: string;
  path: string;
  /** Whether the file is ours, to be removed when it is done. */
  kept: boolean;
  sizeBytes: number;
  state: (typeof importStates)[number];
  /** Why it failed. */
  error: string | null;
  /** How much of the file is done. */
  offsetBytes: number;
  lines: number;
  /** Lines that are statements, those that were refused or came before among them. */
  statements: number;
  stored: number;
  /** The same statements were there already. */
  there: number;
  refused: number;
  attachments: number;
  /** Lines that are states and profiles; and of these, as of statements. */
  documents: number;
  documentsStored: number;
  documentsThere: number;
  /** When the source's store had stored the first and the last of them, RFC 3339. */
  storedFrom: string | null;
  storedUntil: string | null;
  /** Who vouched for how many of them there, as a JSON object. */
  authorities: string;
  /** SHA-256 over ids and digests of what was read, and of what the store has of it; when it is done. */
  sourceDigest: string | null;
  targetDigest: string | null;
  /** The same over documents, by what names them. */
  sourceDocuments: string | null;
  targetDocuments: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** Takes an uploaded file and queues its import. @throws no_such_store (404) */
export async function begin(ctx: Context, { store, file, fileName, sizeBytes }: { store: number; file: string; fileName: string; sizeBytes: number }): Promise<RecordImport> {
  const folder = join(ctx.site.dataDir, "imports");
  const id = newId(ctx.now());
  const path = join(folder, `${id}.ndjson`);
  await mkdir(folder, { recursive: true });
  await rename(file, path);
  try {
    return await ctx.transact(async (tx) => {
      const made = await insert(tx, { id, store, fileName, path, kept: true, sizeBytes });
      await tx.enqueue("records.importStatements", { id });
      return made;
    });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** The unfinished import of this very file, or a new one; it is not queued: whoever asked carries it out. @throws no_such_store (404) */
export async function beginOf(ctx: Context, { store, path, fileName }: { store: number; path: string; fileName: string }): Promise<RecordImport> {
  const { size } = await stat(path);
  const begun = await ctx.db.maybe<{ id: string }>(sql`
    select id from lrs_import where store = ${store} and path = ${path} and size_bytes = ${size} and state <> 'done' order by created_at desc limit 1`);
  if (begun) return get(ctx, begun.id);
  return ctx.transact((tx) => insert(tx, { id: newId(ctx.now()), store, fileName, path, kept: false, sizeBytes: size }));
}

/** Queues an import again that failed or was given up. @throws not_found (404), import_done (409) */
export async function goOn(ctx: Context, id: string): Promise<void> {
  if (await queueAgain(ctx, "lrs_import", id)) return;
  await get(ctx, id);
  throw refuse("import_done", "This import is done already.", { status: 409 });
}

/** @throws not_found (404) */
export async function get(ctx: Context, id: string): Promise<RecordImport> {
  const found = await ctx.db.maybe<RecordImport>(sql`select ${columns} from lrs_import where id = ${id}`);
  if (!found) throw refuse("not_found", "There is no such import.", { status: 404 });
  return found;
}

/** The latest first. */
export function list(ctx: Context, page: PageRequest): Promise<PageOf<RecordImport>> {
  return readPage<RecordImport>(page, { columns: [{ column: "id", type: "uuid" }], descending: true, keyOf: ({ id }) => [id] }, (condition, order) => ctx.db.rows(sql`select ${columns} from lrs_import where ${condition} ${order}`));
}

// counts are far below 2^53, and bigint would come as text
const counts = ["size_bytes", "offset_bytes", "lines", "statements", "stored", "there", "refused", "attachments", "documents", "documents_stored", "documents_there"];
const columns = sql.raw(
  `id, store, file_name, path, kept, state, error, stored_from, stored_until, authorities, source_digest, target_digest, source_documents, target_documents, created_at, started_at, finished_at, ${counts.map((name) => `${name}::float8`).join(", ")}`,
);

type NewImport = Pick<RecordImport, "id" | "store" | "fileName" | "path" | "kept" | "sizeBytes">;

async function insert(tx: Context, { id, store, fileName, path, kept, sizeBytes }: NewImport): Promise<RecordImport> {
  const there = await tx.db.maybe(sql`select 1 from lrs_store where id = ${store} and archived_at is null`);
  if (!there) throw refuse("no_such_store", "There is no such store, or it is closed.", { status: 404 });
  await tx.db.run(sql`insert into lrs_import (id, store, file_name, path, kept, size_bytes, created_at) values (${id}, ${store}, ${fileName}, ${path}, ${kept}, ${sizeBytes}, ${tx.now()})`);
  await audit.record(tx, { action: "records.import-begun", subject: { kind: "import", id, name: fileName }, detail: { store, sizeBytes } });
  return get(tx, id);
}
