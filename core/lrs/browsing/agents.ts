import type { Context } from "../../kernel/context.ts";
import { sql } from "../../db/sql.ts";
import { literally } from "../../http/paging.ts";
import { users } from "../../people/index.ts";
import { identityOf, keyOf } from "../keys.ts";
import { agentOf } from "../stores/own.ts";
import { read } from "../raw-json.ts";
import { agentWords } from "../sentences.ts";
import { actor as actorCheck } from "../statement/agents.ts";
import { isMailto, isSha1 } from "../statement/formats.ts";
import { isObject, type Examination, type Members } from "../statement/shape.ts";

/** An agent as a filter names it. */
export interface NamedAgent {
  agent: Members;
  /** How it is written in a filter's address: `mailto:ada@example.org`, `https://lms.example ada`. */
  text: string;
  name: string;
}

/** Who a filter's words may mean; `chosen` when they mean one, `others` whom they may mean besides. */
export interface MeantAgents {
  chosen?: NamedAgent;
  others: NamedAgent[];
}

/** The words for an agent in a filter; undefined for an anonymous group. */
export function textOf({ mbox, mbox_sha1sum: sha1, openid, account }: Members): string | undefined {
  if (isObject(account)) return `${String(account.homePage)} ${String(account.name)}`;
  return (mbox ?? sha1 ?? openid) as string | undefined;
}

/** The agent that a filter's words spell out: an address, a SHA-1 of one, an OpenID, a home page and a name, or JSON; undefined for a name. */
export function agentFrom(text: string): Members | undefined {
  const [, homePage, name] = /^(\S+:\/\/\S*) +(\S.*)$/.exec(text) ?? [];
  if (text.startsWith("{")) return checkedAgent(text);
  if (isMailto(text)) return { mbox: text };
  if (/^\S+@\S+$/.test(text) && isMailto(`mailto:${text}`)) return { mbox: `mailto:${text}` };
  if (isSha1(text)) return { mbox_sha1sum: text };
  if (homePage !== undefined) return { account: { homePage, name } };
  return /^https?:\/\/\S+$/.test(text) ? { openid: text } : undefined;
}

/** Whom the words of a filter mean: one of our people by name or address first, then agents that statements have named. */
export async function meantAgents(ctx: Context, store: number, text: string): Promise<MeantAgents> {
  const spelled = agentFrom(text);
  const ours = spelled === undefined || !text.includes(":") ? await ourPeople(ctx, text) : [];
  const named = spelled ? [await namedAgent(ctx, store, spelled)] : await agentsNamed(ctx, store, text);
  const found = [...new Map([...ours, ...named].map((one) => [one.text, one])).values()];
  if (spelled !== undefined || found.length === 1) return { chosen: found[0], others: found.slice(1) };
  return { others: found };
}

/** The agent with the name that is known of it. */
export async function namedAgent(ctx: Context, store: number, agent: Members): Promise<NamedAgent> {
  const text = textOf(agent) ?? "";
  const { account } = agent;
  if (isObject(account) && account.homePage === ctx.site.url) {
    const name = uuid.test(String(account.name)) ? (await users.named(ctx, [String(account.name)])).get(String(account.name))?.name : undefined;
    if (name !== undefined) return { agent, text, name };
  }
  const known = await ctx.db.maybe<{ names: string }>(sql`select names from lrs_agent where store = ${store} and key = ${keyOf("agent", identityOf(agent) ?? "")}`);
  return { agent, text, name: nameIn(known?.names) ?? agentWords(agent) };
}

/** The page of whom an account of ours is; null for anybody else. */
export function personHref({ site: { url } }: Context, { account }: Members): string | null {
  return isObject(account) && account.homePage === url && uuid.test(String(account.name)) ? `/admin/people/${String(account.name)}` : null;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const choicesAtMost = 8;

async function ourPeople(ctx: Context, query: string): Promise<NamedAgent[]> {
  const { items } = await users.list(ctx, { query }, { limit: choicesAtMost });
  return items.map(({ id, name }) => {
    const agent = agentOf(ctx, { userId: id, name });
    return { agent, text: textOf(agent) ?? "", name };
  });
}

async function agentsNamed(ctx: Context, store: number, text: string): Promise<NamedAgent[]> {
  const rows = await ctx.db.rows<{ agent: string; names: string }>(sql`
    select agent, names from lrs_agent where store = ${store} and names ilike ${`%${literally(JSON.stringify(text).slice(1, -1))}%`} order by key limit ${choicesAtMost}`);
  return rows.map(({ agent: known, names }) => {
    const agent = read(known) as Members;
    return { agent, text: textOf(agent) ?? "", name: nameIn(names) ?? agentWords(agent) };
  });
}

function nameIn(names: string | undefined): string | undefined {
  return names === undefined ? undefined : (JSON.parse(names) as string[])[0];
}

function checkedAgent(text: string): Members | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const exam: Examination = { version: "2.0.0", problems: [] };
  actorCheck(parsed, "", exam);
  return exam.problems.length === 0 && identityOf(parsed as Members) !== undefined ? (parsed as Members) : undefined;
}
