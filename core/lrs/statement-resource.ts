import type { Db, Transactions } from "../db/database.ts";
import { CadreError } from "../kernel/errors.ts";
import { withHeaders } from "../http/problems.ts";
import { coalescer } from "./coalesce.ts";
import { keysWithin, requireStatementsWithin } from "./credential-limits.ts";
import { allows, mayDefine, requireScope, type Credential } from "./credentials.ts";
import { storePrepared, type StoredStatement } from "./ingest.ts";
import { activitiesOf } from "./keys.ts";
import { definitionsOf } from "./mentions.ts";
import { moreOf, questionOf, type StatementQuestion } from "./parameters.ts";
import { prepareText, type PreparedStatement, type Reception } from "./prepare.ts";
import { canonical, idsOnly, type Format } from "./present.ts";
import { read, written } from "./raw-json.ts";
import { createRoom, type Room } from "./room.ts";
import { consistentThrough, findStatement, findStatements, type FoundStatement, type StatementFilter } from "./query.ts";
import { isUuid } from "./statement/formats.ts";
import type { Members } from "./statement/shape.ts";
import { timeOf } from "./statement/timestamps.ts";
import type { XapiVersion } from "./statement/versions.ts";

/** A request of the Statement Resource, its credential checked and its version told. */
export interface StatementRequest {
  /** Where the resource is, for `more`: `/xapi/statements`. */
  path: string;
  parameters: URLSearchParams;
  version: XapiVersion;
  credential: Credential;
  acceptLanguage?: string;
}

/** The same with statements in its body. */
export interface StatementSending extends StatementRequest {
  contentType: string | undefined;
  body: Uint8Array;
  /** Has the last word on the statements before they are stored; they are as they came, unless told. */
  admit?(statements: PreparedStatement[]): Promise<PreparedStatement[]>;
}

export interface XapiAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface StatementResource {
  /** One statement or several. @throws invalid_statements (400), statement_conflict (409), scope_missing (403) and more of 4xx */
  post(request: StatementSending): Promise<XapiAnswer>;
  /** One statement under the id in `statementId`. @throws as `post` */
  put(request: StatementSending): Promise<XapiAnswer>;
  /** One statement or a page; HEAD is the same without the body. @throws invalid_parameters (400), no_such_statement (404) */
  get(request: StatementRequest): Promise<XapiAnswer>;
}

export interface StatementResourceOptions {
  db: Transactions;
  /** Sessions that see these stores alone; `db` unless told. */
  within?(stores: readonly number[]): Transactions;
  room?: Room;
  /** Statements on one page at most, and where no limit is asked for; 250 unless told. */
  pageSize?: number;
  /** Called when statements were stored. */
  onStored?(): void;
}

/** The Statement Resource (Communication 2.1): statements in and out, without HTTP's own concerns. */
export function statementResource({ db, within = () => db, room = createRoom(), pageSize = 250, onStored }: StatementResourceOptions): StatementResource {
  const storeNow = storing(within, room);
  const store = async (text: string, request: StatementSending): Promise<StoredStatement[]> => {
    const prepared = prepareText(text, receptionOf(request));
    requireStatementsWithin(request.credential, prepared, text);
    const stored = await storeNow(request.admit ? await request.admit(prepared) : prepared);
    onStored?.();
    return stored;
  };
  return {
    async post(request) {
      requireScope(request.credential, "statements/write");
      if (request.parameters.size > 0) throw wrongRequest(`POST takes no parameter ${[...request.parameters.keys()].join(", ")}.`);
      const stored = await store(bodyText(request), request);
      return answer(JSON.stringify(stored.map(({ id }) => id)));
    },
    async put(request) {
      requireScope(request.credential, "statements/write");
      const [name, ...others] = request.parameters.keys();
      const id = request.parameters.get("statementId");
      if (name !== "statementId" || others.length > 0 || !isUuid(id!)) throw wrongRequest("PUT takes the parameter statementId, a UUID, and no other.");
      await store(withId(bodyText(request), id!), request);
      return { status: 204, headers: {}, body: "" };
    },
    async get(request) {
      requireScope(request.credential, "statements/read/mine");
      const own = within([request.credential.store]);
      // Told in refusals too: what is not found now may have been stored since (Communication 2.1.3).
      const through = { "X-Experience-API-Consistent-Through": timeOf(await consistentThrough(own)) };
      const found = await asked(own, request, pageSize).catch((error: unknown) => Promise.reject(withHeaders(error, through) as Error));
      return { ...found, headers: { ...found.headers, ...through } };
    },
  };
}

type Question<K extends StatementQuestion["kind"]> = Extract<StatementQuestion, { kind: K }>;

const smallEnough = 16;

