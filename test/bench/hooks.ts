import { guard } from "../../core/kernel/catalogue.ts";
import type { Context } from "../../core/kernel/context.ts";
import { Hooks } from "../../core/kernel/hooks.ts";
import { createLog } from "../../core/kernel/log.ts";
import { compare, type Figure } from "./measure.ts";

const at = 1000;

/** Asking a guard that nobody taps, and one that twenty plugins tap, against calling the functions. */
export async function bench(): Promise<Figure[]> {
  const log = createLog({ level: "silent" });
  const ctx = { log, as: () => ctx } as unknown as Context;
  const hooksWith = (count: number): Hooks => {
    const hooks = new Hooks(new Map([["bench.asking", guard<number>("May it?")]]), log);
    for (let index = 0; index < count; index++) hooks.tap("bench.asking", `plugin-${index}`, async () => undefined);
    hooks.seal();
    return hooks;
  };
  const asked = (hooks: Hooks) => async () => {
    for (let index = 0; index < at; index++) await hooks.guard("bench.asking", ctx, index);
    return at;
  };
  const handlers = (count: number) => Array.from({ length: count }, () => async (_ctx: Context, _subject: number): Promise<undefined> => undefined);
  const called = (all: ((ctx: Context, subject: number) => Promise<undefined>)[]) => async () => {
    for (let index = 0; index < at; index++) for (const handler of all) await handler(ctx, index);
    return at;
  };
  return [
    await compare("hook without handlers (bare: one async call)", "asks", 1, asked(hooksWith(0)), called(handlers(1))),
    await compare("hook with 20 handlers (bare: 20 async calls)", "asks", 1, asked(hooksWith(20)), called(handlers(20))),
  ];
}
