import type { CadreError } from "../../kernel/errors.ts";
import type { PreparedStatement } from "../ingest/prepare.ts";
import { invalidStatements, refused } from "../refusals.ts";
import { isSha2 } from "../statement/formats.ts";
import type { StatementProblem } from "../statement/shape.ts";
import { attachmentsOf, type AttachmentTold } from "./attachment.ts";
import { essenceOf, type Part } from "./multipart.ts";
import { sha2Of } from "./sha2.ts";

/** The bytes that came with a request, by their SHA-2 in lower case. */
export type Contents = ReadonlyMap<string, Buffer>;

/**
 * The bytes of the attachments that statements tell of: matched by their hash and in no other way, every part told of, and a
 * part for every attachment that has no `fileUrl` (Communication 1.5.2). Without `parts` nothing came but the statements.
 * @throws attachment_too_large (413), invalid_statements (400) with every problem
 */
export async function contentsOf(statements: readonly PreparedStatement[], parts: readonly Part[] = [], maxBytes: number): Promise<Contents> {
  const told = statements.flatMap(({ statement, pointer }) => attachmentsOf(statement, pointer));
  if (told.length === 0 && parts.length === 0) return none;
  const problems: StatementProblem[] = [];
  const received = new Map<string, Received>();
  for (const [index, part] of parts.entries()) {
    const name = `part ${index + 2}`;
    if (part.bytes.length > maxBytes) throw tooLarge(name, part.bytes.length, maxBytes);
    const wrong = await wrongIn(part);
    if (wrong) problems.push({ pointer: "", code: "invalid_part", message: `comes with a ${name} ${wrong}`, clause });
    else received.set(hashOf(part), { ...part, name });
  }
  for (const one of told) problems.push(...mismatches(one, received.get(one.sha2)));
  const wanted = new Set(told.map(({ sha2 }) => sha2));
  for (const [hash, { name }] of received) {
    if (!wanted.has(hash)) problems.push({ pointer: "", code: "unknown_part", message: `comes with a ${name} that no attachment tells of: ${hash}`, clause });
  }
  if (problems.length > 0) throw invalidStatements(problems, statements.length);
  return new Map([...received].map(([hash, { bytes }]) => [hash, bytes]));
}

interface Received extends Part {
  name: string;
}

const none: Contents = new Map();
const clause = "Communication 1.5.2";
const hashHeader = "x-experience-api-hash";

function hashOf({ headers }: Part): string {
  return headers.get(hashHeader)!.toLowerCase();
}

async function wrongIn(part: Part): Promise<string | undefined> {
  const encoding = part.headers.get("content-transfer-encoding");
  if (encoding === undefined) return "without Content-Transfer-Encoding: binary";
  if (encoding.toLowerCase() !== "binary") return `whose Content-Transfer-Encoding is ${encoding} and not binary`;
  const hash = part.headers.get(hashHeader);
  if (hash === undefined) return "without X-Experience-API-Hash";
  if (!isSha2(hash)) return "whose X-Experience-API-Hash is no SHA-2 in hexadecimal";
  const length = part.headers.get("content-length");
  if (length !== undefined && Number(length) !== part.bytes.length) return `of ${part.bytes.length} bytes whose Content-Length is ${length}`;
  const found = await sha2Of(part.bytes, hash);
  return found === hash.toLowerCase() ? undefined : `whose bytes have the hash ${found} and not that of X-Experience-API-Hash, ${hash}`;
}

/** Where a header of the part says what a property of the attachment says, they say the same; of media types the parameters may differ, as in the specification's own example. */
function mismatches({ pointer, attachment }: AttachmentTold, part: Received | undefined): StatementProblem[] {
  if (!part) {
    if (attachment.fileUrl !== undefined) return [];
    return [{ pointer: `${pointer}/sha2`, code: "missing_part", message: "is the hash of no part of the request, and there is no fileUrl", clause }];
  }
  const problems: StatementProblem[] = [];
  const type = part.headers.get("content-type");
  if (type !== undefined && essenceOf(type) !== essenceOf(attachment.contentType as string)) {
    problems.push({ pointer: `${pointer}/contentType`, code: "part_mismatch", message: `is not the Content-Type of ${part.name}, ${type}`, clause });
  }
  const length = part.headers.get("content-length");
  if (length !== undefined && Number(length) !== attachment.length) {
    problems.push({ pointer: `${pointer}/length`, code: "part_mismatch", message: `is not the Content-Length of ${part.name}, ${length}`, clause });
  }
  return problems;
}

function tooLarge(name: string, bytes: number, maxBytes: number): CadreError {
  const message = `The attachment in ${name} has ${bytes} bytes; ${maxBytes} are allowed here.`;
  return refused("attachment_too_large", message, { status: 413, data: { maxBytes }, clause: "Communication 3.2" });
}
