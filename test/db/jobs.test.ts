import { expect } from "chai";
import { queueStates } from "../../core/db/backlog.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { t } from "../../core/kernel/schema.ts";
import { testDatabase, type TestDatabase } from "../../core/testing/database.ts";
import { movedClock, prepare, startEngine, type Engine } from "./engine.ts";

describe("jobs", () => {
  let db: TestDatabase;
  let engine: Engine;
  const clock = movedClock(new Date("2026-03-01T00:00:00Z"));
  const ran: string[] = [];
  let failures = 0;

  const printer = definePlugin({
    name: "printer",
    version: "1.0.0",
    summary: "Prints.",
    config: t.Object({ ink: t.String({ default: "blue" }) }),
    jobs: (job) => ({
      print: job(t.Object({ page: t.Integer(), copies: t.Integer({ default: 1 }) }), async (ctx, { page, copies }, { attempt, at }) => {
        if (failures-- > 0) throw new Error("paper jam");
        ran.push(`${page}×${copies} ${ctx.config.ink} try ${attempt} of ${at.toISOString()}`);
      }, { attempts: 5, retrySeconds: 0 }),
      book: job(t.Object({ pages: t.Integer() }), async (ctx, { pages }) => {
        for (let page = 1; page <= pages; page++) await ctx.enqueue("print", { page });
      }),
      hang: job(t.Object({}), (_ctx, _input, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))), { attempts: 1, timeoutSeconds: 1 }),
    }),
  });

  before(async () => {
    db = await testDatabase();
    await prepare(db.url);
    engine = await startEngine(db.url, [printer], { clock: clock.now, roles: ["web", "worker"] });
  });
  after(async () => {
    await engine?.stop();
    await db?.drop();
  });
  beforeEach(() => {
    ran.length = 0;
    failures = 0;
  });
  const thrown = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined, (error: unknown) => error);

  it("run with their plugin's settings, and with their input's defaults filled in", async () => {
    await engine.context.enqueue("printer.print", { page: 1 });
    expect(await engine.work.drain()).to.equal(1);
    expect(ran).to.deep.equal(["1×1 blue try 1 of 2026-03-01T00:00:00.000Z"]);
  });

  it("may queue others by their short names, and draining goes on until nothing is left", async () => {
    await engine.context.enqueue("printer.book", { pages: 120 });
    expect(await engine.work.drain()).to.equal(121);
    expect(ran).to.have.length(120);
  });

  it("are tried again at once where they say so", async () => {
    failures = 2;
    await engine.context.enqueue("printer.print", { page: 2 });
    expect(await engine.work.drain()).to.equal(3);
    expect(ran).to.deep.equal(["2×1 blue try 3 of 2026-03-01T00:00:00.000Z"]);
  });

  it("wait for their time", async () => {
    await engine.context.enqueue("printer.print", { page: 3 }, { startAfter: new Date("2026-03-02T06:00:00Z") });
    expect(await engine.work.drain()).to.equal(0);
    clock.advance(30 * 3_600_000 - 1);
    expect(await engine.work.drain()).to.equal(0);
    expect((await queueStates(engine.database, engine.jobs)).find(({ name }) => name === "printer.print")).to.include({ waiting: 0, delayed: 1, kind: "job", plugin: "printer" });
    clock.advance(1);
    await engine.work.drain();
    expect(ran).to.have.length(1);
  });

  it("with one singletonKey are queued once while one waits, and again when it has run", async () => {
    for (let time = 0; time < 3; time++) await engine.context.enqueue("printer.print", { page: 4 }, { singletonKey: "four" });
    await engine.context.enqueue("printer.print", { page: 5 }, { singletonKey: "five" });
    expect(await engine.work.drain()).to.equal(2);
    await engine.context.enqueue("printer.print", { page: 4 }, { singletonKey: "four" });
    expect(await engine.work.drain()).to.equal(1);
  });

  it("are undone with the transaction they were queued in", async () => {
    const error = await thrown(engine.context.transact(async (ctx) => {
      await ctx.enqueue("printer.print", { page: 6 });
      throw new Error("no");
    }));
    expect(error).to.have.property("message", "no");
    expect(await engine.work.drain()).to.equal(0);
  });

  it("are refused with the wrong input, and when nobody has them", async () => {
    expect(await thrown(engine.context.enqueue("printer.print", { page: "one" }))).to.include({ code: "invalid_input", status: 422 });
    expect(await thrown(engine.context.enqueue("printer.staple", {}))).to.include({ code: "unknown_job" });
    expect(await engine.work.drain()).to.equal(0);
  });

  it("are checked again when they run, in case the code has changed since", async () => {
    const older = definePlugin({ name: "printer", version: "0.9.0", summary: "Printed otherwise.", jobs: (job) => ({ print: job(t.Object({ sheet: t.Integer() }), async () => {}, { attempts: 5, retrySeconds: 0 }) }) });
    const before = await startEngine(db.url, [older], { clock: clock.now, roles: ["web"] });
    await before.context.enqueue("printer.print", { sheet: 1 });
    await before.stop();
    await engine.stop();
    engine = await startEngine(db.url, [printer], { clock: clock.now, roles: ["web", "worker"] });
    expect(await engine.work.drain()).to.be.oneOf([0, 5]);
    expect(ran).to.be.empty;
    expect((await queueStates(engine.database, engine.jobs)).find(({ name }) => name === "printer.print")).to.include({ buried: 1, waiting: 0 });
  });

  it("that take too long have failed, and their signal is aborted", async () => {
    await engine.context.enqueue("printer.hang", {});
    await engine.work.drain();
    expect((await queueStates(engine.database, engine.jobs)).find(({ name }) => name === "printer.hang")).to.include({ buried: 1 });
  });
});
