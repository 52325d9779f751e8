import type { IncomingMessage } from "node:http";
import inflate from "inflation";
import getRawBody from "raw-body";
import { CadreError, refuse } from "../kernel/errors.ts";

/** The whole body, inflated when it is compressed. @throws body_too_large (413), bad_body (400) */
export async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const length = request.headers["content-encoding"] ? undefined : request.headers["content-length"];
  try {
    return await getRawBody(inflate(request), { limit: maxBytes, length });
  } catch (error) {
    const { type, status = 400 } = error as { type?: string; status?: number };
    if (type === "entity.too.large") throw bodyTooLarge(maxBytes);
    throw new CadreError("bad_body", "The body of the request did not arrive whole or can't be decoded.", { status, cause: error });
  }
}

export function bodyTooLarge(maxBytes: number): CadreError {
  return new CadreError("body_too_large", `The body is larger than the ${maxBytes} bytes allowed here.`, { status: 413, data: { maxBytes } });
}

/** A JSON body; without any body an empty object, for what needs no field needs no body. @throws unsupported_media_type (415), invalid_json (400) naming the place */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  if (isEmpty(request)) return {};
  if (mediaTypeOf(request) !== "application/json") {
    throw refuse("unsupported_media_type", `Send application/json; this was ${mediaTypeOf(request) || "without a content type"}.`, { status: 415 });
  }
  const text = decoded(await readBytes(request, maxBytes));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CadreError("invalid_json", `The body is no JSON: ${(error as Error).message}.`, { cause: error });
  }
}

/** The fields of an urlencoded form; a field that comes twice is an array. */
export async function readForm(request: IncomingMessage, maxBytes: number): Promise<Record<string, unknown>> {
  if (mediaTypeOf(request) !== "application/x-www-form-urlencoded") {
    throw refuse("unsupported_media_type", "Send a form as application/x-www-form-urlencoded.", { status: 415 });
  }
  return fieldsOf(new URLSearchParams(decoded(await readBytes(request, maxBytes))));
}

/** Query or form parameters as an object. */
export function fieldsOf(parameters: Iterable<[string, string]>): Record<string, unknown> {
  const fields = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of parameters) {
    const before = fields[name];
    fields[name] = before === undefined ? value : Array.isArray(before) ? [...(before as unknown[]), value] : [before, value];
  }
  return fields;
}

export function mediaTypeOf(request: IncomingMessage): string {
  return (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

/** Whether no body comes with a request (RFC 9112 6.3). */
function isEmpty({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0 && headers["content-type"] === undefined;
}

function decoded(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (error) {
    throw new CadreError("bad_body", "The body is not valid UTF-8.", { cause: error });
  }
}
