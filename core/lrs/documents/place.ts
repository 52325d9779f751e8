import { createHash } from "node:crypto";
import { identityOf, keyOf } from "../keys.ts";
import { agent, invalidParameters, iri, someText, time, uuid, valuesOf, wrongParameter, type ParameterReader } from "../resources/parameter-readers.ts";
import type { Members } from "../statement/shape.ts";
import type { XapiVersion } from "../statement/versions.ts";

export type DocumentKind = "state" | "agent-profile" | "activity-profile";

/** What documents lie together under: the ids of one context are one list (Communication 2.3, 2.6, 2.7). */
export interface DocumentContext {
  store: number;
  kind: DocumentKind;
  activityId?: string;
  agent?: Members;
  /** Of states only. */
  registration?: string;
  /** SHA-256 of kind, activity and agent. */
  context: Buffer;
}

/** Where one document is. */
export interface DocumentPlace extends DocumentContext {
  id: string;
  /** SHA-256 of all that names it. */
  key: Buffer;
}

/** Documents that are asked for together; `since` in microseconds since 1970, exclusive. */
export interface DocumentList extends DocumentContext {
  since?: number;
}

/** What a document resource needs of a request to know where. */
export interface Asked {
  parameters: URLSearchParams;
  version: XapiVersion;
  credential: { store: number };
}

/** Whether a request names one document of the kind. */
export function namesOne(kind: DocumentKind, { parameters }: Asked): boolean {
  return parameters.has(resources[kind].idName);
}

/** The document that a request names. @throws invalid_parameters (400) naming each wrong, missing or unknown parameter */
export function placeOf(kind: DocumentKind, asked: Asked): DocumentPlace {
  const { idName } = resources[kind];
  const { values, ...found } = contextOf(kind, asked, { [idName]: someText }, [idName]);
  const id = values[idName] as string;
  return { ...found, id, key: digestOf(found.context.toString("hex"), found.registration, id) };
}

/** The documents of the context that a request names; states of any registration where it names none. @throws as `placeOf` */
export function listOf(kind: DocumentKind, asked: Asked, readers: { since?: ParameterReader } = { since: time }): DocumentList {
  const { values, ...found } = contextOf(kind, asked, readers, []);
  return { ...found, since: values.since as number | undefined };
}

/** The key by which statements know the agent whom a document is about. */
export function agentKeyOf({ agent }: DocumentContext): string | null {
  return agent ? keyOf("agent", identityOf(agent)!) : null;
}

const resources: Record<DocumentKind, { context: Record<string, ParameterReader>; optional?: Record<string, ParameterReader>; idName: string }> = {
  state: { context: { activityId: iri, agent }, optional: { registration: uuid }, idName: "stateId" },
  "agent-profile": { context: { agent }, idName: "profileId" },
  "activity-profile": { context: { activityId: iri }, idName: "profileId" },
};

function contextOf(kind: DocumentKind, { parameters, version, credential }: Asked, others: Record<string, ParameterReader>, needed: string[]): DocumentContext & { values: Record<string, unknown> } {
  const { context, optional } = resources[kind];
  const { values, problems } = valuesOf(parameters, { ...context, ...optional, ...others }, version);
  const missing = [...Object.keys(context), ...needed].filter((name) => !parameters.has(name));
  problems.push(...missing.map((name) => wrongParameter(name, "is missing")));
  if (problems.length > 0) throw invalidParameters(problems);
  const { activityId, agent: who, registration } = values as { activityId?: string; agent?: Members; registration?: string };
  return { store: credential.store, kind, activityId, agent: who, registration, context: digestOf(kind, activityId, who && identityOf(who)), values };
}

function digestOf(...parts: (string | undefined)[]): Buffer {
  return createHash("sha256").update(JSON.stringify(parts.map((part) => part ?? null))).digest();
}
