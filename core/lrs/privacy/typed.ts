import type { Context } from "../../kernel/context.ts";
import { isMailto, isSha1, isUuid } from "../statement/formats.ts";
import { isObject, type Members } from "../statement/shape.ts";
import { agentsOfPerson } from "./person.ts";
import { checkedAgents } from "./subject.ts";

/**
 * Agents as people type them, one on each line: an email address, the SHA-1 of one, an OpenID, a home page and an account's name, an Agent as
 * JSON, or the id of one of our people, who is all their agents. Each once. @throws invalid_agents (422)
 */
export async function agentsTyped(ctx: Context, text: string): Promise<Members[]> {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  const agents: unknown[] = [];
  for (const line of lines) agents.push(...(isUuid(line) ? await agentsOfPerson(ctx, line.toLowerCase()) : [agentTyped(line)]));
  return [...new Map(checkedAgents(agents).map((agent) => [wordsOf(agent), agent])).values()];
}

/** An agent as it would be typed. */
export function wordsOf({ mbox, mbox_sha1sum: sha1, openid, account }: Members): string {
  if (isObject(account)) return `${String(account.homePage)} ${String(account.name)}`;
  return typeof mbox === "string" ? mbox.slice("mailto:".length) : String(sha1 ?? openid);
}

/** Undefined, which no check lets through, for what is none. */
function agentTyped(text: string): unknown {
  const [, homePage, name] = /^(\S+:\/\/\S*) +(\S.*)$/.exec(text) ?? [];
  if (text.startsWith("{")) return parsed(text);
  if (isMailto(text)) return { mbox: text };
  if (/^\S+@\S+$/.test(text) && isMailto(`mailto:${text}`)) return { mbox: `mailto:${text}` };
  if (isSha1(text)) return { mbox_sha1sum: text };
  if (homePage !== undefined) return { account: { homePage, name } };
  return /^https?:\/\/\S+$/.test(text) ? { openid: text } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