/** Stores what one request sent; small requests that come together share a transaction. */
function storing(within: (stores: readonly number[]) => Transactions, room: Room): (statements: PreparedStatement[]) => Promise<StoredStatement[]> {
  const inOne = async (requests: PreparedStatement[][]): Promise<StoredStatement[][]> => {
    const statements = requests.flat();
    const stores = [...new Set(statements.map(({ store }) => store))].sort((one, other) => one - other);
    const own = within(stores);
    const stored = await room.with(own, stores, () => own.transaction((tx) => storePrepared(tx, statements)));
    let from = 0;
    return requests.map(({ length }) => stored.slice(from, (from += length)));
  };
  const together = coalescer(inOne, { maximum: 64, flushers: 2 });
  return async (statements) => (statements.length <= smallEnough ? together(statements) : (await inOne([statements]))[0]!);
}

async function asked(db: Db, request: StatementRequest, pageSize: number): Promise<XapiAnswer> {
  const question = questionOf(request.parameters, request.version, pageSize);
  return question.kind === "one" ? one(db, request, question) : page(db, request, question);
}

async function one(db: Db, { credential, acceptLanguage }: StatementRequest, question: Question<"one">): Promise<XapiAnswer> {
  const found = await findStatement(db, { store: credential.store, id: question.id, voided: question.voided, ...reachOf(credential) });
  if (!found) throw new CadreError("no_such_statement", "There is no such statement.", { status: 404 });
  const [text] = await inFormat(db, credential.store, [found], question.format, acceptLanguage);
  return answer(text!, { "Last-Modified": new Date(found.seq / 1000).toUTCString() });
}

async function page(db: Db, { credential, path, acceptLanguage }: StatementRequest, question: Question<"page">): Promise<XapiAnswer> {
  const filter = { ...question.filter, store: credential.store, ...reachOf(credential) };
  const { statements, next } = await findStatements(db, filter, question.limit, question.after);
  const texts = await inFormat(db, credential.store, statements, question.format, acceptLanguage);
  const more = next === undefined ? "" : `${path}?more=${moreOf(question.asked, next)}`;
  return answer(`{"statements":[${texts.join(",")}],"more":${JSON.stringify(more)}}`);
}

async function inFormat(db: Db, store: number, statements: FoundStatement[], format: Format, acceptLanguage?: string): Promise<string[]> {
  if (format === "exact") return statements.map(({ raw }) => raw);
  const parsed = statements.map(({ raw }) => read(raw) as Members);
  if (format === "ids") return parsed.map((statement) => written(idsOnly(statement)));
  const definitions = await definitionsOf(db, store, parsed.flatMap(activitiesOf).map(({ id }) => id as string));
  return parsed.map((statement) => written(canonical(statement, acceptLanguage, (id) => definitions.get(id))));
}

/** Which statements alone the credential may read: those that its authority vouched for, those within its limits. */
function reachOf(credential: Credential): Pick<StatementFilter, "authorityKey" | "within"> {
  return { authorityKey: allows(credential, "statements/read") ? undefined : credential.authorityKey, within: keysWithin(credential) };
}

/** On whose word, where and by which edition the statements of a request are stored. */
export function receptionOf({ credential, version }: StatementRequest): Reception {
  return { store: credential.store, version, authority: credential.authority, defines: mayDefine(credential) };
}

function bodyText({ contentType = "", body }: StatementSending): string {
  const type = contentType.split(";")[0]!.trim().toLowerCase();
  if (type !== "application/json") throw wrongRequest(`Send application/json; this was ${type || "without a content type"}.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (error) {
    throw new CadreError("invalid_json", "The body is not valid UTF-8.", { cause: error });
  }
}

/** The statement of a PUT under its parameter's id, which the body may leave out but not contradict (Communication 2.1.1). */
function withId(body: string, id: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    throw new CadreError("invalid_json", `The body is no JSON: ${(error as Error).message}.`, { cause: error });
  }
  if (Array.isArray(parsed)) throw wrongRequest("PUT stores one statement, not several.");
  const own = (parsed as { id?: unknown } | null)?.id;
  if (own === undefined && typeof parsed === "object" && parsed !== null) return body.replace("{", Object.keys(parsed).length > 0 ? `{"id":"${id}",` : `{"id":"${id}"`);
  if (typeof own === "string" && own.toLowerCase() !== id.toLowerCase()) throw wrongRequest("The statement's id is not the one of the parameter statementId.");
  return body;
}

function answer(body: string, headers: Record<string, string> = {}): XapiAnswer {
  return { status: 200, headers: { "Content-Type": "application/json", ...headers }, body };
}

function wrongRequest(message: string): CadreError {
  return new CadreError("wrong_request", message);
}
