import { rm, stat } from "node:fs/promises";
import type { Context } from "../../kernel/context.ts";
import { CadreError, isCadreError } from "../../kernel/errors.ts";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { storable } from "../../http/storable.ts";
import { joinContents, keepContents } from "./attached-contents.ts";
import { admitted } from "../hooks.ts";
import type { ReadDocument } from "./document-lines.ts";
import { digestOfSource, digestOfTarget, documentsOfSource, documentsOfTarget } from "./import-digests.ts";
import { storeDocuments } from "./import-documents.ts";
import { ahead, inOrder, linesOf, until, type FileLine, type Lanes } from "./import-lines.ts";
import { problemsOf, readLine, type LineProblem, type ReadAttachment, type ReadStatement } from "./import-reading.ts";
import { get, type RecordImport } from "./imports.ts";
import { storePrepared } from "../ingest/ingest.ts";
import type { PreparedStatement, Reception } from "../ingest/prepare.ts";
import { recordsOf } from "../records.ts";
import type { Members } from "../statement/shape.ts";
import { microsecondsOf, timeOf, timestampOf } from "../statement/timestamps.ts";

const batchLines = 500;
const batchBytes = 8 * 1024 ** 2;
const maxLineBytes = 128 * 1024 ** 2;
/** Of an import; more are counted and not listed. */
export const problemsAtMost = 10_000;
const authoritiesAtMost = 20;
/** The one problem of a statement that is stored all the same. */
const missingContent = "attachment_missing";

/** Who vouches for what an import brings: every import by itself, so that it can be found again by who vouched. */
export function importAuthority({ site }: Context, { id, fileName }: Pick<RecordImport, "id" | "fileName">): Members {
  return { objectType: "Agent", name: `Import of ${fileName}`, account: { homePage: site.url, name: `import-${id}` } };
}

/** How far an import was carried: to its end, for now, or no further because another process carries it. */
export type Carried = "done" | "enough" | "elsewhere";

/**
 * Carries an import on from where it stands, until it is done or `enough` says so between two batches. What is done survives anything:
 * statements are stored and counted in one transaction, the place in the file moves after them, and a batch that is begun again finds
 * its statements there. @throws import_file_missing (500), what the database throws
 */
export async function carryOn(ctx: Context, importId: string, enough: () => boolean = () => false): Promise<Carried> {
  const found = await get(ctx, importId);
  if (found.state === "done") return "done";
  const size = await stat(found.path).then(({ size: bytes }) => bytes, () => undefined);
  if (size !== found.sizeBytes) throw await failed(ctx, found, size === undefined ? "Its file is gone." : "Its file has changed since it was begun.");
  await ctx.db.run(sql`update lrs_import set state = 'running', error = null, started_at = coalesce(started_at, ${ctx.now()}) where id = ${importId}`);
  await recordsOf(ctx).room.ensure(ctx.db, [found.store]);
  const reception = { store: found.store, authority: importAuthority(ctx, found) };
  let from = found.offsetBytes;
  let kept = Promise.resolve();
  const store = async (batch: Batch): Promise<LineProblem[]> => {
    await (kept = kept.then(() => keepContents(ctx.db, found.store, batch.attachments))); // before the statements of every later batch
    return storeAll(ctx, found, batch.statements);
  };
  // the next batch is read and checked while PostgreSQL stores those before it
  const batches = ahead(batchesOf(linesOf(found.path, { offset: from, lines: found.lines }, maxLineBytes), reception));
  let stopped = false;
  for await (const [batch, refused] of inOrder(until(batches, () => (stopped = enough())), store, lanes)) {
    const problems = [...batch.problems, ...refused, ...(await storeDocuments(ctx, found, batch.documents))];
    const moved = await note(ctx, found, from, { ...batch, problems });
    recordsOf(ctx).announce();
    if (!moved) return "elsewhere";
    from = batch.end;
  }
  if (stopped) return "enough";
  await finish(ctx, found);
  return "done";
}

/** Two batches are stored at once, on a processor each, unless one has an id of the other's: of those, the first counts. */
const lanes: Lanes<Batch> = { count: 2, apart: (one, other) => other.statements.some(({ prepared: { id } }) => one.ids.has(id)) };

