import { hash } from "node:crypto";
import { identifiersOf } from "./statement/agents.ts";
import { lowerDomain } from "./statement/equality.ts";
import { isObject, type Members } from "./statement/shape.ts";

/** What a statement can be found by; the related kinds hold what `related_agents` and `related_activities` find, the narrow ones included. */
export type KeyKind = "agent" | "related-agent" | "verb" | "activity" | "related-activity" | "registration";

/**
 * The key of a value: a signed 64-bit number in decimal, the front of a SHA-256. Nobody can find a second value for a given key,
 * and by chance two of ten million values share one in 400,000 stores; so keys are not checked against the statement again. Whoever
 * spends 2^32 tries on two values of their own with one key finds the one by the other, in the store that they write to, and nothing else.
 */
export function keyOf(kind: KeyKind, value: string): string {
  const known = recent[kind];
  let key = known.get(value);
  if (key !== undefined) return key;
  key = hash("sha256", `${kind}\n${value}`, "buffer").readBigInt64BE().toString();
  if (known.size >= 10_000) known.clear();
  if (value.length < 500) known.set(value, key);
  return key;
}

/** Who an Agent or identified Group is, by its identifier; undefined for an anonymous group. */
export function identityOf(agent: Members): string | undefined {
  const [name] = identifiersOf(agent);
  if (name === undefined) return undefined;
  const value = agent[name];
  if (name === "account") return JSON.stringify([(value as Members).homePage, (value as Members).name]);
  return `${name} ${name === "mbox" ? lowerDomain(value as string) : name === "mbox_sha1sum" ? (value as string).toLowerCase() : (value as string)}`;
}

/** The key of who vouches for a statement; an anonymous group's is that of its text. */
export function authorityKeyOf(authority: Members): string {
  return keyOf("related-agent", identityOf(authority) ?? JSON.stringify(authority));
}

/** Every key of a valid statement that `authority` vouches for, each once (Communication 2.1.3). */
export function keysOf(statement: Members, authority: Members): string[] {
  const { verb, object, context } = statement;
  const keys = new Set([keyOf("verb", (verb as Members).id as string)]);
  if (isObject(context) && context.registration !== undefined) keys.add(keyOf("registration", (context.registration as string).toLowerCase()));
  const around = agentsAround(statement);
  const narrow = agentObject(object) === undefined ? 1 : 2; // the actor, and an object that is an agent, come first
  for (const [place, agent] of [...around, authority].entries()) {
    for (const who of identitiesOf(agent)) {
      if (place < narrow) keys.add(keyOf("agent", who));
      keys.add(keyOf("related-agent", who));
    }
  }
  if (isActivity(object)) keys.add(keyOf("activity", object.id as string));
  for (const { id } of activitiesOf(statement)) keys.add(keyOf("related-activity", id as string));
  return [...keys];
}

/** The activities a statement speaks of: its object, its context's, and those of its SubStatement. */
export function activitiesOf({ object, context }: Members): Members[] {
  const own = isActivity(object) ? [object] : [];
  const kinds = isObject(context) && isObject(context.contextActivities) ? Object.values(context.contextActivities).flat() : [];
  return [...own, ...(kinds as Members[]), ...(isSubStatement(object) ? activitiesOf(object) : [])];
}

/** The agents and groups a statement speaks of but for its authority, those of its SubStatement included; members are within their groups. */
export function agentsAround(statement: Members): Members[] {
  const { actor, object, context } = statement;
  const found = [actor, agentObject(object)];
  if (isObject(context)) {
    found.push(context.instructor, context.team);
    for (const entry of (context.contextAgents ?? []) as Members[]) found.push(entry.agent);
    for (const entry of (context.contextGroups ?? []) as Members[]) found.push(entry.group);
  }
  const present = found.filter((agent) => agent !== undefined) as Members[];
  return isSubStatement(object) ? [...present, ...agentsAround(object)] : present;
}

const kinds: readonly KeyKind[] = ["agent", "related-agent", "verb", "activity", "related-activity", "registration"];
const recent = Object.fromEntries(kinds.map((kind) => [kind, new Map<string, string>()])) as Record<KeyKind, Map<string, string>>;

/** Of an agent, or of a group and its members. */
function identitiesOf(agent: Members): string[] {
  const own = identityOf(agent);
  const members = agent.member === undefined ? [] : (agent.member as Members[]).flatMap(identitiesOf);
  return own === undefined ? members : [own, ...members];
}

function isActivity(object: unknown): object is Members {
  return isObject(object) && (object.objectType === undefined || object.objectType === "Activity");
}

function isSubStatement(object: unknown): object is Members {
  return isObject(object) && object.objectType === "SubStatement";
}

function agentObject(object: unknown): unknown {
  return isObject(object) && (object.objectType === "Agent" || object.objectType === "Group") ? object : undefined;
}
