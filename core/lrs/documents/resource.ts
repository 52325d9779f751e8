import type { Context } from "../../kernel/context.ts";
import { CadreError } from "../../kernel/errors.ts";
import type { Transactions } from "../../db/database.ts";
import { bytes, json, noContent, Reply } from "../../http/reply.ts";
import { requireDocumentWithin } from "../credentials/limits.ts";
import { requireScope, type Scope } from "../credentials/credential.ts";
import { limitsOf, type RecordLimits } from "../stores/limits.ts";
import { documentOfForgotten, forgottenAmong } from "../privacy/forgotten.ts";
import { recordsOf } from "../records.ts";
import { wrongRequest } from "../refusals.ts";
import { storeOf } from "../stores/store.ts";
import type { Answering, XapiRequest, XapiResource } from "../resources/request.ts";
import { conditionsOf, hold } from "./conditions.ts";
import { documentExists, findDocument, listDocuments, mergeDocument, putDocument, removeDocument, removeDocuments, type Content, type Unconditional } from "./documents.ts";
import { isJson, jsonText } from "./json.ts";
import { listOf, namesOne, placeOf, type DocumentKind, type DocumentList, type DocumentPlace } from "./place.ts";

/** One of the three document resources: states, profiles of agents, profiles of activities (Communication 2.2 to 2.7, 3.1). */
export function documentResource(kind: DocumentKind): XapiResource {
  const { path, what } = resources[kind];
  return {
    path,
    methods: {
      GET: { summary: `Gives a ${what}, or the ids of those there are.`, answer: reading(kind, (ctx, request) => (namesOne(kind, request) ? one(kind, ctx, request) : ids(kind, ctx, request))) },
      PUT: { summary: `Stores a ${what}.`, answer: writing(kind, (ctx, request) => put(kind, ctx, request)) },
      POST: { summary: `Merges a JSON object into a ${what}.`, answer: writing(kind, (ctx, request) => post(kind, ctx, request)) },
      DELETE: { summary: `Removes a ${what}.`, answer: writing(kind, (ctx, request) => remove(kind, ctx, request)) },
    },
  };
}

const resources: Record<DocumentKind, { path: string; what: string; write: Scope[]; read: Scope[] }> = {
  state: { path: "/xapi/activities/state", what: "state", write: ["state"], read: ["state/read"] },
  "agent-profile": { path: "/xapi/agents/profile", what: "profile of an agent", write: ["profile", "agents_profile"], read: ["profile/read", "agents_profile/read"] },
  "activity-profile": { path: "/xapi/activities/profile", what: "profile of an activity", write: ["profile", "activities_profile"], read: ["profile/read", "activities_profile/read"] },
};

function reading(kind: DocumentKind, answer: Answering): Answering {
  return (ctx, request) => {
    requireScope(request.credential, "all/read", ...resources[kind].read, ...resources[kind].write);
    return answer(ctx, request);
  };
}

function writing(kind: DocumentKind, answer: Answering): Answering {
  return (ctx, request) => {
    requireScope(request.credential, ...resources[kind].write);
    return answer(ctx, request);
  };
}

async function one(kind: DocumentKind, ctx: Context, request: XapiRequest): Promise<Reply> {
  const found = await findDocument(own(ctx, request), reached(request, placeOf(kind, request)));
  if (!found) throw new CadreError("no_such_document", "There is no such document.", { status: 404 });
  const { noneMatch } = conditionsOf(request.headers);
  const { content, contentType, etag, updated } = found;
  const headers = { ETag: `"${etag}"`, "Last-Modified": updated.toUTCString() };
  if (!hold({ noneMatch }, etag)) return new Reply(304, { kind: "empty" }, headers);
  // A document is anything at all, and not to be run as if it were a page of ours.
  return bytes(content, contentType).with({ ...headers, "Content-Type": contentType, "Content-Security-Policy": "sandbox; default-src 'none'" });
}

async function ids(kind: DocumentKind, ctx: Context, request: XapiRequest): Promise<Reply> {
  const { ids, updated } = await listDocuments(own(ctx, request), reached(request, listOf(kind, request)));
  return json(ids, 200, updated && { "Last-Modified": updated.toUTCString() });
}

async function put(kind: DocumentKind, ctx: Context<RecordLimits>, request: XapiRequest): Promise<Reply> {
  const place = await writable(ctx, request, kind);
  const conditions = conditionsOf(request.headers);
  const content = await contentOf(ctx, request);
  if (isJson(content.contentType)) jsonText(content.content, "The document");
  if (kind !== "state" && request.version === "1.0.3" && conditions.match === undefined && conditions.noneMatch === undefined) {
    if (await findDocument(own(ctx, request), place)) throw documentExists();
    throw new CadreError("condition_required", "Send If-None-Match: * to make a profile, or If-Match with its ETag to replace it.");
  }
  await putDocument(own(ctx, request), place, content, conditions, kind === "state" ? await unconditionally(ctx, request) : "refuse");
  return noContent();
}

/** What becomes of a state that is there when a PUT says nothing of its tag: it is as the store says, or as its version does. */
async function unconditionally(ctx: Context, { credential, version }: XapiRequest): Promise<Unconditional> {
  const { stateWithoutMatch } = await storeOf(ctx, credential.store);
  return stateWithoutMatch === "always" || (stateWithoutMatch === "by version" && version === "1.0.3") ? "replace" : "refuse";
}

async function post(kind: DocumentKind, ctx: Context<RecordLimits>, request: XapiRequest): Promise<Reply> {
  const { maxBodyBytes } = await limitsOf(ctx, request.credential.store);
  await mergeDocument(own(ctx, request), await writable(ctx, request, kind), await contentOf(ctx, request), conditionsOf(request.headers), maxBodyBytes);
  return noContent();
}

async function remove(kind: DocumentKind, ctx: Context, request: XapiRequest): Promise<Reply> {
  const conditions = conditionsOf(request.headers);
  if (kind !== "state" || namesOne(kind, request)) await removeDocument(own(ctx, request), reached(request, placeOf(kind, request)), conditions);
  else if (conditions.match === undefined && conditions.noneMatch === undefined) await removeDocuments(own(ctx, request), reached(request, listOf(kind, request, {})));
  else throw wrongRequest("If-Match and If-None-Match are of one document; name it by stateId.", "Communication 3.1");
  return noContent();
}

/** Sessions that see the credential's store alone. */
function own(ctx: Context, { credential }: XapiRequest): Transactions {
  return recordsOf(ctx).wall.within([credential.store]);
}

/** The place, where the credential reaches it. @throws outside_limits (403) */
function reached<Place extends DocumentPlace | DocumentList>({ credential }: XapiRequest, place: Place): Place {
  requireDocumentWithin(credential, place);
  return place;
}

/** The place of a document that may be written. @throws outside_limits (403), agent_forgotten (403) */
async function writable(ctx: Context, request: XapiRequest, kind: DocumentKind): Promise<DocumentPlace> {
  const place = reached(request, placeOf(kind, request));
  const { store, agent } = place;
  if (agent && (await forgottenAmong(own(ctx, request), ctx.site, store, [agent])).size > 0) throw documentOfForgotten("/agent");
  return place;
}

async function contentOf(ctx: Context<RecordLimits>, { headers, body, credential }: XapiRequest): Promise<Content> {
  const { maxBodyBytes } = await limitsOf(ctx, credential.store);
  return { content: await body(maxBodyBytes), contentType: headers["content-type"] ?? "application/octet-stream" };
}