/** Some lines of a file, read and checked. */
interface Batch {
  statements: ReadStatement[];
  ids: Set<string>;
  attachments: ReadAttachment[];
  documents: ReadDocument[];
  problems: LineProblem[];
  /** The number of the last line, and where the next one begins. */
  lines: number;
  end: number;
}

const emptyBatch = (): Batch => ({ statements: [], ids: new Set(), attachments: [], documents: [], problems: [], lines: 0, end: 0 });

async function* batchesOf(lines: AsyncIterable<FileLine>, reception: Omit<Reception, "version">): AsyncGenerator<Batch> {
  let batch = emptyBatch();
  let [count, bytes] = [0, 0];
  for await (const line of lines) {
    const read = await readLine(line, reception);
    if (read.statement) {
      batch.statements.push(read.statement);
      batch.ids.add(read.statement.prepared.id);
    }
    if (read.attachment) batch.attachments.push(read.attachment);
    if (read.document) batch.documents.push(read.document);
    if (read.problems) batch.problems.push(...read.problems);
    [batch.lines, batch.end] = [line.number, line.end];
    bytes += line.bytes.length;
    if (++count < batchLines && bytes < batchBytes) continue;
    yield batch;
    batch = emptyBatch();
    [count, bytes] = [0, 0];
  }
  if (count > 0) yield batch;
}

/** Stores statements together; where that is refused, each half by itself, so that only those are left out that are to blame. Answers what is wrong with these. */
async function storeAll(ctx: Context, found: RecordImport, statements: readonly ReadStatement[]): Promise<LineProblem[]> {
  if (statements.length === 0) return [];
  try {
    return await storeTogether(ctx, found, statements);
  } catch (error) {
    if (!isCadreError(error) || error.status >= 500) throw error;
    const [only] = statements;
    if (statements.length === 1) {
      await listed(ctx.db, found.id, [only!.prepared], [false]); // the source has it, and the store another or none
      return problemsOf(only!.line, only!.prepared.id, error);
    }
    const middle = statements.length >> 1;
    return [...(await storeAll(ctx, found, statements.slice(0, middle))), ...(await storeAll(ctx, found, statements.slice(middle)))];
  }
}

async function storeTogether(ctx: Context, { id, store, fileName }: RecordImport, statements: readonly ReadStatement[]): Promise<LineProblem[]> {
  const reception = { store, version: "2.0.0", authority: importAuthority(ctx, { id, fileName }) } as const;
  const prepared = await admitted(ctx, statements.map((one) => one.prepared), reception, { id, label: `Import of ${fileName}` });
  return ctx.transact(async ({ db }) => {
    const stored = await storePrepared(db, prepared);
    const missing = await joinContents(db, store, prepared, stored);
    await recordsOf(ctx).forgotten.hold(db, prepared, stored);
    const { fresh, there } = await listed(db, id, prepared, stored.map(({ fresh }) => fresh));
    await db.run(sql`update lrs_import set stored = stored + ${fresh}, there = there + ${there} where id = ${id}`);
    return missing.map(({ position, sha2 }) => ({ line: statements[position]!.line, statementId: prepared[position]!.id, code: missingContent, pointer: "/attachments", message: `The statement is stored, but the content of its attachment ${sha2} was in no line before it.`, clause: "Communication 1.5.2" }));
  });
}

/** Lists statements beside their import, each once; how many of those that were not listed before were new, and how many there already. */
function listed(db: Db, importId: string, prepared: readonly PreparedStatement[], fresh: readonly boolean[]): Promise<{ fresh: number; there: number }> {
  return db.one(sql`
    with sent as (
      select distinct on (id) id, decode(digest, 'hex') as digest, fresh
      from unnest(${prepared.map(({ id }) => id)}::uuid[], ${prepared.map(({ digest }) => digest.toString("hex"))}::text[], ${[...fresh]}::boolean[]) as sent(id, digest, fresh)
      order by id, fresh desc
    ), listed as (
      insert into lrs_import_statement (import_id, id, digest) select ${importId}, id, digest from sent on conflict do nothing returning id
    )
    select count(*) filter (where fresh)::int as fresh, count(*) filter (where not fresh)::int as there from listed join sent using (id)`);
}

