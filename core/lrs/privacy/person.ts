import type { Context } from "../../kernel/context.ts";
import { t, type Static } from "../../kernel/schema.ts";
import { sql } from "../../db/sql.ts";
import { forgetPerson } from "../credentials/launch.ts";
import { agentOf } from "../stores/own.ts";
import type { Members } from "../statement/shape.ts";
import { everythingOf } from "./export.ts";
import { begin, type Choices } from "./requests.ts";

/** What becomes of the records of people who are erased. */
export const privacySettings = {
  recordsOfErased: t.Enum(["erase", "pseudonymise"] as const, {
    env: "CADRE_RECORDS_OF_ERASED",
    default: "erase",
    description: "What becomes of statements whose actor is a person who is erased: erase them, or pseudonymise them and keep the statistics. Where they teach or vouch, a pseudonym takes their place either way.",
  }),
};

/** How erased people leave the record store. */
const choicesOfErased = (act: Static<(typeof privacySettings)["recordsOfErased"]>): Choices => ({ actor: act, instructor: "pseudonymise", authority: "pseudonymise", mention: "pseudonymise", documents: "erase" });

/** The agents that stand for one of our people: their account here, and their address once they have shown that it is theirs. */
export async function agentsOfPerson(ctx: Context, userId: string): Promise<Members[]> {
  const { account } = agentOf(ctx, { userId, name: "" });
  const confirmed = await ctx.db.maybe<{ email: string }>(sql`select email from user_account where id = ${userId} and email is not null and email_confirmed_at is not null`);
  return [{ account }, ...(confirmed ? [{ mbox: `mailto:${confirmed.email}` }] : [])];
}

const linesAtMost = 10_000;

/** What the record store has of a person: things as `everythingOf` tells them, the first of many; and where all are. */
export async function exportPerson(ctx: Context, userId: string): Promise<Record<string, unknown>> {
  const agents = await agentsOfPerson(ctx, userId);
  const keys = await ctx.db.rows(sql`select label, activity, registration, created_at, expires_at, revoked_at from lrs_credential where agent::jsonb #>> '{account,name}' = ${userId} and agent::jsonb #>> '{account,homePage}' = ${ctx.site.url} order by id`);
  const records: unknown[] = [];
  let line = "";
  for await (const piece of everythingOf(ctx, agents, null, "by key")) {
    line += piece;
    if (!line.endsWith("\n")) continue;
    records.push(...line.trimEnd().split("\n").map((text) => JSON.parse(text) as unknown));
    line = "";
    if (records.length >= linesAtMost) break;
  }
  return { agents, keys, records: records.slice(0, linesAtMost), all: "/api/v1/records/mine.ndjson" };
}

/** Erases a person from the record store: their keys at once, everything else by a request that is queued with the transaction. */
export async function erasePerson(ctx: Context, userId: string): Promise<void> {
  await forgetPerson(ctx, userId);
  const { recordsOfErased } = ctx.as("records").config as { recordsOfErased: "erase" | "pseudonymise" };
  await begin(ctx.as("records"), { agents: await agentsOfPerson(ctx, userId), choices: choicesOfErased(recordsOfErased), later: "pseudonymise", reason: "person erased" });
}
