import type { Context } from "../../kernel/context.ts";
import { CadreError } from "../../kernel/errors.ts";
import { t } from "../../kernel/schema.ts";
import { sql } from "../../db/sql.ts";
import { meantAgents, type MeantAgents } from "./agents.ts";
import { identityOf } from "../keys.ts";
import { ownStore } from "../stores/own.ts";
import type { StatementFilter } from "../query/query.ts";
import { isIri, isUuid } from "../statement/formats.ts";
import { microsecondsOf, timestampOf } from "../statement/timestamps.ts";

const words = (maxLength: number, description: string) => t.String({ maxLength, pattern: "^[^\\p{Cc}]*$", default: "", description });

/** Which statements are wanted, as addresses and forms have it; "" where it does not matter. */
export const filterQuery = {
  agent: words(4000, "Who: a name or email of one of our people, mailto:…, a home page and an account's name, an OpenID, or an Agent as JSON."),
  verb: words(4000, "The IRI of a verb."),
  activity: words(4000, "The IRI of an activity."),
  registration: words(100, "A registration's UUID."),
  since: words(40, "Stored after this time, or on this day or later (UTC)."),
  until: words(40, "Stored at or before this time, or on this day or earlier (UTC)."),
  related: t.Union([t.Literal(""), t.Literal("on")], { default: "", description: "on: agents and activities count wherever a statement mentions them." }),
  store: t.Integer({ minimum: 1, maximum: 2_147_483_647, default: ownStore, description: "The store's number; 1 is the site's own." }),
};

export interface FilterFields {
  agent: string;
  verb: string;
  activity: string;
  registration: string;
  since: string;
  until: string;
  related: "" | "on";
  store: number;
}

/** A filter that was read: what it asks for, whom it means, and what could not be understood. */
export interface ReadFilter {
  filter: StatementFilter;
  meant: MeantAgents;
  problems: { field: keyof FilterFields; message: string }[];
}

/** Nothing asked. */
export const emptyFilter: FilterFields = { agent: "", verb: "", activity: "", registration: "", since: "", until: "", related: "", store: ownStore };

/** Reads the fields of a filter; nothing is thrown, so that a form can be shown again. */
export async function readFilter(ctx: Context, fields: FilterFields): Promise<ReadFilter> {
  const { store, verb, activity, registration, related } = fields;
  const agentText = fields.agent.trim();
  const meant = agentText === "" ? { others: [] } : await meantAgents(ctx, store, agentText);
  const agent = meant.chosen && identityOf(meant.chosen.agent);
  // a day is there with its first microsecond and its last: `since` is exclusive
  const since = timeFrom(fields.since, -1);
  const until = timeFrom(fields.until, dayUs - 1);
  const problems: ReadFilter["problems"] = [];
  const wrong = (field: keyof FilterFields, isWrong: boolean, message: string) => void (isWrong && problems.push({ field, message }));
  wrong("agent", agentText !== "" && agent === undefined, meant.others.length > 0 ? "Several fit; choose one below." : "Nobody by this name has been named by a statement. Try an email address.");
  wrong("verb", verb !== "" && !isIri(verb), "A verb is an IRI, such as http://adlnet.gov/expapi/verbs/passed.");
  wrong("activity", activity.trim() !== "" && !isIri(activity.trim()), "An activity is an IRI with a scheme, such as https://….");
  wrong("registration", registration.trim() !== "" && !isUuid(registration.trim()), "A registration is a UUID.");
  wrong("since", since === "wrong", "This is no date and no time.");
  wrong("until", until === "wrong", "This is no date and no time.");
  const filter: StatementFilter = {
    store,
    ...(agent !== undefined && { agent }),
    ...(verb !== "" && { verb }),
    ...(activity.trim() !== "" && { activity: activity.trim() }),
    ...(registration.trim() !== "" && { registration: registration.trim() }),
    ...(typeof since === "number" && { since }),
    ...(typeof until === "number" && { until }),
    ...(related === "on" && { relatedAgents: true, relatedActivities: true }),
  };
  return { filter, meant, problems };
}

/** What the fields ask for. @throws invalid_parameters (400) naming each field that can't be understood */
export async function filterOf(ctx: Context, fields: FilterFields): Promise<StatementFilter> {
  const { filter, problems } = await readFilter(ctx, fields);
  const [first] = problems;
  if (first) throw new CadreError("invalid_parameters", first.message, { problems: problems.map(({ field, message }) => ({ pointer: `/query/${field}`, code: "invalid_parameter", message })) });
  return filter;
}

/** The query string of a filter, without what is not asked; changed by `changes`. */
export function queryOf(fields: FilterFields, changes: Partial<FilterFields> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...fields, ...changes })) {
    if (value !== "" && !(name === "store" && value === ownStore)) query.set(name, String(value));
  }
  return query.size === 0 ? "" : `?${query.toString()}`;
}

/** The stores there are. */
export function storesOf({ db }: Context): Promise<{ id: number; name: string }[]> {
  return db.rows(sql`select id, name from lrs_store order by id`);
}

const dayUs = 86_400_000_000;
const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text.trim());

/** Microseconds since 1970; of a day its beginning and `ofDayUs` more. */
function timeFrom(text: string, ofDayUs: number): number | "wrong" | undefined {
  if (text.trim() === "") return undefined;
  const timestamp = timestampOf(text.trim());
  if (!timestamp) return "wrong";
  return microsecondsOf(timestamp) + (isDay(text) ? ofDayUs : 0);
}
