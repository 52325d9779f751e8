import { AsyncParallelHook, AsyncSeriesBailHook, AsyncSeriesHook, AsyncSeriesWaterfallHook } from "tapable";
import type { HookDeclaration, HookKind } from "./catalogue.ts";
import type { Answered, Context, Log } from "./context.ts";
import { CadreError, isCadreError, messageOf } from "./errors.ts";

type Handler = (ctx: Context, subject: unknown) => unknown;
type Tapped =
  | { kind: "guard"; hook: AsyncSeriesBailHook<[Context, unknown], CadreError | undefined> }
  | { kind: "filter"; hook: AsyncSeriesWaterfallHook<[Call]> }
  | { kind: "step"; hook: AsyncSeriesHook<[Context, unknown]> }
  | { kind: "survey"; hook: AsyncParallelHook<[Context, unknown, Answered<unknown>[]]> };
interface Call {
  ctx: Context;
  value: unknown;
}

/** A handler slower than this is named in the log. */
const slowHandlerMs = 100;

/**
 * The hooks of one engine. The only code that touches tapable: handlers are always tapped as promises, named, timed and
 * checked, and run in the order of tapping; after `seal` nothing can be tapped.
 */
export class Hooks {
  private readonly hooks = new Map<string, Tapped>();
  private readonly taps = new Map<string, string[]>();
  private readonly log: Log;
  private sealed = false;

  constructor(declarations: ReadonlyMap<string, HookDeclaration>, log: Log) {
    this.log = log;
    for (const [name, { kind }] of declarations) this.hooks.set(name, create(kind));
  }

  /** @throws hooks_sealed, unknown_hook, hook_tapped_twice */
  tap(name: string, plugin: string, handler: Handler): void {
    if (this.sealed) throw new CadreError("hooks_sealed", `${plugin} taps ${name} after boot; hooks are declared in the plugin's "hooks".`);
    const tapped = this.hooks.get(name);
    if (!tapped) throw new CadreError("unknown_hook", `${plugin} taps ${name}, which no part or plugin declares.`);
    const names = this.taps.get(name) ?? [];
    if (names.includes(plugin)) throw new CadreError("hook_tapped_twice", `${plugin} taps ${name} twice.`);
    this.taps.set(name, [...names, plugin]);
    const watched = this.watch(name, plugin);
    const tap: Tap = { hook: name, plugin, handler, watched };
    if (tapped.kind === "guard") tapped.hook.tapPromise(plugin, (ctx, subject) => closed(tap, ctx, subject, verdict));
    if (tapped.kind === "filter") {
      tapped.hook.tapPromise(plugin, async (call) => {
        const changed = await closed(tap, call.ctx, call.value, unchecked);
        return changed === undefined ? call : { ctx: call.ctx, value: changed };
      });
    }
    if (tapped.kind === "step") tapped.hook.tapPromise(plugin, (ctx, subject) => closed(tap, ctx, subject, unchecked) as Promise<void>);
    if (tapped.kind === "survey") {
      tapped.hook.tapPromise(plugin, async (ctx, subject, answers) => {
        const started = performance.now();
        try {
          const answer = await handler(ctx.as(plugin), subject);
          if (answer !== undefined) answers.push({ plugin, answer });
        } catch (error) {
          ctx.log.error({ hook: name, plugin, error }, `${plugin} failed in ${name} and is left out: ${messageOf(error)}`);
        } finally {
          watched(performance.now() - started);
        }
      });
    }
  }

  seal(): void {
    this.sealed = true;
  }

  /** Who listens, in order of tapping. */
  listeners(name: string): readonly string[] {
    return this.taps.get(name) ?? [];
  }

  async guard(name: string, ctx: Context, subject: unknown): Promise<void> {
    const { hook } = this.of(name, "guard");
    if (!hook.isUsed()) return;
    const refusal = await hook.promise(ctx, subject);
    if (refusal !== undefined) throw refusal;
  }

  async filter(name: string, ctx: Context, value: unknown): Promise<unknown> {
    const { hook } = this.of(name, "filter");
    return hook.isUsed() ? (await hook.promise({ ctx, value })).value : value;
  }

  async step(name: string, ctx: Context, subject: unknown): Promise<void> {
    const { hook } = this.of(name, "step");
    if (hook.isUsed()) await hook.promise(ctx, subject);
  }

  async survey(name: string, ctx: Context, subject: unknown): Promise<Answered<unknown>[]> {
    const { hook } = this.of(name, "survey");
    const answers: Answered<unknown>[] = [];
    if (hook.isUsed()) await hook.promise(ctx, subject, answers);
    const order = this.listeners(name);
    return answers.sort((a, b) => order.indexOf(a.plugin) - order.indexOf(b.plugin));
  }

  private of<K extends HookKind>(name: string, kind: K): Extract<Tapped, { kind: K }> {
    const tapped = this.hooks.get(name);
    if (tapped?.kind !== kind) throw new CadreError("unknown_hook", `There is no ${kind} called ${name}.`, { status: 500 });
    return tapped as Extract<Tapped, { kind: K }>;
  }

  /** Names a handler in the log that was slow. */
  private watch(name: string, plugin: string): Watch {
    return (durationMs) => {
      if (durationMs > slowHandlerMs) this.log.warn({ hook: name, plugin, durationMs: Math.round(durationMs) }, `${plugin} is slow in ${name}`);
    };
  }
}

type Watch = (durationMs: number) => void;

interface Tap {
  hook: string;
  plugin: string;
  handler: Handler;
  watched: Watch;
}

function create(kind: HookKind): Tapped {
  if (kind === "guard") return { kind, hook: new AsyncSeriesBailHook(["ctx", "subject"]) };
  if (kind === "filter") return { kind, hook: new AsyncSeriesWaterfallHook(["call"]) };
  if (kind === "step") return { kind, hook: new AsyncSeriesHook(["ctx", "subject"]) };
  return { kind, hook: new AsyncParallelHook(["ctx", "subject", "answers"]) };
}

/** Fails closed: a refusal passes as it is, anything else is named. One function and one wait, for this runs for each handler of each hook. */
async function closed<T>({ hook, plugin, handler, watched }: Tap, ctx: Context, subject: unknown, check: (answer: unknown, hook: string, plugin: string) => T): Promise<T> {
  const started = performance.now();
  let answer: unknown;
  try {
    answer = handler(ctx.as(plugin), subject);
    if (isThenable(answer)) answer = await answer;
  } catch (error) {
    if (isCadreError(error) && error.status < 500) throw error;
    throw new CadreError("plugin_failed", `${plugin} failed in ${hook}, so this was not done.`, { status: 500, data: { plugin, hook }, cause: error });
  } finally {
    watched(performance.now() - started);
  }
  return check(answer, hook, plugin);
}

const unchecked = (answer: unknown): unknown => answer;

function isThenable(answer: unknown): boolean {
  return typeof (answer as { then?: unknown } | null | undefined)?.then === "function";
}

function verdict(answer: unknown, hook: string, plugin: string): CadreError | undefined {
  if (answer === undefined || isCadreError(answer)) return answer;
  throw new CadreError("plugin_failed", `${plugin} answered ${hook} with neither a refusal nor nothing, so this was not done.`, {
    status: 500,
    data: { plugin, hook },
  });
}
