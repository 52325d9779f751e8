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

/** Writes events and jobs; the outbox implements it over pg-boss. */
export interface Outbox {
  emit(db: Db, name: string, payload: unknown, at: Date): Promise<void>;
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
    /** Publishes a durable event with the commit of this transaction. @throws emit_outside_transaction */
    emit<N extends EventName>(name: N, payload: PayloadOf<N>): Promise<void>;
    /** Queues a job of the plugin that is running (`"settle"`), or of another by its full name (`"stripe.settle"`). */
    enqueue(job: string, input: unknown, options?: EnqueueOptions): Promise<void>;
  }
}

export interface DatabaseGround extends ContextGround {
  database: Database;
  outbox: Outbox;
}

/** The kernel's context with the database's share. */
export class DatabaseContext extends KernelContext {
  protected declare readonly ground: DatabaseGround;
  readonly db: Db;
  /** What is to be done after the commit; only inside a transaction. */
  private readonly committing?: (() => void)[];

  constructor(ground: DatabaseGround) {
    super(ground);
    this.db = ground.database;
  }

  get database(): Database {
    return this.ground.database;
  }

  async transact<T>(work: (ctx: Context) => Promise<T>): Promise<T> {
    if (this.committing) return work(this as unknown as Context);
    let committing: (() => void)[] = [];
    const result = await this.ground.database.transaction((db) => {
      committing = []; // a transaction that is tried again begins anew
      return work(this.with({ db, committing }) as unknown as Context);
    });
    for (const each of committing) each();
    return result;
  }

  afterCommit(work: () => void): void {
    if (this.committing) this.committing.push(work);
    else work();
  }

  async emit(name: string, payload: unknown): Promise<void> {
    if (!this.committing) {
      throw new CadreError("emit_outside_transaction", `The event ${name} was emitted outside a transaction; emit it inside ctx.transact(…).`, { status: 500 });
    }
    await this.ground.outbox.emit(this.db, name, payload, this.now());
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
    if (!this.committing) return;
    throw new CadreError("fetch_in_transaction", "A request to another server was made inside a transaction; do it before or in a job.", { status: 500 });
  }
}

/** The pool that a context's sessions come from, for parts that open one of their own. */
export const databaseOf = (ctx: Context): Database => (ctx as unknown as DatabaseContext).database;

/** A context for `actor`-less beginnings: boot, jobs, requests. */
export function createContext(ground: DatabaseGround): Context & DatabaseContext {
  return new DatabaseContext(ground) as unknown as Context & DatabaseContext;
}
