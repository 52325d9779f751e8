import { expect } from "chai";
import { guard, filter, step, survey, type HookDeclaration } from "../../core/kernel/catalogue.ts";
import type { Context } from "../../core/kernel/context.ts";
import { isCadreError, refuse, type CadreError } from "../../core/kernel/errors.ts";
import { createHost, type Host } from "../../core/kernel/host.ts";
import { createLog } from "../../core/kernel/log.ts";
import { KernelContext, type Site } from "../../core/kernel/context.ts";
import type { Plugin } from "../../core/kernel/plugin.ts";

/** A plugin written without the help of types, as a broken one would be. */
type Loose = Partial<Omit<Plugin, "hooks">> & { name: string; hooks?: Record<string, unknown> };

const hooks: Record<string, HookDeclaration> = {
  "thing.making": guard<string>("May it be made?"),
  "thing.naming": filter<string>("What is it called?"),
  "thing.storing": step<string>("Store it."),
  "thing.asking": survey<string, number>("What is it worth?"),
};
const things = { name: "things", version: "1.0.0", summary: "Things.", provides: { hooks } } as Plugin;

function hostWith(...plugins: Loose[]): { host: Host; ctx: Context; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ level: "debug", write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  const all = plugins.map((plugin) => ({ version: "1.0.0", summary: "Broken.", ...plugin }) as unknown as Plugin);
  const host = createHost({ engineVersion: "1.0.0", parts: [things], plugins: all, settings: {}, environment: {}, log });
  const ctx = new KernelContext({ hooks: host.hooks, permissions: host.permissions, configs: host.configs, log, site: {} as Site, now: () => new Date(), fetch, fetchPublic: fetch });
  return { host, ctx: ctx as unknown as Context, lines };
}

