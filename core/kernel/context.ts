import type { AnswerOf, HookOf, SubjectOf } from "./catalogue.ts";
import { refuse } from "./errors.ts";
import type { Hooks } from "./hooks.ts";
import type { Host } from "./host.ts";
import { guest, may, type Actor, type Permissions } from "./permissions.ts";

/** One line of the log: a sentence, with fields before it where there are any. */
export interface LogLine {
  (message: string): void;
  (fields: object, message?: string): void;
}

/** A structured log; `child` adds fields to every line. Secrets are masked by the writer. */
export interface Log {
  debug: LogLine;
  info: LogLine;
  warn: LogLine;
  error: LogLine;
  child(fields: object): Log;
}

/** The running site, the same for every context of an engine. The parts add what they hold by declaration merging. */
export interface Site {
  readonly name: string;
  /** The site's own origin, such as `https://learn.example.org`. */
  readonly url: string;
  /** The origin that course content is served from; with a "*" in its host where each registration of an item has its own (see `launches.contentUrlOf`). */
  readonly contentUrl: string;
  /** The folder for files that outlive the process. */
  readonly dataDir: string;
  /** At least 32 characters; derive keys from it by HMAC with a purpose, never use it bare. */
  readonly secret: string;
  readonly host: Host;
}

/** What a survey's handler answered, and whose it was. */
export interface Answered<T> {
  plugin: string;
  answer: T;
}

/** Handed to every command, hook, route, job and slot as `ctx`. The database layer adds `db`, `transact`, `emit` and `enqueue`. */
export interface Context<Config = unknown> {
  readonly actor: Actor;
  /** The settings of the plugin whose code is running. */
  readonly config: Config;
  /** The plugin or part whose code is running. */
  readonly plugin: string;
  readonly log: Log;
  readonly site: Site;
  /** The HTTP request this is part of, for the audit; nothing in jobs and at boot. */
  readonly request?: AskedBy;
  /** The time; tests move it. */
  now(): Date;
  /** The global `fetch`; throws `fetch_in_transaction` inside a transaction, and tests replace it. */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  /** As `fetch`, for addresses that people type in: reaches the public internet only, and what CADRE_PRIVATE_HOSTS names. @throws private_address (400) */
  fetchPublic(url: string | URL, init?: RequestInit): Promise<Response>;
  can(permission: string, scope?: string): boolean;
  /** @throws sign_in_required (401) for a guest, forbidden (403) for anybody else without the permission. */
  require(permission: string, scope?: string): void;
  /** Asks every guard; the first refusal is thrown. */
  guard<N extends HookOf<"guard">>(name: N, subject: SubjectOf<N>): Promise<void>;
  /** Passes a value through every filter. */
  filter<N extends HookOf<"filter">>(name: N, value: SubjectOf<N>): Promise<SubjectOf<N>>;
  step<N extends HookOf<"step">>(name: N, subject: SubjectOf<N>): Promise<void>;
  survey<N extends HookOf<"survey">>(name: N, subject: SubjectOf<N>): Promise<Answered<AnswerOf<N>>[]>;
  /** The same context for another actor. */
  by(actor: Actor): this;
  /** The same context as part of this request. */
  during(request: AskedBy): this;
  /** The same context as the code of `plugin` sees it: its settings and its log. */
  as(plugin: string): Context;
}

/** Which request asked, and from which address. */
export interface AskedBy {
  id: string;
  ip: string;
}

/** What contexts of one running engine share. */
export interface ContextGround {
  hooks: Hooks;
  permissions: Permissions;
  configs: ReadonlyMap<string, unknown>;
  log: Log;
  site: Site;
  now(): Date;
  fetch: typeof fetch;
  fetchPublic: typeof fetch;
}

/** The kernel's share of a context. */
export class KernelContext {
  protected readonly ground: ContextGround;
  readonly actor: Actor = guest;
  readonly plugin: string = "core";
  readonly config: unknown = undefined;
  readonly request?: AskedBy;

  constructor(ground: ContextGround) {
    this.ground = ground;
  }

  get log(): Log {
    return logOf(this.ground, this.plugin);
  }

  get site(): Site {
    return this.ground.site;
  }

  now(): Date {
    return this.ground.now();
  }

  fetch(url: string | URL, init?: RequestInit): Promise<Response> {
    return this.ground.fetch(url, init);
  }

  fetchPublic(url: string | URL, init?: RequestInit): Promise<Response> {
    return this.ground.fetchPublic(url, init);
  }

  can(permission: string, scope?: string): boolean {
    return may(this.ground.permissions, this.actor, permission, scope);
  }

  require(permission: string, scope?: string): void {
    if (this.can(permission, scope)) return;
    if (this.actor.kind === "guest") throw refuse("sign_in_required", "Sign in first.", { status: 401 });
    throw refuse("forbidden", `This needs the permission ${permission}.`, { data: { permission } });
  }

  guard(name: string, subject: unknown): Promise<void> {
    return this.ground.hooks.guard(name, this.asContext(), subject);
  }

  filter(name: string, value: unknown): Promise<unknown> {
    return this.ground.hooks.filter(name, this.asContext(), value);
  }

  step(name: string, subject: unknown): Promise<void> {
    return this.ground.hooks.step(name, this.asContext(), subject);
  }

  survey(name: string, subject: unknown): Promise<Answered<unknown>[]> {
    return this.ground.hooks.survey(name, this.asContext(), subject);
  }

  by(actor: Actor): this {
    return this.with({ actor });
  }

  during({ id, ip }: AskedBy): this {
    return this.with({ request: { id, ip } });
  }

  as(plugin: string): Context {
    if (plugin === this.plugin) return this.asContext();
    return this.with({ plugin, config: this.ground.configs.get(plugin) }).asContext();
  }

  /** A copy with these members changed; flat, for an object that serves as a prototype is slow to read, and every request makes some. */
  protected with(changes: object): this {
    return Object.assign(Object.create(Object.getPrototypeOf(this) as object) as this, this, changes);
  }

  private asContext(): Context {
    return this as unknown as Context;
  }
}

const logs = new WeakMap<ContextGround, Map<string, Log>>();

/** The log of a plugin, made once; the bare one for the core. */
function logOf(ground: ContextGround, plugin: string): Log {
  if (plugin === "core") return ground.log;
  const own = logs.get(ground) ?? new Map<string, Log>();
  logs.set(ground, own);
  let log = own.get(plugin);
  if (!log) own.set(plugin, (log = ground.log.child({ plugin })));
  return log;
}
