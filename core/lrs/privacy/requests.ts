import { randomUUID } from "node:crypto";
import type { Context } from "../../kernel/context.ts";
import { refuse } from "../../kernel/errors.ts";
import { newId } from "../../kernel/ids.ts";
import { sql } from "../../db/sql.ts";
import { readPage, type PageOf, type PageRequest } from "../../http/paging.ts";
import { audit } from "../../people/index.ts";
import { queueAgain } from "../queue-again.ts";
import type { Members } from "../statement/shape.ts";
import { roles, type Act, type Acts } from "./roles.ts";
import { forgottenDigest, subjectOf } from "./subject.ts";
import type { PrivacyReport, Tallies } from "./report.ts";

/** What is to be done in each role, and with the documents of an agent. */
export interface Choices extends Acts {
  documents: Exclude<Act, "pseudonymise">;
}

/** What becomes of statements about them that come after: taken as any other, refused, or taken with the pseudonym. */
export const laterChoices = ["store", "refuse", "pseudonymise"] as const;
export type Later = (typeof laterChoices)[number];

export const requestStates = ["waiting", "running", "done", "failed"] as const;
export const steps = ["statements", "late", "belongings", "proof", "report"] as const;
export type Step = (typeof steps)[number];

/** A request to erase or pseudonymise an agent, and how far it is. */
export interface PrivacyRequest {
  id: string;
  /** Null: every store. */
  store: number | null;
  /** Null when it is done. */
  agents: Members[] | null;
  /** The name of the account at the site that stands for them. */
  pseudonym: string;
  choices: Choices;
  later: Later;
  /** `asked`, or `person erased`. */
  reason: string;
  state: (typeof requestStates)[number];
  error: string | null;
  step: Step;
  /** Where the step is: everything before `placeStore`, and of that all up to `place`, is done. */
  placeStore: number;
  place: number;
  /** Microseconds since 1970: statements stored later come under the orders it left; null before it has begun. */
  mark: number | null;
  /** Up to where each store was gone through, by its number. */
  reached: Record<string, number>;
  tallies: Partial<Tallies>;
  report: PrivacyReport | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export interface PrivacyWish {
  /** As `checkedAgents` answers them. */
  agents: Members[];
  store?: number | null;
  choices: Choices;
  later: Later;
  reason?: string;
}

/** Begins a request and queues it. @throws no_agents (422), nothing_to_do (422), no_such_store (404) */
export async function begin(ctx: Context, { agents, store = null, choices, later, reason = "asked" }: PrivacyWish): Promise<PrivacyRequest> {
  if (agents.length === 0) throw refuse("no_agents", "Say who: at least one agent.", { status: 422 });
  if (Object.values(choices).every((act) => act === "keep") && later === "store") throw refuse("nothing_to_do", "Everything is to be kept, so there is nothing to do.", { status: 422 });
  return ctx.transact(async (tx) => {
    const id = newId(tx.now());
    const stores = await storesOf(tx, store);
    const digests = subjectOf(agents).agents.map((agent) => forgottenDigest(tx.site, agent)!);
    const before = await tx.db.maybe<{ pseudonym: string }>(sql`select pseudonym from lrs_forgotten where digest = any(${digests}::bytea[]) limit 1`);
    const pseudonym = before?.pseudonym ?? randomUUID();
    await tx.db.run(sql`insert into record_privacy (id, store, agents, pseudonym, choices, later, reason, created_at)
      values (${id}, ${store}, ${JSON.stringify(agents)}, ${pseudonym}, ${JSON.stringify(choices)}, ${later}, ${reason}, ${tx.now()})`);
    if (later !== "store") {
      const held = roles.filter((role) => role !== "mention" && choices[role] !== "keep");
      await tx.db.run(sql`
        insert into lrs_forgotten (store, digest, later, roles, pseudonym, request_id)
        select store, digest, ${later}, ${held}, ${pseudonym}, ${id} from unnest(${stores}::integer[]) as store, unnest(${digests}::bytea[]) as digest order by store, digest
        on conflict (store, digest) do update set later = excluded.later, roles = excluded.roles, request_id = excluded.request_id`);
    }
    await tx.enqueue("records.carryPrivacy", { id });
    await audit.record(tx, { action: "records.privacy-begun", subject: { kind: "record-privacy", id }, detail: { store, choices, later, reason, agents: agents.length } });
    return get(tx, id);
  });
}

/** Queues a request again that failed. @throws not_found (404), privacy_done (409) */
export async function goOn(ctx: Context, id: string): Promise<void> {
  if (await queueAgain(ctx, "record_privacy", id)) return;
  await get(ctx, id);
  throw refuse("privacy_done", "This is done already.", { status: 409 });
}

/** @throws not_found (404) */
export async function get(ctx: Context, id: string): Promise<PrivacyRequest> {
  const row = await ctx.db.maybe<Row>(sql`select * from record_privacy where id = ${id}`);
  if (!row) throw refuse("not_found", "There is no such request.", { status: 404 });
  return requestOf(row);
}

/** The same, held until the transaction ends. */
export async function lock(tx: Context, id: string): Promise<PrivacyRequest> {
  return requestOf(await tx.db.one<Row>(sql`select * from record_privacy where id = ${id} for update`));
}

/** The latest first. */
export async function list(ctx: Context, page: PageRequest): Promise<PageOf<PrivacyRequest>> {
  const found = await readPage<Row>(page, { columns: [{ column: "id", type: "uuid" }], descending: true, keyOf: ({ id }) => [id] }, (condition, order) => ctx.db.rows(sql`select * from record_privacy where ${condition} ${order}`));
  return { ...found, items: found.items.map(requestOf) };
}

/** Writes where a request stands, in the transaction that did what it tells. */
export async function save(tx: Context, { id, step, placeStore, place, reached, tallies }: PrivacyRequest): Promise<void> {
  await tx.db.run(sql`update record_privacy set step = ${step}, place_store = ${placeStore}, place = ${place}, reached = ${JSON.stringify(reached)}, tallies = ${JSON.stringify(tallies)} where id = ${id}`);
}

/** The stores of a request, in ascending order. @throws no_such_store (404) */
export async function storesOf({ db }: Context, store: number | null): Promise<number[]> {
  const rows = await db.rows<{ id: number }>(sql`select id from lrs_store where ${store === null ? sql.raw("true") : sql`id = ${store}`} order by id`);
  if (rows.length === 0) throw refuse("no_such_store", "There is no such store.", { status: 404 });
  return rows.map(({ id }) => id);
}

type Row = Omit<PrivacyRequest, "agents" | "choices" | "reached" | "tallies" | "report" | "place" | "mark"> & Record<"choices" | "reached" | "tallies" | "place", string> & Record<"agents" | "report" | "mark", string | null>;

function requestOf({ agents, choices, reached, tallies, report, place, mark, ...row }: Row): PrivacyRequest {
  return {
    ...row,
    agents: agents === null ? null : (JSON.parse(agents) as Members[]),
    choices: JSON.parse(choices) as Choices,
    reached: JSON.parse(reached) as Record<string, number>,
    tallies: JSON.parse(tallies) as Partial<Tallies>,
    report: report === null ? null : (JSON.parse(report) as PrivacyReport),
    place: Number(place),
    mark: mark === null ? null : Number(mark),
  };
}
