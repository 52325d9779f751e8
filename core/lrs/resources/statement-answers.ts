import type { Db } from "../../db/database.ts";
import { CadreError } from "../../kernel/errors.ts";
import { withAttachments } from "../attachments/writing.ts";
import { keysWithin, reachesActivity } from "../credentials/limits.ts";
import { allows, type Credential } from "../credentials/credential.ts";
import { activitiesOf } from "../keys.ts";
import { definitionsOf } from "../mentions.ts";
import { moreOf, type StatementQuestion } from "./parameters.ts";
import { canonical, idsOnly, type Format } from "./present.ts";
import { findStatement, findStatements, type FoundStatement, type StatementFilter } from "../query/query.ts";
import { read, written } from "../raw-json.ts";
import type { StatementRequest, XapiAnswer } from "./statements.ts";
import type { Members } from "../statement/shape.ts";

type Question<K extends StatementQuestion["kind"]> = Extract<StatementQuestion, { kind: K }>;

/** One statement by its id, with the time it was stored as Last-Modified. @throws no_such_statement (404) */
export async function oneStatement(db: Db, { credential, acceptLanguage }: StatementRequest, question: Question<"one">): Promise<XapiAnswer> {
  const found = await findStatement(db, { store: credential.store, id: question.id, voided: question.voided, ...reachOf(credential) });
  if (!found) throw new CadreError("no_such_statement", "There is no such statement.", { status: 404 });
  const [text] = await inFormat(db, credential, [found], question.format, acceptLanguage);
  return answered(db, credential.store, question, text!, [found], { "Last-Modified": new Date(found.seq / 1000).toUTCString() });
}

/** A StatementResult (Data 2.5); `more` is the address of the next page, "" on the last. */
export async function pageOfStatements(db: Db, { credential, path, acceptLanguage }: StatementRequest, question: Question<"page">): Promise<XapiAnswer> {
  const filter = { ...question.filter, store: credential.store, ...reachOf(credential) };
  const { statements, next } = await findStatements(db, filter, question.limit, question.after);
  const texts = await inFormat(db, credential, statements, question.format, acceptLanguage);
  const more = next === undefined ? "" : `${path}?more=${moreOf(question.asked, next)}`;
  return answered(db, credential.store, question, `{"statements":[${texts.join(",")}],"more":${JSON.stringify(more)}}`, statements);
}

async function answered(db: Db, store: number, { attachments }: StatementQuestion, json: string, statements: readonly FoundStatement[], headers: Record<string, string> = {}): Promise<XapiAnswer> {
  if (!attachments) return { status: 200, headers: { "Content-Type": "application/json", ...headers }, body: json };
  const { contentType, body } = await withAttachments(db, store, json, statements);
  return { status: 200, headers: { "Content-Type": contentType, ...headers }, body };
}

async function inFormat(db: Db, credential: Credential, statements: readonly FoundStatement[], format: Format, acceptLanguage?: string): Promise<string[]> {
  if (format === "exact") return statements.map(({ raw }) => raw);
  const parsed = statements.map(({ raw }) => read(raw) as Members);
  if (format === "ids") return parsed.map((statement) => written(idsOnly(statement)));
  const ids = parsed.flatMap(activitiesOf).map(({ id }) => id as string);
  const definitions = await definitionsOf(db, credential.store, ids.filter((id) => reachesActivity(credential, id)));
  return parsed.map((statement) => written(canonical(statement, acceptLanguage, (id) => definitions.get(id))));
}

/** Which statements alone the credential may read: those that its authority vouched for, those within its limits. */
function reachOf(credential: Credential): Pick<StatementFilter, "authorityKey" | "within"> {
  return { authorityKey: allows(credential, "statements/read") ? undefined : credential.authorityKey, within: keysWithin(credential) };
}
