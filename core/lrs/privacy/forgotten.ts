import type { Site } from "../../kernel/context.ts";
import { refuse, type CadreError } from "../../kernel/errors.ts";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import type { StoredStatement } from "../ingest/ingest.ts";
import { agentsAround } from "../keys.ts";
import type { PreparedStatement } from "../ingest/prepare.ts";
import { refused } from "../refusals.ts";
import type { Members } from "../statement/shape.ts";
import { lockStatements, replaceStatements } from "./acts.ts";
import { rewritten, rolesIn, type Acts, type Named, type Role } from "./roles.ts";
import { forgottenDigest } from "./subject.ts";

/** Agents that are forgotten from now on, for whatever stores statements. */
export interface Forgotten {
  /**
   * To be called in the transaction that has stored statements, after it has: takes names out of them, or refuses them. After, because the
   * time of a statement is taken before this is asked: whoever is told of nobody stored before the request's mark, and is found by it.
   * @throws agent_forgotten (403)
   */
  hold(tx: Db, statements: readonly PreparedStatement[], stored: readonly StoredStatement[]): Promise<void>;
  /** The stamp as of which, so far as this process knows, nobody is forgotten in these stores; undefined where somebody is, or it is not known. */
  nobodyAsOf(stores: readonly number[]): string | undefined;
}

/** What is to become of statements about a forgotten agent, in these roles. */
interface Order {
  digest: string;
  later: "refuse" | "pseudonymise";
  roles: readonly Role[];
  pseudonym: string;
}

/** What this process knows of a store's orders, as of a stamp. */
interface Known {
  stamp: string;
  orders: ReadonlyMap<string, Order>;
}

export function forgotten(site: Pick<Site, "secret" | "url">): Forgotten {
  const stores = new Map<number, Known>();
  const digestOf = (agent: Members): string | undefined => forgottenDigest(site, agent)?.toString("hex");
  return {
    nobodyAsOf(of) {
      const [stamp, ...others] = new Set(of.map((store) => (stores.get(store)?.orders.size === 0 ? stores.get(store)!.stamp : undefined)));
      return others.length === 0 ? stamp : undefined;
    },
    async hold(tx, statements, stored) {
      const fresh = statements.map((statement, index) => ({ ...statement, ...stored[index]! })).filter((one) => one.fresh);
      const stamp = fresh[0]?.forgottenStamp;
      if (stamp === undefined) return;
      for (const store of new Set(fresh.map((one) => one.store))) {
        if (stores.get(store)?.stamp !== stamp) stores.set(store, { stamp, orders: await ordersOf(tx, store) });
        const { orders } = stores.get(store)!;
        if (orders.size === 0) continue;
        const pending = fresh.filter((one) => one.store === store).flatMap((one) => {
          const due = ordersFor(one, orders, digestOf);
          return due.length === 0 ? [] : [{ seq: one.seq, due }];
        });
        await pseudonymise(tx, store, pending, { digestOf, homePage: site.url });
      }
    },
  };
}

/** Those of these agents who are forgotten in a store: of them it takes no documents, whatever it does with statements. */
export async function forgottenAmong(db: Db, site: Pick<Site, "secret">, store: number, agents: readonly Members[]): Promise<Set<Members>> {
  if (agents.length === 0) return new Set();
  const digests = new Map(agents.map((agent) => [agent, forgottenDigest(site, agent)?.toString("hex")]));
  const rows = await db.rows<{ digest: string }>(sql`
    select encode(digest, 'hex') as digest from lrs_forgotten where store = ${store} and digest in (select decode(sought, 'hex') from unnest(${[...digests.values()].filter((digest) => digest !== undefined)}::text[]) as sought)`);
  const found = new Set<string | undefined>(rows.map(({ digest }) => digest));
  return new Set(agents.filter((agent) => found.has(digests.get(agent))));
}

/** The refusal of a document of somebody who is forgotten; `pointer` is to who it is. */
export function documentOfForgotten(pointer: string): CadreError {
  return refused("agent_forgotten", "The agent is somebody whose records were erased, and of whom no more are taken.", { status: 403, pointer, clause: "Communication 3.2" });
}

async function ordersOf(tx: Db, store: number): Promise<Known["orders"]> {
  const rows = await tx.rows<Order>(sql`select encode(digest, 'hex') as digest, later, roles, pseudonym from lrs_forgotten where store = ${store}`);
  return new Map(rows.map((row) => [row.digest, row]));
}

/** The orders that a statement comes under. @throws agent_forgotten (403) where one refuses it */
function ordersFor({ text, pointer }: PreparedStatement, orders: Known["orders"], digestOf: (agent: Members) => string | undefined): Order[] {
  const whole = `${text}}`;
  const statement = JSON.parse(whole) as Members;
  const agents = [...agentsAround(statement), statement.authority as Members].flatMap((agent) => [agent, ...((agent.member ?? []) as Members[])]);
  const met = new Set(agents.flatMap((agent) => orders.get(digestOf(agent) ?? "") ?? []));
  const due = [...met].filter((order) => [...rolesIn(whole, namedBy(order, digestOf))].some((role) => order.roles.includes(role)));
  if (!due.some(({ later }) => later === "refuse")) return due;
  const message = "names somebody whose records were erased, and of whom no more are taken";
  throw refuse("agent_forgotten", `A statement ${message}.`, { status: 403, problems: [{ pointer, code: "agent_forgotten", message }] });
}

async function pseudonymise(tx: Db, store: number, pending: readonly { seq: number; due: Order[] }[], { digestOf, homePage }: { digestOf: (agent: Members) => string | undefined; homePage: string }): Promise<void> {
  if (pending.length === 0) return;
  const dueTo = new Map(pending.map(({ seq, due }) => [seq, due]));
  const statements = await lockStatements(tx, store, [...dueTo.keys()]);
  const changes = statements.map((statement) => {
    const by = dueTo.get(statement.seq)!.reduce(
      ({ text, signatures }, order) => {
        const next = rewritten(text, actsOf(order), namedBy(order, digestOf), homePage);
        return { text: next.text, signatures: [...signatures, ...next.signatures] };
      },
      { text: statement.raw, signatures: [] as string[] },
    );
    return { statement, by };
  });
  await replaceStatements(tx, store, changes);
}

const namedBy = ({ digest, pseudonym }: Order, digestOf: (agent: Members) => string | undefined): Named => ({ pseudonymOf: (agent) => (digestOf(agent) === digest ? pseudonym : undefined) });

function actsOf({ roles }: Order): Acts {
  const actIn = (role: Role) => (roles.includes(role) ? "pseudonymise" : "keep");
  return { actor: actIn("actor"), instructor: actIn("instructor"), authority: actIn("authority"), mention: "keep" };
}
