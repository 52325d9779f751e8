import type { Context } from "../../kernel/context.ts";
import { refuse, type CadreError } from "../../kernel/errors.ts";
import { withHeaders } from "../../http/problems.ts";
import { Reply } from "../../http/reply.ts";
import type { RawRequest } from "../../http/request.ts";
import { credentialOf, lrsAuthenticator } from "../credentials/client.ts";
import { withClauses } from "../refusals.ts";
import type { RecordLimits } from "../stores/limits.ts";
import { versionOf, type XapiVersion } from "../statement/versions.ts";
import type { XapiMethod, XapiRequest, XapiResource } from "../resources/request.ts";
import { plainRequest, type PlainRequest } from "./alternate.ts";
import { compressed } from "./compression.ts";
import { defaultVersion, versionHeader } from "./open.ts";

/**
 * Answers a request of a resource: tells its syntax, who asks and in which version, and compresses what is answered. Refusals tell
 * which clause of the specification they follow. @throws credentials_required (401), version_required (400), version_not_spoken (400),
 * method_not_allowed (405) and what the resource throws
 */
export async function answered(ctx: Context<RecordLimits>, request: RawRequest, resource: XapiResource): Promise<Reply> {
  return replyOf(ctx, request, resource).catch((error: unknown) => Promise.reject(withClauses(error) as Error));
}

async function replyOf(ctx: Context<RecordLimits>, request: RawRequest, { path, methods }: XapiResource): Promise<Reply> {
  const plain = await plainRequest(request, ctx.config.maxBodyBytes);
  const by = await authenticated(ctx, request, plain);
  const credential = credentialOf(by);
  const version = await versionAsked(ctx, plain.headers[versionHeader], credential.store);
  const told = { "X-Experience-API-Version": version };
  const { parameters, headers, body } = plain;
  const asked: XapiRequest = { parameters, headers, body, path, version, credential }; // named, for a spread of what holds a function is slow
  const method = methods[(plain.method === "HEAD" ? "GET" : plain.method) as XapiMethod];
  if (!method) throw notAllowed(path, Object.keys(methods), told);
  const reply = await method.answer(by, asked).catch((error: unknown) => Promise.reject(withHeaders(error, told) as Error));
  const whole = await compressed(reply.with(told), plain.headers["accept-encoding"]);
  return plain.method === "HEAD" && request.method === "POST" ? headless(whole) : whole;
}

/** By whom: forms of the alternate syntax may carry the credential. */
async function authenticated(ctx: Context<RecordLimits>, request: RawRequest, { headers }: PlainRequest): Promise<Context<RecordLimits>> {
  if (headers.authorization === request.headers.authorization) return ctx;
  const actor = await lrsAuthenticator.authenticate(ctx, { ...request, headers });
  return actor ? ctx.by(actor) : ctx;
}

/** Both refusals answer with the version that the store is asked in by default. */
async function versionAsked(ctx: Context, header: string | string[] | undefined, store: number): Promise<XapiVersion> {
  const version = versionOf(String(header ?? ""));
  if (version) return version;
  const data = { headers: { "X-Experience-API-Version": await defaultVersion(ctx, store) } };
  if (!header) throw refuse("version_required", "Send the header X-Experience-API-Version: 1.0.3 or 2.0.0.", { status: 400, data });
  throw refuse("version_not_spoken", `xAPI ${String(header)} is not spoken here; 1.0.3 and 2.0.0 are.`, { status: 400, data });
}

function notAllowed(path: string, methods: string[], headers: Record<string, string>): CadreError {
  const allowed = methods.join(", ");
  return refuse("method_not_allowed", `${path} takes ${allowed}.`, { status: 405, data: { headers: { ...headers, Allow: allowed } } });
}

/** HEAD by the alternate syntax comes as POST, of which nobody else leaves the body out. */
function headless(reply: Reply): Reply {
  return reply.body.kind === "bytes" ? new Reply(reply.status, { ...reply.body, bytes: "" }, reply.headers) : reply;
}
