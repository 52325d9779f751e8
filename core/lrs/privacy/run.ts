import type { Context } from "../../kernel/context.ts";
import { messageOf } from "../../kernel/errors.ts";
import { sql } from "../../db/sql.ts";
import type { Delivery } from "../../db/queue.ts";
import { audit } from "../../people/index.ts";
import { consistentThrough } from "../query/query.ts";
import { eraseStatements, lockStatements, replaceStatements, type Detached, type LockedStatement } from "./acts.ts";
import { clearDocuments, clearKnown, documentsOf, type Sought } from "./belongings.ts";
import { noRoles, reportOn, type Tallies } from "./report.ts";
import { get, lock, save, steps, storesOf, type PrivacyRequest } from "./requests.ts";
import { rewritten, rolesIn, type Rewritten, type Role } from "./roles.ts";
import { candidatesIn, namedBy, type Stretch } from "./search.ts";
import { subjectOf } from "./subject.ts";

/** How far a request was carried: to its end, for now, or to where statements that are being stored must be waited for. */
export type Carried = "done" | "enough" | "wait";

/**
 * Carries a request on from where it stands, in steps of one transaction each, until it is done or `enough` says so between two: what is
 * done is done whatever happens, and nothing twice. Whoever carries the same request waits.
 */
export async function carryOn(ctx: Context, id: string, enough: () => boolean = () => false): Promise<Carried> {
  const { state, mark } = await get(ctx, id);
  if (state === "done") return "done";
  if (mark === null) await start(ctx, id);
  else await ctx.db.run(sql`update record_privacy set state = 'running', error = null where id = ${id} and state <> 'done'`);
  for (;;) {
    const went = await ctx.transact((tx) => step(tx, id));
    if (went !== "enough" || enough()) return went;
  }
}

const whileMs = 60_000;
const waitMs = 2_000;

/** Carries a request on for a minute and queues the rest, so that no try takes long however much there is to do. */
export async function carryForAWhile(ctx: Context, { id }: { id: string }, { signal }: Pick<Delivery, "signal">): Promise<void> {
  const until = performance.now() + whileMs;
  const carried = await carryOn(ctx, id, () => signal.aborted || performance.now() > until).catch(async (error: unknown) => {
    await ctx.db.run(sql`update record_privacy set state = 'failed', error = ${messageOf(error)} where id = ${id} and state <> 'done'`);
    throw error;
  });
  if (carried === "done") return;
  await ctx.transact((tx) => tx.enqueue("records.carryPrivacy", { id }, carried === "wait" ? { startAfter: new Date(tx.now().getTime() + waitMs) } : {}));
}

/** Whoever stores from now on reads the orders that the request came with; whoever did not has a time before the mark. */
async function start(ctx: Context, id: string): Promise<void> {
  await ctx.db.run(sql`select nextval('lrs_forgotten_stamp')`);
  await ctx.db.run(sql`
    update record_privacy set state = 'running', error = null, started_at = ${ctx.now()}, tallies = ${JSON.stringify(nothing())},
      mark = greatest((select last_value from lrs_clock), (extract(epoch from clock_timestamp()) * 1000000)::bigint)
    where id = ${id} and mark is null`);
}

type Running = PrivacyRequest & { agents: NonNullable<PrivacyRequest["agents"]>; tallies: Tallies };

const nothing = (): Tallies => ({
  found: noRoles(),
  statements: { found: 0, erased: 0, pseudonymised: 0, kept: 0 },
  signatures: 0,
  attachments: { links: 0, contents: 0 },
  documents: { own: 0, mentioning: 0, erased: 0, pseudonymised: 0, kept: 0 },
  known: { agents: 0, activities: 0, others: 0, keysErased: 0, keysPseudonymised: 0 },
  left: noRoles(),
  leftStatements: 0,
});

