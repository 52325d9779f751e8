import { Readable } from "node:stream";
import type { Context } from "../../kernel/context.ts";
import { CadreError } from "../../kernel/errors.ts";
import { t } from "../../kernel/schema.ts";
import { sql } from "../../db/sql.ts";
import { csvLine } from "../../http/csv.ts";
import { listReply, pageQuery, pagerOf, type PageRequest } from "../../http/paging.ts";
import { accepted, json, page, redirect, stream, type Reply } from "../../http/reply.ts";
import type { RawRequest, UploadedFile } from "../../http/request.ts";
import type { Route, RouteBuilder } from "../../http/routes.ts";
import type { HttpSettings } from "../../http/settings.ts";
import { formOf, type Form } from "../../pages/form.ts";
import { sizeOf } from "../../pages/words.ts";
import { emptyFilter, filterQuery, queryOf, storesOf } from "../browsing/filter.ts";
import { textOf } from "../browsing/agents.ts";
import { digestOfStore, documentsOfStore } from "./import-digests.ts";
import { importAuthority, problemsAtMost } from "./import.ts";
import type { LineProblem } from "./import-reading.ts";
import * as imports from "./imports.ts";
import { ownStore } from "../stores/own.ts";
import { recordPlaces } from "../places.ts";
import { consistentThrough } from "../query/query.ts";
import { timeOf } from "../statement/timestamps.ts";

const can = "records.import";
const path = "/admin/records/imports";
const ofImport = t.Object({ id: t.Id() });
const inStore = t.Object({ store: filterQuery.store });
const number = t.Integer({ minimum: 0 });
const digest = t.Nullable(t.String({ description: "SHA-256 over “id digest” of each statement, by id." }));
const shape = t.Object({
  id: t.Id(), store: t.Integer(), fileName: t.String(), sizeBytes: number, state: t.Enum(imports.importStates), error: t.Nullable(t.String()), offsetBytes: number, lines: number, statements: number,
  stored: number, there: number, refused: number, attachments: number, documents: number, documentsStored: number, documentsThere: number, storedFrom: t.Nullable(t.Time()), storedUntil: t.Nullable(t.Time()), authorities: t.Record(t.String(), t.Integer()),
  sourceDigest: digest, targetDigest: digest, sourceDocuments: digest, targetDocuments: digest, createdAt: t.Time(), startedAt: t.Nullable(t.Time()), finishedAt: t.Nullable(t.Time()),
});

/** Imports of statements from other stores: begun, watched, reported on. */
export const importRoutes = ({ get, post, page: pageRoute, form }: RouteBuilder): readonly Route[] => [
  pageRoute(path, { can, summary: "Imports of statements, and where to begin one.", query: t.Object(pageQuery) }, (ctx, { query, request }) => importsPage(ctx, query, request)),
  form(
    path,
    { can, summary: "Upload a file of statements to import.", upload: {}, body: inStore, invalid: (ctx, { request }, error) => (byScript(request) ? Promise.reject(error) : importsPage(ctx, firstPage, request, error)) },
    async (ctx, { body: { store }, files, request }) => {
      const { id } = await imports.begin(ctx, { store, ...uploaded(files) });
      return byScript(request) ? json({ location: `${path}/${id}` }, 201) : redirect(`${path}/${id}`);
    },
  ),
  pageRoute(`${path}/:id`, { can, summary: "How an import stands, and what came of it.", params: ofImport }, (ctx, { params }) => importPage(ctx, params.id)),
  form(`${path}/:id/resume`, { can, summary: "Go on with an import that stopped.", params: ofImport, body: t.Object({}) }, async (ctx, { params: { id }, request }) => {
    await imports.goOn(ctx, id);
    request.flash("good", "The import goes on.");
    return redirect(`${path}/${id}`);
  }),
  get("/records/imports", { can, summary: "Imports of statements, the latest first.", query: t.Object(pageQuery), answer: t.Array(shape) }, async (ctx, { query, request }) => listReply(request, await imports.list(ctx, query), shown)),
  post("/records/imports", { can, summary: "Import a file of statements, one on each line (NDJSON).", upload: {}, query: t.Object({ store: filterQuery.store, fileName: t.Optional(t.String({ maxLength: 200, description: "Its name, when the file is the whole body." })) }), answer: shape, status: 202 }, async (ctx, { query: { store }, files }) => {
    const begun = await imports.begin(ctx, { store, ...uploaded(files) });
    return accepted(`/api/v1/records/imports/${begun.id}`, shown(begun));
  }),
  get("/records/imports/:id", { can, summary: "How an import stands, and what came of it.", params: ofImport, answer: shape }, async (ctx, { params }) => shown(await imports.get(ctx, params.id))),
  get("/records/imports/:id/problems.csv", { can, summary: `What was refused, line by line; the first ${problemsAtMost} of it.`, params: ofImport }, async (ctx, { params: { id } }) => {
    await imports.get(ctx, id);
    const rows = (await problems(ctx, id, problemsAtMost)).map(({ line, statementId, code, pointer, message, clause }) => csvLine([line, statementId, code, pointer, message, clause]));
    return stream(Readable.from([csvLine(["Line", "Statement", "Code", "Pointer", "Problem", "Clause"]), ...rows], { objectMode: false }), "text/csv; charset=utf-8").with({ "Content-Disposition": 'attachment; filename="problems.csv"', "Cache-Control": "private, no-store" });
  }),
  get(
    "/records/digest",
    { can: "records.read", summary: "All statements of a store in short, to compare it with another, and all states and profiles: how many, and a SHA-256 over “id digest” of each by id.", query: inStore, answer: t.Object({ statements: number, sha256: t.String(), through: t.Time(), documents: number, documentsSha256: t.String() }) },
    async (ctx, { query: { store } }) => {
      const through = await consistentThrough(ctx.db);
      const [{ count: statements, sha256 }, documents] = [await digestOfStore(ctx.db, store, through), await documentsOfStore(ctx.db, store)];
      return { statements, sha256, through: timeOf(through), documents: documents.count, documentsSha256: documents.sha256 };
    },
  ),
];

