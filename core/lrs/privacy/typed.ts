import type { Context } from "../../kernel/context.ts";
import { agentFrom, textOf } from "../browsing/agents.ts";
import { isUuid } from "../statement/formats.ts";
import type { Members } from "../statement/shape.ts";
import { agentsOfPerson } from "./person.ts";
import { checkedAgents } from "./subject.ts";

/**
 * Agents as people type them, one on each line: an email address, the SHA-1 of one, an OpenID, a home page and an account's name, an Agent as
 * JSON, or the id of one of our people, who is all their agents. Each once. @throws invalid_agents (422)
 */
export async function agentsTyped(ctx: Context, text: string): Promise<Members[]> {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  const agents: unknown[] = [];
  for (const line of lines) agents.push(...(isUuid(line) ? await agentsOfPerson(ctx, line.toLowerCase()) : [agentFrom(line)]));
  return [...new Map(checkedAgents(agents).map((agent) => [wordsOf(agent), agent])).values()];
}

/** An agent as it would be typed. */
export const wordsOf = (agent: Members): string => (textOf(agent) ?? "").replace(/^mailto:/, "");