async function step(tx: Context, id: string): Promise<Carried> {
  const locked = await lock(tx, id);
  if (locked.state === "done" || locked.agents === null) return "done";
  const request = locked as Running;
  const sought: Sought = { subject: subjectOf(request.agents), pseudonym: request.pseudonym, choices: request.choices };
  const stores = await storesOf(tx, request.store);
  if (request.step === "report") return finish(tx, request, sought, stores);
  const store = stores.find((each) => each >= request.placeStore);
  if (store === undefined) {
    if (request.step === "belongings") add(request.tallies.known, await clearKnown(tx, stores, sought));
    await save(tx, { ...request, step: steps[steps.indexOf(request.step) + 1]!, placeStore: 0, place: 0 });
    return "enough";
  }
  request.placeStore = store;
  if (request.step === "belongings") {
    add(request.tallies.documents, await clearDocuments(tx.db, store, sought));
    await save(tx, { ...request, placeStore: store + 1, place: 0 });
    return "enough";
  }
  const through = request.step === "proof" ? (request.reached[store] ?? 0) : await consistentThrough(tx.db);
  if (request.step === "late" && through < request.mark!) return "wait";
  const stretch = { store, after: request.step === "late" ? Math.max(request.place, request.reached[store] ?? 0) : request.place, through };
  const end = await (request.step === "proof" ? look(tx, request, sought, stretch) : act(tx, request, sought, stretch));
  if (end === through && request.step !== "proof") request.reached[store] = through;
  await save(tx, end === through ? { ...request, placeStore: store + 1, place: 0 } : { ...request, place: end });
  return "enough";
}

/** Does what is to be done with the next statements; up to where. */
async function act(tx: Context, { tallies, choices }: Running, { subject, pseudonym }: Sought, stretch: Stretch): Promise<number> {
  const { statements, end } = await candidatesIn(tx.db, stretch, subject);
  const named = namedBy(subject, pseudonym);
  const erased: LockedStatement[] = [];
  const changed: { statement: LockedStatement; by: Rewritten }[] = [];
  for (const statement of await lockStatements(tx.db, stretch.store, statements.map(({ seq }) => seq))) {
    const found = [...rolesIn(statement.raw, named)];
    if (found.length === 0) continue;
    count(tallies.found, found);
    tallies.statements.found++;
    if (found.some((role) => choices[role] === "erase")) erased.push(statement);
    else if (found.some((role) => choices[role] === "pseudonymise")) changed.push({ statement, by: rewritten(statement.raw, choices, named, tx.site.url) });
    else tallies.statements.kept++;
  }
  tallies.statements.erased += erased.length;
  tallies.statements.pseudonymised += changed.length;
  tallies.signatures += changed.reduce((sum, { by }) => sum + by.signatures.length, 0);
  add(tallies.attachments, await eraseStatements(tx.db, stretch.store, erased));
  add(tallies.attachments, await replaceStatements(tx.db, stretch.store, changed));
  return end;
}

/** Counts what is left; up to where. */
async function look({ db }: Context, { tallies }: Running, { subject, pseudonym }: Sought, stretch: Stretch): Promise<number> {
  const { statements, end } = await candidatesIn(db, stretch, subject);
  for (const { raw } of statements) {
    const left = [...rolesIn(raw, namedBy(subject, pseudonym))];
    count(tallies.left, left);
    if (left.length > 0) tallies.leftStatements++;
  }
  return end;
}

async function finish(tx: Context, request: Running, { subject }: Sought, stores: readonly number[]): Promise<Carried> {
  const { id } = request;
  let documents = 0;
  for (const store of stores) for await (const batch of documentsOf(tx.db, store, subject)) documents += batch.length;
  await tx.db.run(sql`update record_privacy set agents = null where id = ${id}`);
  const report = await reportOn(tx, request, stores, documents);
  await tx.db.run(sql`update record_privacy set state = 'done', report = ${JSON.stringify(report)}, finished_at = ${tx.now()} where id = ${id}`);
  const { statements } = request.tallies;
  await audit.record(tx, { action: "records.privacy-done", subject: { kind: "record-privacy", id }, detail: { ...statements, clean: report.clean } });
  return "done";
}

function count(counts: Record<Role, number>, found: readonly Role[]): void {
  for (const role of found) counts[role]++;
}

function add<T extends Detached | Tallies["documents"] | Tallies["known"]>(sums: T, more: T): void {
  for (const [name, value] of Object.entries(more)) (sums as unknown as Record<string, number>)[name]! += value as number;
}
