import { expect } from "chai";
import { fire, schedulesOf } from "../../core/db/schedules.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { t } from "../../core/kernel/schema.ts";
import { testDatabase, type TestDatabase } from "../../core/testing/database.ts";
import { hostOf, movedClock, prepare, startEngine, type Engine } from "./engine.ts";
import { until } from "./process.ts";

describe("schedules", () => {
  let db: TestDatabase;
  const engines: Engine[] = [];
  let ran: string[] = [];
  const clock = movedClock(new Date("2026-05-04T10:00:00Z"));
  const hours = 3_600_000;

  const plugin = (catchUp: boolean, cron = "15 3 * * *") =>
    definePlugin({
      name: "nightly",
      version: "1.0.0",
      summary: "Works at night.",
      jobs: (job) => ({ sweep: job(t.Object({ room: t.String() }), async (ctx, { room }) => void ran.push(`${room} ${ctx.now().toISOString()}`)) }),
      schedules: { sweep: { cron, job: "sweep", input: { room: "hall" }, catchUp } },
    });
  const start = async (...args: Parameters<typeof startEngine> extends [string, ...infer Rest] ? Rest : never): Promise<Engine> => {
    const engine = await startEngine(db.url, ...args);
    engines.push(engine);
    return engine;
  };

  beforeEach(async () => {
    ran = [];
    db = await testDatabase();
    await prepare(db.url);
  });
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.stop();
    await db.drop();
  });

  it("queue their job when its time has come, in UTC", async () => {
    const { work } = await start([plugin(false)], { clock: clock.now });
    clock.advance(17 * hours + 14 * 60_000);
    await work.drain();
    expect(ran).to.be.empty;
    clock.advance(60_000);
    await work.drain();
    expect(ran).to.deep.equal(["hall 2026-05-05T03:15:00.000Z"]);
    await work.drain();
    expect(ran).to.have.length(1);
  });

  it("fire once for each time however many processes there are", async () => {
    const schedulers = [await start([plugin(false)], { clock: clock.now }), await start([plugin(false)], { clock: clock.now })];
    for (let night = 1; night <= 3; night++) {
      clock.advance(24 * hours);
      await Promise.all(schedulers.map(({ work }) => work.drain()));
      expect(ran).to.have.length(night);
    }
  });

  it("fire once in a race of many for the same slot", async () => {
    const { host, context, work } = await start([plugin(false)], { clock: clock.now });
    const sweep = schedulesOf(host).find(({ name }) => name === "nightly.sweep");
    if (!sweep) throw new Error("the schedule is gone");
    const slot = new Date(clock.now().getTime() + hours);
    const won = await Promise.all(Array.from({ length: 12 }, () => fire(context, sweep, slot)));
    expect(won.filter(Boolean)).to.have.length(1);
    await work.drain();
    expect(ran).to.have.length(1);
  });

  for (const [catchUp, title, expected] of [[false, "are let go", 0], [true, "are caught up with once where they say so", 1]] as const) {
    it(`that were missed while nothing ran ${title}`, async () => {
      await start([plugin(catchUp)], { clock: clock.now });
      await engines.pop()?.stop();
      clock.advance(10 * 24 * hours);
      const { work } = await start([plugin(catchUp)], { clock: clock.now });
      await work.drain();
      await work.drain();
      expect(ran).to.have.length(expected);
      clock.advance(24 * hours);
      await work.drain();
      expect(ran).to.have.length(expected + 1);
    });
  }

  it("fire by themselves, once between two processes, by the clock of the machine", async () => {
    let fired = 0;
    const ticker = definePlugin({
      name: "ticker",
      version: "1.0.0",
      summary: "Ticks.",
      jobs: (job) => ({ tick: job(t.Object({}), async () => void fired++) }),
      schedules: { tick: { cron: "* * * * * *", job: "tick" } },
    });
    const second = () => Math.floor(Date.now() / 1000);
    const begun = second();
    await Promise.all([start([ticker]), start([ticker])]);
    await until(() => fired >= 4);
    expect(fired, "once for each second that has begun").to.be.at.most(second() - begun);
  });

  it("that are wrong stop the boot: no cron expression, no such job, input that does not fit it", () => {
    const wrong = definePlugin({
      name: "wrong",
      version: "1.0.0",
      summary: "Wrong.",
      jobs: (job) => ({ sweep: job(t.Object({ room: t.String() }), async () => {}) }),
      schedules: { never: { cron: "61 * * * *", job: "sweep", input: { room: "hall" } }, nothing: { cron: "* * * * *", job: "mop" }, nowhere: { cron: "0 4 * * 1", job: "sweep" }, once: { cron: "2030-01-01", job: "sweep", input: { room: "hall" } } },
    });
    expect(() => hostOf([wrong]))
      .to.throw('never: "61 * * * *" is no cron expression')
      .with.property("message")
      .that.includes("nothing: there is no job mop")
      .and.includes("nowhere: its input does not fit the job sweep")
      .and.includes('once: "2030-01-01" is no cron expression');
  });
});
