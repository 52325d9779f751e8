import type { Readable } from "node:stream";
import type { Db, Transactions } from "../../db/database.ts";
import { withHeaders } from "../../http/problems.ts";
import { checkSignatures } from "../attachments/signatures.ts";
import { contentsOf } from "../attachments/matching.ts";
import { sharedConsistency } from "../query/consistent.ts";
import { reachesActivity, requireStatementsWithin } from "../credentials/limits.ts";
import { mayDefine, requireScope, type Credential } from "../credentials/credential.ts";
import type { StoredStatement } from "../ingest/ingest.ts";
import { defaultLimits, type RecordLimits } from "../stores/limits.ts";
import { questionOf } from "./parameters.ts";
import { prepareText, type PreparedStatement, type Reception } from "../ingest/prepare.ts";
import type { Forgotten } from "../privacy/forgotten.ts";
import { consistentThrough } from "../query/query.ts";
import { wrongRequest } from "../refusals.ts";
import { createRoom, type Room } from "../stores/room.ts";
import { oneStatement, pageOfStatements } from "./statement-answers.ts";
import { statementBody, withId } from "../ingest/body.ts";
import { trial } from "../ingest/trial.ts";
import { statementStorage, type Sent } from "../ingest/storage.ts";
import { isUuid } from "../statement/formats.ts";
import { timeOf } from "../statement/timestamps.ts";
import type { XapiVersion } from "../statement/versions.ts";

/** A request of the Statement Resource, its credential checked and its version told. */
export interface StatementRequest {
  /** Where the resource is, for `more`: `/xapi/statements`. */
  path: string;
  parameters: URLSearchParams;
  version: XapiVersion;
  credential: Credential;
  acceptLanguage?: string;
}

/** The same with statements in its body, in application/json or with their attachments in multipart/mixed. */
export interface StatementSending extends StatementRequest {
  contentType: string | undefined;
  body: Buffer;
  /** What holds for this store; the defaults unless told. */
  limits?: RecordLimits;
  /** Has the last word on the statements before they are stored; they are as they came, unless told. */
  admit?(statements: PreparedStatement[]): Promise<PreparedStatement[]>;
}

export interface XapiAnswer {
  status: number;
  /** With Content-Type, where there is a body. */
  headers: Record<string, string>;
  /** A stream where attachments are in it. */
  body: string | Readable;
}

export interface StatementResource {
  /** One statement or several. @throws invalid_statements (400), statement_conflict (409), scope_missing (403) and more of 4xx */
  post(request: StatementSending): Promise<XapiAnswer>;
  /** One statement under the id in `statementId`. @throws as `post` */
  put(request: StatementSending): Promise<XapiAnswer>;
  /** Tells what a POST of the same would do, and does nothing. @throws scope_missing (403) */
  validate(request: StatementSending): Promise<XapiAnswer>;
  /** One statement or a page; HEAD is the same without the body. @throws invalid_parameters (400), no_such_statement (404) */
  get(request: StatementRequest): Promise<XapiAnswer>;
}

export interface StatementResourceOptions {
  db: Transactions;
  /** Sessions that see these stores alone; `db` unless told. */
  within?(stores: readonly number[]): Transactions;
  room?: Room;
  /** Whom no statement may name. */
  forgotten?: Forgotten;
  /** Statements on one page at most, and where no limit is asked for; 250 unless told. */
  pageSize?: number;
  /** Called when statements were stored. */
  onStored?(): void;
}

/** The Statement Resource (Communication 2.1): statements in and out, without HTTP's own concerns. */
export function statementResource({ db, within = () => db, room = createRoom(), forgotten, pageSize = 250, onStored }: StatementResourceOptions): StatementResource {
  const storage = statementStorage(within, room, forgotten);
  const { through, forget } = sharedConsistency();
  const store = async (sent: Sent): Promise<StoredStatement[]> => {
    const stored = await storage.store(sent);
    forget();
    onStored?.();
    return stored;
  };
  return {
    async post(request) {
      requireScope(request.credential, "statements/write");
      const stored = await store(await checkedPost(request));
      return { status: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify(stored.map(({ id }) => id)) };
    },
    async put(request) {
      requireScope(request.credential, "statements/write");
      const [name, ...others] = request.parameters.keys();
      const id = request.parameters.get("statementId");
      if (name !== "statementId" || others.length > 0 || !isUuid(id!)) throw wrongRequest("PUT takes the parameter statementId, a UUID, and no other.");
      await store(await checked(request, id!));
      return { status: 204, headers: {}, body: "" };
    },
    async validate(request) {
      requireScope(request.credential, "statements/write");
      const tried = await trial(within([request.credential.store]), () => checkedPost(request));
      return { status: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify(tried) };
    },
    async get(request) {
      requireScope(request.credential, "statements/read/mine");
      const own = within([request.credential.store]);
      // Told in refusals too: what is not found now may have been stored since (Communication 2.1.3).
      const told = { "X-Experience-API-Consistent-Through": timeOf(await through(() => consistentThrough(own))) };
      const found = await asked(own, request, pageSize).catch((error: unknown) => Promise.reject(withHeaders(error, told) as Error));
      return { ...found, headers: { ...found.headers, ...told } };
    },
  };
}

/** On whose word, where and by which edition the statements of a request are stored. */
export function receptionOf({ credential, version, limits }: Pick<StatementSending, "credential" | "version" | "limits">): Reception {
  const within = credential.limits?.activity === undefined ? undefined : (activityId: string) => reachesActivity(credential, activityId);
  return { store: credential.store, version, authority: credential.authority, defines: mayDefine(credential), mayDefine: within, limits };
}

async function asked(db: Db, request: StatementRequest, pageSize: number): Promise<XapiAnswer> {
  const question = questionOf(request.parameters, request.version, pageSize);
  return question.kind === "one" ? oneStatement(db, request, question) : pageOfStatements(db, request, question);
}

async function checkedPost(request: StatementSending): Promise<Sent> {
  if (request.parameters.size > 0) throw wrongRequest(`POST takes no parameter ${[...request.parameters.keys()].join(", ")}.`);
  return checked(request);
}

/** What a request brought, held to everything that can be known without the database. */
async function checked(request: StatementSending, id?: string): Promise<Sent> {
  const { maxBodyBytes, maxAttachmentBytes } = request.limits ?? defaultLimits;
  const { text, parts } = statementBody(request.contentType, request.body, maxBodyBytes);
  const statements = prepareText(id === undefined ? text : withId(text, id), receptionOf(request));
  requireStatementsWithin(request.credential, statements, text);
  const contents = await contentsOf(statements, parts, maxAttachmentBytes);
  checkSignatures(statements, contents, request.version);
  return { statements: request.admit ? await request.admit(statements) : statements, contents };
}
