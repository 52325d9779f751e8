import { expect } from "chai";
import { queueStates } from "../../core/db/backlog.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { t } from "../../core/kernel/schema.ts";
import { testDatabase, type TestDatabase } from "../../core/testing/database.ts";
import { lamps, light, prepare, startEngine, type Engine } from "./engine.ts";
import { until } from "./process.ts";

describe("a worker", () => {
  let db: TestDatabase;
  const engines: Engine[] = [];
  const start = async (...args: Parameters<typeof startEngine> extends [string, ...infer Rest] ? Rest : never): Promise<Engine> => {
    const engine = await startEngine(db.url, ...args);
    engines.push(engine);
    return engine;
  };

  beforeEach(async () => {
    db = await testDatabase();
    await prepare(db.url);
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.stop();
    await db.drop();
  });

  it("hears at once of what another process has sent", async () => {
    const heard: number[] = [];
    const listener = definePlugin({ name: "listener", version: "1.0.0", summary: "Hears.", on: { "lamp.lit": async (_, { lamp }) => void heard.push(lamp) } });
    await start([lamps, listener], { roles: ["worker"] });
    const web = await start([lamps, listener], { roles: ["web"] });
    for (let lamp = 1; lamp <= 40; lamp++) {
      await light(web, lamp);
      await until(() => heard.length === lamp);
      // A worker looks once more when it is done with a letter; this is about what comes after that.
      await until(async () => (await queueStates(web.database, web.jobs)).every(({ active }) => active === 0));
    }
  }).timeout(60_000); // by polling alone each would wait two seconds or longer

  it("goes on for others while one subscriber hangs", async () => {
    const heard: number[] = [];
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const stuck = definePlugin({ name: "stuck", version: "1.0.0", summary: "Hangs.", on: { "lamp.lit": () => gate } });
    const listener = definePlugin({ name: "listener", version: "1.0.0", summary: "Hears.", on: { "lamp.lit": async (_, { lamp }) => void heard.push(lamp) } });
    const engine = await start([lamps, stuck, listener]);
    const many = Array.from({ length: 25 }, (_, index) => index);
    await light(engine, ...many);
    await until(() => heard.length === 25);
    expect(heard).to.have.members(many);
    release();
  });

  it("works off a backlog one by one where a queue allows one at a time, without waiting between", async () => {
    const ran: number[] = [];
    let running = 0;
    const single = definePlugin({
      name: "single",
      version: "1.0.0",
      summary: "One at a time.",
      jobs: (job) => ({
        step: job(t.Object({ step: t.Integer() }), async (ctx, { step }) => {
          expect(++running).to.equal(1);
          await ctx.db.rows({ text: "select 1", values: [] });
          running--;
          ran.push(step);
        }, { concurrency: 1, attempts: 1 }),
      }),
    });
    const web = await start([single], { roles: ["web"] });
    for (let step = 0; step < 40; step++) await web.context.enqueue("single.step", { step });
    await start([single], { roles: ["worker"] });
    await until(() => ran.length === 40);
  }).timeout(60_000); // polling alone would take 40 rounds of 2 s

  it("waits for what it is working on when it stops, and leaves the rest to others", async () => {
    let entered = (): void => {};
    let release = (): void => {};
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const gate = new Promise<void>((resolve) => (release = resolve));
    const finished: number[] = [];
    const slow = definePlugin({
      name: "slow",
      version: "1.0.0",
      summary: "Takes its time.",
      on: {
        "lamp.lit": {
          concurrency: 1,
          run: async (_, { lamp }) => {
            entered();
            await gate;
            finished.push(lamp);
          },
        },
      },
    });
    const worker = await start([lamps, slow], { roles: ["worker"] });
    const web = await start([lamps, slow], { roles: ["web"] });
    await light(web, 1, 2, 3);
    await inside;
    const stopping = worker.work.stop();
    release();
    await stopping;
    expect(finished).to.deep.equal([1]);
    expect((await queueStates(web.database, web.jobs)).find(({ name }) => name === "on.slow.lamp.lit")).to.include({ waiting: 2, active: 0, buried: 0 });
  });
});
