import { randomUUID } from "node:crypto";
import { signatureUsage } from "../attachments/signatures.ts";
import { elementsOf, membersOf, stringsOf, withMember } from "../raw-json.ts";
import { identifiers } from "../statement/agents.ts";
import type { Members } from "../statement/shape.ts";

/**
 * What somebody is to a statement: an actor is its actor or object, a member of one, or the same within its SubStatement; an instructor is
 * in its context (instructor, team, contextAgents, contextGroups); an authority vouches for it; a mention is anywhere else in its text.
 */
export const roles = ["actor", "instructor", "authority", "mention"] as const;
export type Role = (typeof roles)[number];

export const acts = ["keep", "pseudonymise", "erase"] as const;
export type Act = (typeof acts)[number];
export type Acts = Readonly<Record<Role, Act>>;

/** Whose names are looked for in a statement. */
export interface Named {
  /** The name of the account at the site that is to stand for an agent; undefined for anybody else. */
  pseudonymOf(agent: Members): string | undefined;
  /** Where text names them besides; not looked for unless told. */
  mentions?: { isIn(text: string): boolean; replaced(text: string): string };
}

/** A statement with pseudonyms, and the hashes of signatures that it lost: their bytes hold what was signed, names and all. */
export interface Rewritten {
  text: string;
  signatures: string[];
}

/** What they are to a statement; `text` is its JSON. */
export function rolesIn(text: string, named: Named): Set<Role> {
  const found = new Set<Role>();
  const rest = eachAgent(text, (role, agent) => {
    const changed = agentWith(agent, named, "");
    if (changed !== agent) found.add(role);
    return changed;
  });
  if (isMentioned(rest, named)) found.add("mention");
  return found;
}

/** The statement's JSON with pseudonyms in the roles that `acts` pseudonymises; the rest is as it was, to the letter. */
export function rewritten(text: string, acts: Acts, named: Named, homePage: string): Rewritten {
  const kept: string[] = [];
  const agents = eachAgent(text, (role, agent) => {
    if (acts[role] === "pseudonymise" || agentWith(agent, named, "") === agent) return agentWith(agent, named, homePage);
    kept.push(agent);
    return `"${keptMarker}${kept.length - 1}"`;
  });
  const mentions = acts.mention === "pseudonymise" ? withoutMentions(agents, named) : agents;
  const whole = mentions.replace(keptAgent, (_, index: string) => kept[Number(index)]!);
  return whole === text ? { text, signatures: [] } : withoutSignatures(whole);
}

/** The text of one Agent or Group with a pseudonym for each identifier that is theirs. */
export const rewrittenAgent = (agent: string, named: Named, homePage: string): string => agentWith(agent, named, homePage);

/** A JSON text with what names them replaced in every string, names of members among them. */
export function withoutMentions(json: string, { mentions }: Named): string {
  if (!mentions) return json;
  let [changed, done] = ["", 0];
  for (const [start, end] of stringsOf(json)) {
    const text = unescaped(json.slice(start, end));
    if (!mentions.isIn(text)) continue;
    changed += json.slice(done, start) + JSON.stringify(mentions.replaced(text));
    done = end;
  }
  return changed + json.slice(done);
}

/** Whether any string of a JSON text names them. */
export function isMentioned(json: string, { mentions }: Named): boolean {
  if (!mentions) return false;
  if (!json.includes("\\")) return mentions.isIn(json);
  for (const [start, end] of stringsOf(json)) if (mentions.isIn(unescaped(json.slice(start, end)))) return true;
  return false;
}

const keptMarker = `kept ${randomUUID()} `;
const keptAgent = new RegExp(`"${keptMarker}(\\d+)"`, "g");
const contextRoles: Record<string, string | undefined> = { contextAgents: "agent", contextGroups: "group" };

/** What a string says; as it is written where that is not JSON, as documents that are called so may have it. */
function unescaped(token: string): string {
  if (!token.includes("\\")) return token.slice(1, -1);
  try {
    return JSON.parse(token) as string;
  } catch {
    return token;
  }
}

type AgentChange = (role: Role, agent: string) => string;

/** The statement's text with the text of each Agent and Group changed; members are within their groups. */
function eachAgent(text: string, change: AgentChange): string {
  return withValues(text, (name, value) => {
    if (name === "actor") return change("actor", value);
    if (name === "authority") return change("authority", value);
    if (name === "context") return inContext(value, change);
    if (name !== "object") return value;
    const type = objectTypeOf(value);
    if (type === "SubStatement") return eachAgent(value, change);
    return type === "Agent" || type === "Group" ? change("actor", value) : value;
  });
}

function inContext(context: string, change: AgentChange): string {
  return withValues(context, (name, value) => {
    if (name === "instructor" || name === "team") return change("instructor", value);
    const holder = contextRoles[name];
    return holder === undefined ? value : withElements(value, (entry) => withMember(entry, holder, (agent) => change("instructor", agent)));
  });
}

/** An Agent or Group with a pseudonym for its identifier and name if it is theirs, and for its members likewise. */
function agentWith(text: string, named: Named, homePage: string): string {
  const inner = text.includes('"member"') ? withMember(text, "member", (members) => withElements(members, (member) => agentWith(member, named, homePage))) : text;
  const pseudonym = named.pseudonymOf(JSON.parse(text) as Members);
  if (pseudonym === undefined) return inner;
  const others = membersOf(inner).filter(({ name }) => name !== "name" && !identifiers.includes(name as never));
  return `{${[...others.map(({ start, end }) => inner.slice(start, end)), `"account":${JSON.stringify({ homePage, name: pseudonym })}`].join()}}`;
}

function withoutSignatures(text: string): Rewritten {
  const signatures: string[] = [];
  const attachments = membersOf(text).find(({ name }) => name === "attachments");
  if (!attachments) return { text, signatures };
  const left = elementsOf(text.slice(attachments.valueStart, attachments.end)).filter(({ text: element }) => {
    const { usageType, sha2 } = JSON.parse(element) as { usageType: string; sha2: string };
    if (usageType === signatureUsage) signatures.push(sha2.toLowerCase());
    return usageType !== signatureUsage;
  });
  if (signatures.length === 0) return { text, signatures };
  const others = membersOf(text).flatMap(({ name, start, end }) => {
    if (name !== "attachments") return [text.slice(start, end)];
    return left.length === 0 ? [] : [`"attachments":[${left.map(({ text: element }) => element).join()}]`];
  });
  return { text: `{${others.join()}}`, signatures };
}

/** An object's text with the values of its members changed, everything else as it was. */
function withValues(text: string, change: (name: string, value: string) => string): string {
  return membersOf(text).reduceRight((sofar, { name, valueStart, end }) => {
    const value = text.slice(valueStart, end);
    const changed = change(name, value);
    return changed === value ? sofar : sofar.slice(0, valueStart) + changed + sofar.slice(end);
  }, text);
}

/** An array's text with its elements changed; the same text when none is. */
function withElements(text: string, change: (element: string) => string): string {
  const elements = elementsOf(text).map(({ text: element }) => element);
  const changed = elements.map(change);
  return changed.every((element, index) => element === elements[index]) ? text : `[${changed.join()}]`;
}

function objectTypeOf(object: string): string | undefined {
  const type = membersOf(object).find(({ name }) => name === "objectType");
  return type && (JSON.parse(object.slice(type.valueStart, type.end)) as string);
}
