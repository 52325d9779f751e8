import type { Context } from "../../kernel/context.ts";
import type { Db } from "../../db/database.ts";
import { csvLine, type Cell } from "../../http/csv.ts";
import { attachmentLines } from "./attached-contents.ts";
import { documentLines } from "./document-lines.ts";
import { textOf } from "../browsing/agents.ts";
import { activitiesOf } from "../keys.ts";
import { definitionsOf } from "../mentions.ts";
import { findStatements, type FoundStatement, type StatementFilter } from "../query/query.ts";
import { lastPart, objectWords, wordsIn } from "../sentences.ts";
import { isObject, type Members } from "../statement/shape.ts";
import { timeOf } from "../statement/timestamps.ts";
import { verbWords } from "../verbs.ts";

const batchSize = 500;

/**
 * Statements that fit, the first stored first, batch by batch and each batch asked for when the one before is wanted no more: however
 * many there are, no more than one is in memory. `filter.until` should be Consistent-Through at the beginning, so that what is stored
 * meanwhile makes no difference.
 */
async function* statementBatches(db: Db, filter: StatementFilter & { until: number }): AsyncGenerator<FoundStatement[]> {
  let after: number | undefined;
  do {
    const { statements, next } = await findStatements(db, { ...filter, ascending: true }, batchSize, after);
    if (statements.length > 0) yield statements;
    after = next;
  } while (after !== undefined);
}

/** What a file is to have beside statements. */
export interface Beside {
  /** The contents of attachments, each on a line of its own before the statements that tell of it. */
  attachments?: boolean;
  /** The states and profiles that fit this filter, each on a line of its own after all statements. */
  documents?: StatementFilter;
}

/** One statement on each line, to the letter but for line breaks between its tokens. */
export async function* ndjsonOf(db: Db, filter: StatementFilter & { until: number }, { attachments = false, documents }: Beside = {}): AsyncGenerator<string> {
  const written = new Set<string>();
  for await (const batch of statementBatches(db, filter)) {
    if (attachments) yield* attachmentLines(db, filter.store, batch, written);
    yield batch.map(lineOf).join("");
  }
  if (documents) yield* documentLines(db, documents);
}

/** One row for each statement, under a row of titles. */
export async function* csvOf(ctx: Context, filter: StatementFilter & { until: number }): AsyncGenerator<string> {
  const verbs = verbWords(ctx);
  yield csvLine(titles);
  for await (const batch of statementBatches(ctx.db, filter)) {
    const statements = batch.map(({ raw }) => JSON.parse(raw) as Members);
    const nameless = statements.flatMap(activitiesOf).filter(({ definition }) => definition === undefined);
    const definitions = await definitionsOf(ctx.db, filter.store, nameless.map(({ id }) => id as string));
    yield statements.map((statement, index) => csvLine(cellsOf(statement, batch[index]!.seq, verbs, definitions))).join("");
  }
}

// no string of JSON holds a line break, so that each of these stands between tokens
const lineOf = ({ raw }: FoundStatement): string => `${/[\r\n]/.test(raw) ? raw.replace(/[\r\n]+/g, " ") : raw}\n`;

const titles = ["Stored", "Timestamp", "Id", "Actor", "Actor name", "Verb", "Verb display", "Object", "Object name", "Registration", "Success", "Completion", "Score (scaled)", "Score (raw)", "Duration"];

function cellsOf(statement: Members, seq: number, verbs: ReadonlyMap<string, string>, definitions: ReadonlyMap<string, Members>): Cell[] {
  const { id, timestamp, actor, verb, object, result, context } = statement as Record<"actor" | "verb" | "object", Members> & Members;
  const { success, completion, duration, score } = isObject(result) ? result : {};
  const { scaled, raw } = isObject(score) ? score : {};
  const verbId = String(verb.id);
  return [
    timeOf(seq),
    text(timestamp),
    text(id),
    textOf(actor) ?? "",
    text(actor.name),
    verbId,
    wordsIn(verb.display) ?? verbs.get(verbId) ?? lastPart(verbId),
    text(object.id) || textOf(object) || "",
    objectWords(object, definitions),
    isObject(context) ? text(context.registration) : "",
    truth(success),
    truth(completion),
    number(scaled),
    number(raw),
    text(duration),
  ];
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const truth = (value: unknown): boolean | null => (typeof value === "boolean" ? value : null);
const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
