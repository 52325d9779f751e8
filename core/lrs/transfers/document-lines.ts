import { createHash } from "node:crypto";
import type { Db } from "../../db/database.ts";
import { sql, type Sql } from "../../db/sql.ts";
import { CadreError } from "../../kernel/errors.ts";
import type { Content } from "../documents/documents.ts";
import { isJson, jsonText } from "../documents/json.ts";
import { keptDocuments, type KeptDocument } from "../documents/kept.ts";
import { placeOf, type DocumentKind, type DocumentPlace } from "../documents/place.ts";
import { keyOf } from "../keys.ts";
import type { StatementFilter } from "../query/query.ts";
import { refused } from "../refusals.ts";
import { isObject, type Members, type StatementProblem } from "../statement/shape.ts";

/** A state or profile, on a line of its own; its content in base64. */
export function documentLine(store: number, { kind, about, registration, id, contentType, etag, updated, content }: KeptDocument): string {
  const told = { store, kind, ...(JSON.parse(about) as Members), registration: registration ?? undefined, id: id.toString(), contentType, etag, updated, content: content.toString("base64") };
  return `${JSON.stringify({ document: told })}\n`;
}

/** The states and profiles that fit a filter of statements, where agent, activity and registration are theirs and the times of storing are when they were written; none where a verb is asked for. */
export async function* documentLines(db: Db, filter: StatementFilter): AsyncGenerator<string> {
  if (filter.verb !== undefined) return;
  for await (const batch of keptDocuments(db, filter.store, fitting(filter))) for (const document of batch) yield documentLine(filter.store, document);
}

/** A state or profile of a file, and where it belongs. */
export interface ReadDocument {
  line: number;
  place: DocumentPlace;
  content: Content;
}

/**
 * Reads what a line tells of a document. @throws invalid_document (400), invalid_json (400), invalid_parameters (400) with pointers into
 * the line
 */
export function readDocument(line: number, told: Members, store: number): ReadDocument {
  const { kind, contentType, content, etag } = told;
  if (!isKind(kind)) throw wrong("/kind", `must be ${Object.keys(idNames).join(", ")}`);
  if (typeof contentType !== "string" || !headerText.test(contentType)) throw wrong("/contentType", "must be what a header Content-Type can have");
  if (typeof content !== "string" || !base64.test(content)) throw wrong("/content", "must be the content in base64");
  const bytes = Buffer.from(content, "base64");
  if (typeof etag === "string" && sha1.test(etag) && createHash("sha1").update(bytes).digest("hex") !== etag) throw wrong("/etag", "is not the SHA-1 of the content");
  if (isJson(contentType)) jsonText(bytes, "The document");
  return { line, place: placeTold(kind, told, store), content: { content: bytes, contentType } };
}

const idNames: Record<DocumentKind, string> = { state: "stateId", "agent-profile": "profileId", "activity-profile": "profileId" };
const headerText = /^[\x20-\x7e\x80-\xff]{1,1000}$/;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;
const sha1 = /^[0-9a-f]{40}$/;

const isKind = (kind: unknown): kind is DocumentKind => typeof kind === "string" && Object.hasOwn(idNames, kind);

function placeTold(kind: DocumentKind, { activityId, agent, registration, id }: Members, store: number): DocumentPlace {
  const named = { activityId, agent: isObject(agent) ? JSON.stringify(agent) : agent, registration, [idNames[kind]]: id };
  const parameters = new URLSearchParams(Object.entries(named).filter((pair): pair is [string, string] => typeof pair[1] === "string"));
  try {
    return placeOf(kind, { parameters, version: "2.0.0", credential: { store } });
  } catch (error) {
    const { message, problems } = error as CadreError;
    throw new CadreError("invalid_document", message, { cause: error, problems: problems.map((problem) => ({ ...problem, code: "invalid_document", pointer: `/document${problem.pointer.replace(/^\/(?:state|profile)Id$/, "/id")}` }) as StatementProblem) });
  }
}

function wrong(pointer: string, message: string): CadreError {
  return refused("invalid_document", `The document is none: ${pointer} ${message}.`, { clause: "Communication 2.2", pointer: `/document${pointer}` });
}

function fitting({ agent, activity, registration, since, until }: StatementFilter): Sql {
  const conditions = [
    ...(agent === undefined ? [] : [sql`agent = ${keyOf("agent", agent)}::bigint`]),
    ...(activity === undefined ? [] : [sql`starts_with(about, ${`{"activityId":${JSON.stringify(activity)}`})`]),
    ...(registration === undefined ? [] : [sql`registration = ${registration}::uuid`]),
    ...(since === undefined ? [] : [sql`updated > timestamptz 'epoch' + ${since}::bigint * interval '1 microsecond'`]),
    ...(until === undefined ? [] : [sql`updated <= timestamptz 'epoch' + ${until}::bigint * interval '1 microsecond'`]),
  ];
  return conditions.length === 0 ? sql.raw("true") : sql.join(conditions, " and ");
}
