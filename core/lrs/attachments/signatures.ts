import { verify, X509Certificate } from "node:crypto";
import { messageOf } from "../../kernel/errors.ts";
import type { PreparedStatement } from "../ingest/prepare.ts";
import { elementsOf, read } from "../raw-json.ts";
import { invalidStatements } from "../refusals.ts";
import { digestOf } from "../statement/equality.ts";
import { isObject, type Members, type StatementProblem } from "../statement/shape.ts";
import { problemsOf } from "../statement/statement.ts";
import type { XapiVersion } from "../statement/versions.ts";
import type { Contents } from "./matching.ts";
import { essenceOf } from "./multipart.ts";

/** The usageType of an attachment that signs its statement (Data 2.6). */
export const signatureUsage = "http://adlnet.gov/expapi/attachments/signature";

/**
 * Holds every signature to Data 2.6: a JWS by RS256, RS384 or RS512 whose payload is the statement before it was signed, valid
 * by the certificate in its header where there is one. That shows mistakes; whom to trust is for the reader to decide.
 * The signature is verified by node:crypto, as jose refuses keys under 2048 bits, the specification's own example among them.
 * @throws invalid_statements (400) with every problem
 */
export function checkSignatures(statements: readonly PreparedStatement[], contents: Contents, version: XapiVersion): void {
  const problems = statements.flatMap(({ statement, pointer }) => {
    const attachments = (statement.attachments ?? []) as Members[];
    return attachments.flatMap((attachment, index): StatementProblem[] => {
      if (attachment.usageType !== signatureUsage) return [];
      const wrong = wrongIn(statement, attachment, contents, version);
      return wrong === undefined ? [] : [{ pointer: `${pointer}/attachments/${index}`, code: "invalid_signature", message: wrong, clause: "Data 2.6" }];
    });
  });
  if (problems.length > 0) throw invalidStatements(problems, statements.length);
}

/** A JWS taken apart (RFC 7515 7.1): its texts as they are signed, and what the JSON serializations may have of a header that is not. */
type Jws = readonly [header: string, payload: string, signature: string, unprotected?: Members];

const algorithms: Record<string, string> = { RS256: "RSA-SHA256", RS384: "RSA-SHA384", RS512: "RSA-SHA512" };

function wrongIn(statement: Members, { contentType, sha2 }: Members, contents: Contents, version: XapiVersion): string | undefined {
  if (essenceOf(contentType as string) !== "application/octet-stream") return "is a signature, so its contentType must be application/octet-stream";
  const bytes = contents.get((sha2 as string).toLowerCase());
  if (!bytes) return "is a signature, so the request must bring its bytes";
  const signatures = signaturesIn(bytes.toString(), version);
  if (signatures.length === 0) return `is no JSON Web Signature${version === "1.0.3" ? "" : " in the compact serialization"}`;
  for (const jws of signatures) {
    const wrong = wrongWith(jws, statement, version);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** Compact; in 1.0.3 also the JSON serializations, which later versions forbid. */
function signaturesIn(text: string, version: XapiVersion): Jws[] {
  const [, header, payload, signature] = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(text.trim()) ?? [];
  if (header !== undefined) return [[header, payload!, signature!]];
  const json = version === "1.0.3" ? jsonOf(text) : undefined;
  if (!isObject(json)) return [];
  const found = (Array.isArray(json.signatures) ? json.signatures : [json]) as unknown[];
  const parts = found.map((one) => (isObject(one) ? [one.protected, json.payload, one.signature, one.header ?? {}] : []));
  const isJws = ([header, payload, signature, unprotected]: unknown[]) => isObject(unprotected) && [header, payload, signature].every((text) => typeof text === "string" && /^[\w-]+$/.test(text));
  return parts.every(isJws) ? (parts as unknown as Jws[]) : [];
}

function wrongWith([header, payload, signature, unprotected]: Jws, statement: Members, version: XapiVersion): string | undefined {
  const protectedHeader = jsonOf(decoded(header));
  if (!isObject(protectedHeader)) return "is a signature whose header is no JSON object";
  const { alg } = protectedHeader;
  const { crit, x5c } = { ...unprotected, ...protectedHeader };
  const algorithm = typeof alg === "string" && Object.hasOwn(algorithms, alg) ? algorithms[alg] : undefined;
  if (!algorithm) return `is a signature by ${String(alg)}; it must be RS256, RS384 or RS512`;
  if (crit !== undefined) return "is a signature with critical extensions, none of which is known here";
  const text = decoded(payload);
  const [problem] = problemsOf(jsonOf(text), version);
  if (problem) return `is a signature whose payload is no valid statement in JSON: ${problem.pointer || "it"} ${problem.message}`;
  if (!isSigned(statement, read(text) as Members)) return "is a signature of another statement";
  return x5c === undefined ? undefined : wrongWithCertificate(x5c, algorithm, `${header}.${payload}`, signature);
}

/** The leaf comes first, and each certificate after it has signed the one before (RFC 7515 4.1.6). */
function wrongWithCertificate(x5c: unknown, algorithm: string, signed: string, signature: string): string | undefined {
  if (!Array.isArray(x5c) || x5c.length === 0 || !x5c.every((one) => typeof one === "string" && /^[A-Za-z\d+/]+={0,2}$/.test(one))) {
    return "is a signature whose x5c is no list of certificates in base64";
  }
  try {
    const chain = (x5c as string[]).map((one) => new X509Certificate(Buffer.from(one, "base64")));
    const broken = chain.findIndex((certificate, index) => index + 1 < chain.length && !certificate.verify(chain[index + 1]!.publicKey));
    if (broken >= 0) return `is a signature whose certificate ${broken + 1} is not signed by the next`;
    const { publicKey } = chain[0]!;
    // node:crypto would verify by whatever kind of key it is given, and ECDSA is none of the three.
    if (publicKey.asymmetricKeyType !== "rsa") return "is a signature by RSA, and its certificate has a key of another kind";
    const valid = verify(algorithm, Buffer.from(signed), publicKey, Buffer.from(signature, "base64url"));
    return valid ? undefined : "is a signature that is not valid by its certificate";
  } catch (error) {
    return `is a signature whose certificates cannot be used: ${messageOf(error)}`;
  }
}

/** Whether `payload` is the statement before it was signed: what an LRS sets on its way may have come since (Data 2.3.1). */
function isSigned(statement: Members, payload: Members): boolean {
  if (typeof payload.id === "string" && typeof statement.id === "string" && payload.id.toLowerCase() !== statement.id.toLowerCase()) return false;
  const leftOut = payload.timestamp === undefined ? "timestamp" : undefined;
  return digestOf(unsigned(statement), leftOut).equals(digestOf(unsigned(payload), leftOut));
}

function unsigned({ attachments, ...statement }: Members): Members {
  const others = Array.isArray(attachments) ? (attachments as unknown[]).filter((one) => !isObject(one) || one.usageType !== signatureUsage) : attachments;
  return others === undefined || (Array.isArray(others) && others.length === 0) ? statement : { ...statement, attachments: others };
}

function decoded(text: string): string {
  return Buffer.from(text, "base64url").toString();
}

/** Undefined for what is no JSON, or too deep. */
function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    elementsOf(text);
    return value;
  } catch {
    return undefined;
  }
}