/** Moves the place in the file past a batch, with what there is to say of it; false when it has been moved by somebody else. */
async function note(ctx: Context, { id }: RecordImport, from: number, { statements, attachments, documents, problems, lines, end }: Batch): Promise<boolean> {
  const refused = new Set(problems.filter(({ code }) => code !== missingContent).map(({ line }) => line)).size;
  return ctx.transact(async ({ db }) => {
    const row = await db.maybe<{ authorities: string; storedFrom: string | null; storedUntil: string | null; problems: number }>(sql`
      select authorities, stored_from, stored_until, (select count(*)::int from lrs_import_problem where import_id = ${id}) as problems
      from lrs_import where id = ${id} and offset_bytes = ${from} for no key update`);
    if (!row) return false;
    const times = statements.flatMap(({ stored }) => (stored !== null && timestampOf(stored) ? [timeOf(microsecondsOf(timestampOf(stored)!))] : []));
    const [storedFrom = null] = [row.storedFrom, ...times].filter((time) => time !== null).sort();
    const storedUntil = [row.storedUntil, ...times].filter((time) => time !== null).sort().at(-1) ?? null;
    await db.run(sql`
      update lrs_import set offset_bytes = ${end}, lines = ${lines}, statements = statements + ${statements.length}, refused = refused + ${refused}, attachments = attachments + ${attachments.length}, documents = documents + ${documents.length},
        authorities = ${JSON.stringify(counted(JSON.parse(row.authorities) as Record<string, number>, statements))}, stored_from = ${storedFrom}, stored_until = ${storedUntil}
      where id = ${id}`);
    const shown = problems.slice(0, Math.max(0, problemsAtMost - row.problems)).map((problem, position) => ({ ...problem, position, ...told(problem) }));
    await db.run(sql`
      insert into lrs_import_problem (import_id, line, position, statement_id, code, pointer, message, clause)
      select ${id}, line, position, "statementId", code, pointer, message, clause
      from json_to_recordset(${JSON.stringify(shown)}::json)
        as told(line bigint, position integer, "statementId" text, code text, pointer text, message text, clause text)`);
    return true;
  });
}

/** What a line's own words are in, as a table can hold it. */
const told = ({ statementId, pointer, message }: LineProblem) => ({ statementId: statementId && storable(statementId), pointer: storable(pointer), message: storable(message) });

/** Who vouched for how many; of many different ones the rest together. */
function counted(authorities: Record<string, number>, statements: readonly ReadStatement[]): Record<string, number> {
  const counts = new Map(Object.entries(authorities));
  for (const { authority } of statements) {
    const name = authority ?? "Nobody";
    const known = counts.has(name) || counts.size < authoritiesAtMost ? name : "Others";
    counts.set(known, (counts.get(known) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** Compares what was read with what is there, and forgets the lists. */
async function finish(ctx: Context, { id, store, path, kept }: RecordImport): Promise<void> {
  const [source, target] = [await digestOfSource(ctx.db, id), await digestOfTarget(ctx.db, id, store)];
  const [readDocuments, keptDocuments] = [await documentsOfSource(ctx.db, id), await documentsOfTarget(ctx.db, id, store)];
  await ctx.transact(async ({ db }) => {
    await db.run(sql`
      update lrs_import set state = 'done', source_digest = ${source.sha256}, target_digest = ${target.sha256}, source_documents = ${readDocuments.sha256}, target_documents = ${keptDocuments.sha256},
        finished_at = ${ctx.now()}
      where id = ${id} and state <> 'done'`);
    await db.run(sql`delete from lrs_import_statement where import_id = ${id}`);
    await db.run(sql`delete from lrs_import_document where import_id = ${id}`);
  });
  if (kept) await rm(path, { force: true });
}

async function failed(ctx: Context, { id }: RecordImport, message: string): Promise<CadreError> {
  await ctx.db.run(sql`update lrs_import set state = 'failed', error = ${message} where id = ${id}`);
  return new CadreError("import_file_missing", message, { status: 500 });
}
