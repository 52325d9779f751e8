import { asCadreError } from "../../http/problems.ts";
import { sha2Of } from "../attachments/sha2.ts";
import { agentWords } from "../sentences.ts";
import { prepareParsed, prepareText, type PreparedStatement, type Reception } from "../ingest/prepare.ts";
import { membersOf } from "../raw-json.ts";
import { withClauses } from "../refusals.ts";
import { isObject, type Members } from "../statement/shape.ts";
import { timestampOf } from "../statement/timestamps.ts";
import type { XapiVersion } from "../statement/versions.ts";
import { readDocument, type ReadDocument } from "./document-lines.ts";
import type { FileLine } from "./import-lines.ts";

/** What is wrong with a line; `pointer` is into its JSON. */
export interface LineProblem {
  line: number;
  statementId: string | null;
  code: string;
  pointer: string;
  message: string;
  clause: string | null;
}

/** A statement of a file, ready to be stored, and what its source's store said of it. */
export interface ReadStatement {
  line: number;
  prepared: PreparedStatement;
  /** As it was there, RFC 3339; null when it does not say. */
  stored: string | null;
  /** Who vouched for it there, in words. */
  authority: string | null;
}

/** The bytes of an attachment, on a line of its own: `{"attachment":{"sha2":…,"contentType":…,"content":…}}`, the content in base64. */
export interface ReadAttachment {
  line: number;
  sha2: string;
  content: Buffer;
}

/** What a line holds: one of these; an empty line nothing, nor one that tells of an agent what statements tell as well. */
export interface ReadLine {
  statement?: ReadStatement;
  attachment?: ReadAttachment;
  document?: ReadDocument;
  problems?: LineProblem[];
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Longer lines hold attachments and documents only. */
const maxStatementBytes = 16 * 1024 ** 2;

/** Reads a line of an import. `stored` and `authority` of the source make way for ours; a statement without a time has that of its `stored`. */
export async function readLine({ number: line, bytes }: FileLine, reception: Omit<Reception, "version">): Promise<ReadLine> {
  if (bytes === "tooLong") return wrong(line, null, { code: "line_too_long", message: "is longer than is allowed" });
  let text: string;
  let parsed: unknown;
  try {
    text = utf8.decode(bytes).trim();
    if (text === "") return {};
    parsed = JSON.parse(text);
  } catch (error) {
    return wrong(line, null, { code: "invalid_json", message: error instanceof SyntaxError ? `is no JSON: ${error.message}` : "is not valid UTF-8" });
  }
  if (!isObject(parsed)) return wrong(line, null, { code: "invalid_statements", message: "is no object" });
  if (parsed.actor === undefined) {
    if (isObject(parsed.attachment)) return readAttachment(line, parsed.attachment);
    if (isObject(parsed.document)) return readDocumentLine(line, parsed.document, reception.store);
    if (isObject(parsed.agent)) return {};
  }
  const id = typeof parsed.id === "string" ? parsed.id : null;
  if (bytes.length > maxStatementBytes) return wrong(line, id, { code: "line_too_long", message: "is longer than is allowed of a statement" });
  try {
    if (id === null) return wrong(line, null, { code: "missing_property", pointer: "/id", message: "is missing: without it, nobody could tell whether the statement is there already", clause: "Data 2.4.1" });
    const timed = withTime(parsed, text);
    const own = { ...reception, version: editionOf(parsed) };
    const [prepared] = timed === text ? prepareParsed(parsed, text, own) : prepareText(timed, own);
    return { statement: { line, prepared: prepared!, stored: typeof parsed.stored === "string" ? parsed.stored : null, authority: isObject(parsed.authority) ? agentWords(parsed.authority) : null } };
  } catch (error) {
    return { problems: problemsOf(line, id, error) };
  }
}

/** What a refusal of a statement or document says of its line. @throws what is no refusal */
export function problemsOf(line: number, statementId: string | null, thrown: unknown): LineProblem[] {
  const { status, code, message, problems } = asCadreError(withClauses(thrown));
  if (status >= 500) throw thrown;
  if (problems.length === 0) return [{ line, statementId, code, pointer: "", message, clause: null }];
  return problems.map((problem) => ({ line, statementId, code: problem.code, pointer: problem.pointer.replace(/^\/\d+(?=\/|$)/, ""), message: problem.message, clause: (problem as { clause?: string }).clause ?? null }));
}

function wrong(line: number, statementId: string | null, problem: { code: string; message: string; pointer?: string; clause?: string }): ReadLine {
  return { problems: [{ line, statementId, pointer: "", clause: null, ...problem }] };
}

/** By which edition a statement is to be valid: the one it names; 2.0 when it has what only that knows. */
function editionOf({ version, context }: Members): XapiVersion {
  if (typeof version === "string") return version.startsWith("2") ? "2.0.0" : "1.0.3";
  return isObject(context) && (context.contextAgents !== undefined || context.contextGroups !== undefined) ? "2.0.0" : "1.0.3";
}

/** The text with the time of `stored` for its own, where it has none. */
function withTime({ timestamp, stored }: Members, text: string): string {
  if (timestamp !== undefined || typeof stored !== "string" || !timestampOf(stored)) return text;
  const found = membersOf(text).find(({ name }) => name === "stored")!;
  return `${text.slice(0, found.start)}"timestamp":${text.slice(found.valueStart, found.end)},${text.slice(found.start)}`;
}

function readDocumentLine(line: number, told: Members, store: number): ReadLine {
  try {
    return { document: readDocument(line, told, store) };
  } catch (error) {
    return { problems: problemsOf(line, null, error) };
  }
}

async function readAttachment(line: number, { sha2, content }: Members): Promise<ReadLine> {
  if (typeof sha2 !== "string" || typeof content !== "string" || !/^[0-9a-f]{56,128}$/i.test(sha2)) return wrong(line, null, { code: "invalid_attachment", pointer: "/attachment", message: "needs sha2 and content" });
  const bytes = Buffer.from(content, "base64");
  if ((await sha2Of(bytes, sha2)) !== sha2.toLowerCase()) return wrong(line, null, { code: "invalid_attachment", pointer: "/attachment/sha2", message: "is not the hash of the content", clause: "Data 2.4.11" });
  return { attachment: { line, sha2: sha2.toLowerCase(), content: bytes } };
}