async function thrownBy(work: () => unknown): Promise<CadreError> {
  try {
    await work();
  } catch (error) {
    if (isCadreError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const ask = (ctx: Context) => ctx as unknown as { guard(n: string, s: unknown): Promise<void>; filter(n: string, s: unknown): Promise<unknown>; step(n: string, s: unknown): Promise<void>; survey(n: string, s: unknown): Promise<unknown[]> };

describe("A broken plugin", () => {
  it("that throws in a guard stops the action, and is named", async () => {
    const { ctx } = hostWith({ name: "broken", hooks: { "thing.making": () => { throw new Error("oops"); } } });
    const error = await thrownBy(() => ask(ctx).guard("thing.making", "x"));
    expect(error.code).to.equal("plugin_failed");
    expect(error.message).to.contain("broken").and.contain("thing.making");
  });

  it("that answers a guard with true has said nothing that counts: the action stops", async () => {
    const { ctx } = hostWith({ name: "broken", hooks: { "thing.making": () => true } });
    expect((await thrownBy(() => ask(ctx).guard("thing.making", "x"))).code).to.equal("plugin_failed");
  });

  it("that lets pass in an async guard does not hide the refusal of a later one", async () => {
    const { ctx } = hostWith(
      { name: "first", hooks: { "thing.making": async () => undefined } },
      { name: "second", hooks: { "thing.making": async () => refuse("not_now", "Not now.") } },
    );
    expect((await thrownBy(() => ask(ctx).guard("thing.making", "x"))).code).to.equal("not_now");
  });

  it("that throws in a filter or a step stops the action, and is named", async () => {
    const fail = () => { throw new Error("oops"); };
    const { ctx } = hostWith({ name: "broken", hooks: { "thing.naming": fail, "thing.storing": fail } });
    expect((await thrownBy(() => ask(ctx).filter("thing.naming", "x"))).data).to.deep.equal({ plugin: "broken", hook: "thing.naming" });
    expect((await thrownBy(() => ask(ctx).step("thing.storing", "x"))).data).to.deep.equal({ plugin: "broken", hook: "thing.storing" });
  });

  it("that throws in a survey is reported and left out, and the others answer", async () => {
    const { ctx, lines } = hostWith({ name: "broken", hooks: { "thing.asking": () => { throw new Error("oops"); } } }, { name: "sound", hooks: { "thing.asking": () => 7 } });
    expect(await ask(ctx).survey("thing.asking", "x")).to.deep.equal([{ plugin: "sound", answer: 7 }]);
    expect(lines.filter(({ level }) => level === "error").map(({ plugin }) => plugin)).to.deep.equal(["broken"]);
  });

  it("that is slow is warned of", async () => {
    const spin = () => { for (const end = performance.now() + 120; performance.now() < end; ); };
    const { ctx, lines } = hostWith({ name: "slow", hooks: { "thing.storing": spin } });
    await ask(ctx).step("thing.storing", "x");
    const warning = lines.find(({ level }) => level === "warn");
    expect(warning).to.include({ plugin: "slow", hook: "thing.storing" });
    expect(warning?.durationMs).to.be.at.least(100);
  });

  it("that taps after boot, or twice, is refused", async () => {
    const { host } = hostWith({ name: "late", hooks: { "thing.making": () => undefined } });
    expect((await thrownBy(() => host.hooks.tap("thing.making", "late", () => undefined))).code).to.equal("hooks_sealed");
  });

  it("is told at boot of everything that is wrong, at once", async () => {
    const boot = () =>
      hostWith(
        { name: "Bad Name" },
        ...["public", "pgboss", "information-schema", "pg-catalog", "site"].map((name) => ({ name })),
        { name: "no-semver", version: "one" },
        { name: "too-new", engine: "^9.0" },
        { name: "lonely", requires: ["nobody"] },
        { name: "typo", hooks: { "thing.makin": () => undefined } },
        { name: "no-function", hooks: { "thing.making": "yes" } },
        { name: "odd", fields: 3 } as Loose,
        { name: "twin" },
        { name: "twin" },
        { name: "grabber", permissions: { "things.take": { label: "Take", roles: [] } } },
        { name: "wants", config: { type: "object", properties: { key: { type: "string", env: "WANTS_KEY" } }, required: ["key"], additionalProperties: false } },
        { name: "contrary", config: { type: "object", properties: { from: { type: "integer", default: 2 } } }, checkConfig: ({ from }: { from: number }) => [`Nothing goes from ${from}.`] } as unknown as Loose,
        { name: "no-check", checkConfig: () => { throw new Error("no check"); } },
        { name: "a", requires: ["b"] },
        { name: "b", requires: ["a"] },
      );
    const { problems, message } = await thrownBy(boot);
    expect(problems.map(({ pointer, code }) => `${pointer} ${code}`)).to.include.members([
      "Bad Name bad_name",
      ...["public", "pgboss", "information-schema", "pg-catalog", "site"].map((name) => `${name} bad_name`),
      "no-semver bad_version",
      "too-new wrong_engine",
      "lonely missing_requirement",
      "typo unknown_hook",
      "no-function bad_hook",
      "odd unknown_field",
      "twin duplicate_plugin",
      "grabber bad_permission",
      "wants bad_settings",
      "contrary bad_settings",
      "no-check bad_settings",
      "a requirement_cycle",
    ]);
    expect(problems.filter(({ code }) => code === "bad_settings").map((each) => each.message)).to.include.members(["Nothing goes from 2.", "no check"]);
    expect(message).to.contain("did you mean thing.making?").and.contain("WANTS_KEY");
  });

  it("that is optional is left out when it can't run, unless it guards something", async () => {
    const log = createLog({ level: "silent" });
    const broken = { name: "broken", version: "1.0.0", summary: "Broken.", requires: ["nobody"] } as Plugin;
    const options = { engineVersion: "1.0.0", parts: [things], settings: {}, environment: {}, log, optional: ["broken"] };
    expect(createHost({ ...options, plugins: [broken] }).leftOut).to.have.nested.property("[0].problems[0].code", "missing_requirement");
    const guarding = { ...broken, requires: [], hooks: { "thing.making": () => undefined } } as unknown as Plugin;
    expect((await thrownBy(() => createHost({ ...options, plugins: [guarding] }))).problems[0]?.code).to.equal("optional_guard");
  });
});

describe("Handlers of a hook", () => {
  it("run after those of the plugins they require, then first, normal and last", async () => {
    const said: string[] = [];
    const say = (name: string, order: string, requires: string[] = []): Loose => ({ name, requires, hooks: { "thing.storing": { order, run: () => void said.push(name) } } });
    const { ctx } = hostWith(say("late", "last"), say("dependent", "first", ["base"]), say("early", "first"), say("base", "normal"), say("plain", "normal"));
    await ask(ctx).step("thing.storing", "x");
    expect(said).to.deep.equal(["early", "base", "dependent", "plain", "late"]);
  });
});