const firstPage: PageRequest = { limit: 25 };
const shownProblems = 50;

function uploaded([file]: readonly UploadedFile[]): { file: string; fileName: string; sizeBytes: number } {
  const message = "Choose a file with statements, one on each line.";
  if (!file || file.sizeBytes === 0) throw new CadreError("bad_body", message, { problems: [{ pointer: "/file", code: "bad_body", message }] });
  return { file: file.path, fileName: file.fileName.replace(/\p{Cc}/gu, "").slice(0, 200) || "statements.ndjson", sizeBytes: file.sizeBytes };
}

const byScript = ({ headers: { accept = "" } }: RawRequest): boolean => accept.startsWith("application/json");

function shown({ authorities, path: _, kept: __, ...rest }: imports.RecordImport): object {
  return { ...rest, authorities: JSON.parse(authorities) as object };
}

function problems({ db }: Context, id: string, limit: number): Promise<LineProblem[]> {
  return db.rows(sql`select line::float8, statement_id, code, pointer, message, clause from lrs_import_problem where import_id = ${id} order by line, position limit ${limit}`);
}

async function importsPage(ctx: Context, place: PageRequest, request: RawRequest, error?: CadreError): Promise<Reply> {
  const found = await imports.list(ctx, place);
  const stores = await storesOf(ctx);
  const { maxUploadBytes } = ctx.as("http").config as HttpSettings;
  const form: Form = formOf({ store: String(ownStore) }, error);
  return page("admin/records/imports", {
    page: { title: "Imports", scripts: ["upload.js"] },
    places: recordPlaces(ctx, path),
    form,
    stores: stores.length > 1 ? stores.map(({ id, name }) => ({ value: String(id), label: name })) : [],
    maxSize: sizeOf(maxUploadBytes),
    maxBytes: maxUploadBytes,
    imports: found.items.map((each) => ({ ...each, href: `${path}/${each.id}`, size: sizeOf(each.sizeBytes), status: statusOf(each) })),
    pager: pagerOf(request, found),
  });
}

async function importPage(ctx: Context, id: string): Promise<Reply> {
  const found = await imports.get(ctx, id);
  const [wrong, stores] = [await problems(ctx, id, shownProblems), await storesOf(ctx)];
  const authority = textOf(importAuthority(ctx, found))!;
  const tookMs = found.startedAt && (found.finishedAt ?? ctx.now()).getTime() - found.startedAt.getTime();
  const reply = page("admin/records/import", {
    page: { title: found.fileName, crumbs: [{ label: "Imports", href: path }] },
    places: recordPlaces(ctx, path),
    import: { ...found, size: sizeOf(found.sizeBytes), done: sizeOf(found.offsetBytes), share: found.sizeBytes === 0 ? 1 : found.offsetBytes / found.sizeBytes, status: statusOf(found), store: stores.find(({ id: store }) => store === found.store)?.name ?? String(found.store) },
    under: found.state === "waiting" || found.state === "running",
    repeated: Math.max(0, found.statements - found.stored - found.there - found.refused),
    durationMs: tookMs,
    rate: tookMs && tookMs > 1000 && found.stored > 0 ? Math.round(found.stored / (tookMs / 1000)) : null,
    same: found.sourceDigest === null ? null : found.sourceDigest === found.targetDigest && found.sourceDocuments === found.targetDocuments,
    authorities: Object.entries(JSON.parse(found.authorities) as Record<string, number>).map(([name, count]) => ({ name, count })),
    problems: wrong,
    problemsHref: `/api/v1/records/imports/${id}/problems.csv`,
    broughtHref: `/admin/records/statements${queryOf(emptyFilter, { store: found.store, agent: authority, related: "on" })}`,
  });
  return found.state === "waiting" || found.state === "running" ? reply.with({ Refresh: "2" }) : reply;
}

/** A state as the badge of the same name has it. */
function statusOf({ state, refused }: imports.RecordImport): string {
  if (state === "done") return refused > 0 ? "done-with-problems" : "done";
  return state;
}
