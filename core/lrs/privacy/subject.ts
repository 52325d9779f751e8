import { createHash, createHmac } from "node:crypto";
import type { Site } from "../../kernel/context.ts";
import { CadreError } from "../../kernel/errors.ts";
import { identityOf } from "../keys.ts";
import { actor, identifiersOf } from "../statement/agents.ts";
import { isObject, type Examination, type Members } from "../statement/shape.ts";

/** Somebody in the record store: every agent that stands for them. */
export interface Subject {
  /** By their identifiers alone; with the SHA-1 of each address. */
  agents: Members[];
  /** As `identityOf` tells them. */
  identities: string[];
  /** What a text that names them holds: addresses, digests, OpenIDs and names of accounts, in lower case. */
  needles: string[];
  isAgent(agent: Members): boolean;
  /** Whether a text names them by more than a part of another's name; names of accounts count from eight characters. */
  isIn(text: string): boolean;
  /** The text with `name` in place of theirs. */
  replaced(text: string, name: string): string;
}

/** Agents that can be told from others, of a request or a form. @throws invalid_agents (422) */
export function checkedAgents(agents: readonly unknown[]): Members[] {
  return agents.map((agent, index) => {
    const exam: Examination = { version: "2.0.0", problems: [] };
    actor(agent, "", exam);
    const [identifier] = isObject(agent) ? identifiersOf(agent) : [];
    if (exam.problems.length === 0 && identifier !== undefined) return { [identifier]: (agent as Members)[identifier] };
    const message = `Agent ${index + 1} is none that can be told from others: it needs one of mbox, mbox_sha1sum, openid and account, as xAPI wants it.`;
    throw new CadreError("invalid_agents", message, { status: 422, problems: [{ pointer: "/agents", code: "invalid_agents", message }] });
  });
}

/** Whom these agents stand for. An address is looked for by its SHA-1 as well, and in whatever case it is written. */
export function subjectOf(agents: readonly Members[]): Subject {
  const all = new Map<string, Members>();
  for (const agent of agents) {
    for (const one of [agent, ...digestsOf(agent)]) all.set(foldedIdentity(one)!, one);
  }
  const needles = [...new Set([...all.values()].map((agent) => lowerAscii(needleOf(agent))))];
  const distinct = needles.filter((needle) => needle.length >= distinctLength).map((needle) => needle.replace(/[^\w]/g, "\\$&"));
  // ann@example.org is neither in joann@example.org nor in ann@example.org.uk
  const pattern = distinct.length === 0 ? "(?!)" : `(?<![\\w.+%-])(?:${distinct.join("|")})(?![\\w-]|\\.\\w)`;
  const [one, every] = [new RegExp(pattern, "i"), new RegExp(pattern, "gi")];
  return {
    agents: [...all.values()],
    identities: [...all.values()].map((agent) => identityOf(agent)!),
    needles,
    isAgent: (agent) => {
      const identity = foldedIdentity(agent);
      return identity !== undefined && all.has(identity);
    },
    isIn: (text) => one.test(text),
    replaced: (text, name) => text.replace(every, name),
  };
}

/** What a forgotten agent is known by: a digest that is worth nothing without the site's secret. */
export function forgottenDigest({ secret }: Pick<Site, "secret">, agent: Members): Buffer | undefined {
  const identity = foldedIdentity(agent);
  return identity === undefined ? undefined : createHmac("sha256", createHmac("sha256", secret).update("records privacy").digest()).update(identity).digest();
}

/** ASCII only, as PostgreSQL's lower() has it in the collation "C". */
export const lowerAscii = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const distinctLength = 8;

/** Who an agent is, whatever the case of an address: more than the specification takes for the same, so that nobody is missed. */
function foldedIdentity(agent: Members): string | undefined {
  const identity = identityOf(agent);
  return typeof agent.mbox === "string" ? identity?.toLowerCase() : identity;
}

/** An address by its digest: as it is written, and in lower case. */
function digestsOf({ mbox }: Members): Members[] {
  if (typeof mbox !== "string") return [];
  return [...new Set([mbox, mbox.toLowerCase()])].map((address) => ({ mbox_sha1sum: createHash("sha1").update(address).digest("hex") }));
}

function needleOf({ mbox, mbox_sha1sum: sha1, openid, account }: Members): string {
  if (isObject(account)) return String(account.name);
  return typeof mbox === "string" ? mbox.slice("mailto:".length) : String(sha1 ?? openid);
}
