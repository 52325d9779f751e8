import type { IncomingHttpHeaders } from "node:http";
import type { CadreError } from "../../kernel/errors.ts";
import { mediaTypeOf, readBytes, readForm } from "../../http/bodies.ts";
import type { RawRequest } from "../../http/request.ts";
import { bodyTooLarge, wrongRequest } from "../refusals.ts";
import { versionOf } from "../statement/versions.ts";
import { versionHeader } from "./open.ts";

/** A request in the usual syntax. */
export interface PlainRequest {
  method: string;
  parameters: URLSearchParams;
  headers: IncomingHttpHeaders;
  body(maxBytes: number): Promise<Buffer>;
}

/**
 * The request in the usual syntax. One by the alternate syntax of xAPI 1.0.x, for clients that can send nothing but forms, has its
 * method as the only parameter, and its parameters, headers and content as fields of the form (Communication 1.3).
 * @throws wrong_request (400) where it is not as this syntax has it, or asks in 2.0, which has none
 */
export async function plainRequest(request: RawRequest, maxFormBytes: number): Promise<PlainRequest> {
  const { parameters, headers, stream } = request;
  if (!isAlternate(request)) return { method: request.method, parameters, headers, body: (maxBytes) => readBytes(stream, maxBytes) };
  const method = parameters.get("method") ?? "";
  if (parameters.size > 1) throw wrong("all parameters but method are fields of the form");
  if (!methods.includes(method)) throw wrong(`method is one of ${methods.join(", ")}`);
  if (mediaTypeOf(stream) !== "application/x-www-form-urlencoded") throw wrong("the body is a form, application/x-www-form-urlencoded");
  return read(method, headers, await readForm(stream, maxFormBytes));
}

/** Whether a request is by the alternate syntax. */
export function isAlternate({ method, parameters }: RawRequest): boolean {
  return method === "POST" && parameters.has("method");
}

const methods = ["GET", "HEAD", "PUT", "POST", "DELETE"];
const fieldsOfHeaders = ["authorization", "x-experience-api-version", "content-type", "content-length", "if-match", "if-none-match"];

function read(method: string, sent: IncomingHttpHeaders, fields: Record<string, unknown>): PlainRequest {
  const { "content-type": _, "content-length": __, "content-encoding": ___, ...headers } = sent;
  const parameters = new URLSearchParams();
  let content: string | undefined;
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== "string") throw wrong(`the field ${name} is there twice`);
    if (fieldsOfHeaders.includes(name.toLowerCase())) headers[name.toLowerCase()] = value;
    else if (name === "content") content = value;
    else parameters.append(name, value);
  }
  if ([sent, headers].some(({ [versionHeader]: version }) => versionOf(String(version)) === "2.0.0")) throw wrong("it is of xAPI 1.0.x, and not of 2.0");
  const sends = method === "PUT" || method === "POST";
  if (sends !== (content !== undefined)) throw wrong(sends ? "what is sent is the field content" : `${method} sends no content`);
  const type = String(headers["content-type"] ?? "application/json"); // statements are nothing else, and a document's type is for its sender to tell
  if (/^\s*multipart\//i.test(type)) throw wrong("it can't send attachments");
  return { method, parameters, headers: { ...headers, "content-type": type }, body: async (maxBytes) => within(maxBytes, Buffer.from(content ?? "")) };
}

function within(maxBytes: number, body: Buffer): Buffer {
  if (body.length > maxBytes) throw bodyTooLarge(maxBytes);
  return body;
}

function wrong(message: string): CadreError {
  return wrongRequest(`The alternate request syntax was not followed: ${message}.`, "Communication 1.3");
}
