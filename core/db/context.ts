import type { EventName, PayloadOf } from "../kernel/catalogue.ts";
import { KernelContext, type Context, type ContextGround } from "../kernel/context.ts";
import { CadreError } from "../kernel/errors.ts";
import type { Database, Db } from "./database.ts";

/** How a job is to be run. */
export interface EnqueueOptions {
  /** Not before this time. */
  startAfter?: Date;
  /** While a job with this key waits or runs, a second one is not taken. */
  singletonKey?: string;
}

/** An event on its way out, its payload checked. */
export interface OutgoingEvent {
  id: string;
  name: string;
  /** RFC 3339. */
  at: string;
  payload: unknown;
}

/** Writes events and jobs; the outbox implements it over pg-boss. */
export interface Outbox {
  /** @throws unknown_event, invalid_input */
  outgoing(name: string, payload: unknown, at: Date): OutgoingEvent;
  /** At the end of a transaction. */
  publish(db: Db, events: readonly OutgoingEvent[]): Promise<void>;
  enqueue(db: Db, job: string, input: unknown, options?: EnqueueOptions): Promise<void>;
}

declare module "../kernel/context.ts" {
  interface Context<Config> {
    /** The open transaction, or the pool outside of one. */
    readonly db: Db;
    /** Runs `work` in one transaction with a context of its own; inside a transaction it joins. */
    transact<T>(work: (ctx: Context<Config>) => Promise<T>): Promise<T>;
    /** Runs `work` once this transaction has committed, at once outside of one; never when it is undone. For what may be lost. */
    afterCommit(work: () => void): void;
    /** Publishes a durable event with the commit of this transaction, in whose end all of its events are written at once. @throws emit_outside_transaction */
    emit<N extends EventName>(name: N, payload: PayloadOf<N>): Promise<void>;
    /** Queues a job of the plugin that is running (`"settle"`), or of another by its full name (`"stripe.settle"`). */
    enqueue(job: string, input: unknown, options?: EnqueueOptions): Promise<void>;
  }
}

export interface DatabaseGround extends ContextGround {
  database: Database;
  outbox: Outbox;
}

/** What a transaction leaves to its end: its events go out just before the commit, the rest is done after it. */
interface Ending {
  events: OutgoingEvent[];
  afterwards: (() => void)[];
}

/** The kernel's context with the database's share. */
export class DatabaseContext extends KernelContext {
  protected declare readonly ground: DatabaseGround;
  readonly db: Db;
  /** Only inside a transaction. */
  private readonly ending?: Ending;

  constructor(ground: DatabaseGround) {
    super(ground);
    this.db = ground.database;
  }

  get database(): Database {
    return this.ground.database;
  }

  async transact<T>(work: (ctx: Context) => Promise<T>): Promise<T> {
    if (this.ending) return work(this as unknown as Context);
    let ending: Ending = { events: [], afterwards: [] };
    const result = await this.ground.database.transaction(async (db) => {
      ending = { events: [], afterwards: [] }; // a transaction that is tried again begins anew
      const answer = await work(this.with({ db, ending }) as unknown as Context);
      if (ending.events.length > 0) await this.ground.outbox.publish(db, ending.events);
      return answer;
    });
    for (const each of ending.afterwards) each();
    return result;
  }

  afterCommit(work: () => void): void {
    if (this.ending) this.ending.afterwards.push(work);
    else work();
  }

  async emit(name: string, payload: unknown): Promise<void> {
    if (!this.ending) {
      throw new CadreError("emit_outside_transaction", `The event ${name} was emitted outside a transaction; emit it inside ctx.transact(…).`, { status: 500 });
    }
    this.ending.events.push(this.ground.outbox.outgoing(name, payload, this.now()));
  }

  async enqueue(job: string, input: unknown, options?: EnqueueOptions): Promise<void> {
    await this.ground.outbox.enqueue(this.db, job.includes(".") ? job : `${this.plugin}.${job}`, input, options);
  }

  override fetch(url: string | URL, init?: RequestInit): Promise<Response> {
    this.refuseInTransaction();
    return super.fetch(url, init);
  }

  override fetchPublic(url: string | URL, init?: RequestInit): Promise<Response> {
    this.refuseInTransaction();
    return super.fetchPublic(url, init);
  }

  private refuseInTransaction(): void {
    if (!this.ending) return;
    throw new CadreError("fetch_in_transaction", "A request to another server was made inside a transaction; do it before or in a job.", { status: 500 });
  }
}

/** The pool that a context's sessions come from, for parts that open one of their own. */
export const databaseOf = (ctx: Context): Database => (ctx as unknown as DatabaseContext).database;

/** A context for `actor`-less beginnings: boot, jobs, requests. */
export function createContext(ground: DatabaseGround): Context & DatabaseContext {
  return new DatabaseContext(ground) as unknown as Context & DatabaseContext;
}
