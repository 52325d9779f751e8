import { refuse } from "../../kernel/errors.ts";
import type { Credential, Limits } from "./credential.ts";
import { identityOf, keyOf } from "../keys.ts";
import type { PreparedStatement } from "../ingest/prepare.ts";
import { isObject, type Members } from "../statement/shape.ts";

/** What a document belongs to: a state has an activity and an agent, a profile one of both. */
export interface DocumentPlace {
  activityId?: string;
  agent?: Members;
  registration?: string;
}

/**
 * Lets statements in that lie within the limits of the credential: its activity or one below as the object, or among `parent` and
 * `grouping`; its registration; its agent as the actor. `body` is the JSON they came as, which the pointers lead into.
 * @throws outside_limits (403) naming each statement's index, where, and which limit
 */
export function requireStatementsWithin({ limits }: Credential, statements: readonly PreparedStatement[], body: string): void {
  if (!isLimited(limits)) return;
  const several = body.trimStart().startsWith("[");
  const problems = statements.flatMap(({ statement, voiding }, index) =>
    outside(limits, statement, voiding).map(({ at, limit, message }) => ({ pointer: `${several ? `/${index}` : ""}${at}`, code: "outside_limits", message, limit, index })),
  );
  const [first] = problems;
  if (!first) return;
  throw refuse("outside_limits", `Statement ${first.index} lies outside what this key is limited to: ${first.pointer} ${first.message}.`, { problems });
}

/**
 * Lets a document be read and written that lies within the limits of the credential. Where a state is asked for without a
 * registration, it is outside of the limit to one. @throws outside_limits (403)
 */
export function requireDocumentWithin({ limits = {} }: Credential, { activityId, agent, registration }: DocumentPlace): void {
  const isState = activityId !== undefined && agent !== undefined;
  if (activityId !== undefined && !reachesActivity({ limits }, activityId)) throw documentOutside("activityId", limits.activity!);
  if (limits.agent !== undefined && agent !== undefined && identityOf(agent) !== limits.agent) throw documentOutside("agent", limits.agent);
  if (limits.registration !== undefined && isState && registration?.toLowerCase() !== limits.registration) throw documentOutside("registration", limits.registration);
}

/** Whether what is known of an activity is for the credential to read and to add to. */
export function reachesActivity({ limits = {} }: Pick<Credential, "limits">, iri: string): boolean {
  return limits.activity === undefined || inTree(limits.activity, iri);
}

/** The keys that every statement has which the credential may read; the activity's own, as statements below it name it. */
export function keysWithin({ limits = {} }: Credential): string[] {
  const { activity, registration, agent } = limits;
  return [
    ...(registration === undefined ? [] : [keyOf("registration", registration)]),
    ...(agent === undefined ? [] : [keyOf("agent", agent)]),
    ...(activity === undefined ? [] : [keyOf("related-activity", activity)]),
  ];
}

/** Whether an activity is the root of a tree, or lies below it by its IRI. */
function inTree(root: string, iri: string): boolean {
  return iri === root || (iri.startsWith(root) && (/[/#?]$/.test(root) || /[/#?]/.test(iri[root.length]!)));
}

interface Outside {
  at: string;
  limit: keyof Limits | "voiding";
  message: string;
}

function outside(limits: Limits, { actor, object, context }: Members, voiding: boolean): Outside[] {
  const around = isObject(context) ? context : {};
  const found: Outside[] = [];
  // What it voids may lie anywhere, and may come later.
  if (voiding) found.push({ at: "/verb/id", limit: "voiding", message: "voids, which no key with limits may" });
  if (limits.activity !== undefined && !voiding && !aboutTree(limits.activity, object as Members, around)) {
    found.push({ at: "/object/id", limit: "activity", message: `must be ${limits.activity} or lie below it, or name it as parent or grouping` });
  }
  if (limits.registration !== undefined && String(around.registration).toLowerCase() !== limits.registration) {
    found.push({ at: "/context/registration", limit: "registration", message: `must be ${limits.registration}` });
  }
  if (limits.agent !== undefined && identityOf(actor as Members) !== limits.agent) found.push({ at: "/actor", limit: "agent", message: `must be ${limits.agent}` });
  return found;
}

function aboutTree(root: string, { objectType = "Activity", id }: Members, { contextActivities }: Members): boolean {
  if (objectType === "Activity" && inTree(root, id as string)) return true;
  const { parent = [], grouping = [] } = (contextActivities ?? {}) as Members;
  return ([parent, grouping].flat() as Members[]).some((activity) => inTree(root, activity.id as string));
}

function isLimited(limits: Limits | undefined): limits is Limits {
  return limits !== undefined && Object.values(limits).some((limit) => limit !== undefined);
}

function documentOutside(parameter: string, limit: string): Error {
  const message = `must be ${limit}${parameter === "activityId" ? " or lie below it" : ""}`;
  return refuse("outside_limits", `This key is limited: ${parameter} ${message}.`, { problems: [{ pointer: `/${parameter}`, code: "outside_limits", message }] });
}
