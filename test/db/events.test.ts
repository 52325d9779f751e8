import { expect } from "chai";
import { deadLetters, discard, queueStates, replay, workProblems, workState } from "../../core/db/backlog.ts";
import { sql } from "../../core/db/sql.ts";
import { isCadreError } from "../../core/kernel/errors.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { testDatabase, type TestDatabase } from "../../core/testing/database.ts";
import { lamps, light, movedClock, prepare, startEngine, type Engine } from "./engine.ts";

describe("events", () => {
  let db: TestDatabase;
  let engine: Engine;
  const clock = movedClock();
  const seen: { lamp: number; id: string; attempt: number; inTransaction: boolean; plugin: string; actor: string }[] = [];
  const tries: number[] = [];
  let broken = false;

  const listener = definePlugin({
    name: "listener",
    version: "1.0.0",
    summary: "Hears of lamps.",
    on: {
      "lamp.lit": async (ctx, { lamp }, { id, attempt }) => {
        const fetched = await ctx.fetch("http://127.0.0.1:9/").catch((error: unknown) => error);
        seen.push({ lamp, id, attempt, inTransaction: isCadreError(fetched), plugin: ctx.plugin, actor: ctx.actor.kind });
      },
    },
  });
  const fragile = definePlugin({
    name: "fragile",
    version: "1.0.0",
    summary: "Breaks while it is told to.",
    on: {
      "lamp.lit": {
        attempts: 3,
        retrySeconds: 60,
        run: async (_, { lamp }) => {
          tries.push(lamp);
          if (broken) throw new Error("no bulb");
        },
      },
    },
  });

  before(async () => {
    db = await testDatabase();
    await prepare(db.url);
    engine = await startEngine(db.url, [lamps, listener, fragile], { clock: clock.now });
  });
  after(async () => {
    await engine?.stop();
    await db?.drop();
  });
  beforeEach(() => {
    broken = false;
    seen.length = 0;
    tries.length = 0;
  });

  it("reach every subscriber after the commit, outside of any transaction, as the plugin and by the system", async () => {
    await light(engine, 1);
    await engine.work.drain();
    expect(seen).to.have.length(1);
    expect(seen[0]).to.include({ lamp: 1, attempt: 1, inTransaction: false, plugin: "listener", actor: "system" });
    expect(tries).to.deep.equal([1]);
    expect(await engine.database.rows(sql`select name, payload from event where id = ${seen[0]?.id}`)).to.deep.equal([{ name: "lamp.lit", payload: { lamp: 1 } }]);
  });

  it("are undone with their transaction, rows and letters alike", async () => {
    const before = await engine.database.one(sql`select count(*) from event`);
    const error = await engine.context
      .transact(async (ctx) => {
        await ctx.emit("lamp.lit", { lamp: 2 });
        throw new Error("no");
      })
      .catch((thrown: unknown) => thrown);
    expect(error).to.be.an("error").with.property("message", "no");
    expect(await engine.work.drain()).to.equal(0);
    expect(await engine.database.one(sql`select count(*) from event`)).to.deep.equal(before);
  });

  it("are refused when their payload is not what the catalogue says, and nothing is written", async () => {
    const error = await engine.context.transact((ctx) => ctx.emit("lamp.lit", { lamp: "three" as unknown as number })).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: "invalid_input" }).and.have.property("message").that.includes("payload of lamp.lit");
    expect(await engine.context.transact((ctx) => ctx.emit("lamp.unknown" as "lamp.lit", { lamp: 1 })).catch((thrown: unknown) => thrown)).to.include({ code: "unknown_event" });
    expect(await engine.work.drain()).to.equal(0);
  });

  it("are tried again for the one that failed alone, later each time, buried after its attempts, and replayed with the same id", async () => {
    broken = true;
    await light(engine, 4);
    await engine.work.drain();
    expect(seen.map(({ lamp }) => lamp), "the other has it at once").to.deep.equal([4]);
    expect(tries, "not before its time").to.deep.equal([4]);
    clock.advance(30_000);
    await engine.work.drain();
    expect(tries).to.deep.equal([4]);
    clock.advance(90_000);
    await engine.work.drain();
    expect(tries).to.deep.equal([4, 4]);
    expect((await queueStates(engine.database, engine.jobs)).find(({ name }) => name === "on.fragile.lamp.lit")).to.include({ delayed: 1, buried: 0 });
    clock.advance(240_000);
    await engine.work.drain();
    expect(tries).to.deep.equal([4, 4, 4]);
    expect(seen, "once for the healthy one").to.have.length(1);

    const [letter, ...others] = await deadLetters(engine.database);
    expect(others).to.be.empty;
    expect(letter).to.deep.include({ queue: "on.fragile.lamp.lit", content: { lamp: 4 }, letterId: seen[0]?.id, attempts: 3 });
    expect(letter?.error.message).to.equal("no bulb");
    expect(workProblems(await workState(engine.database, engine.jobs))).to.deep.equal(["One letter of on.fragile.lamp.lit failed in every try; see the jobs page."]);
    clock.advance(86_400_000);
    await engine.work.drain();
    expect(tries, "buried is buried").to.have.length(3);

    broken = false;
    expect(await replay(engine.jobs, { ids: [letter?.id ?? ""] })).to.equal(1);
    await engine.work.drain();
    expect(tries).to.deep.equal([4, 4, 4, 4]);
    expect(seen).to.have.length(1);
    expect(await deadLetters(engine.database)).to.be.empty;
    expect(workProblems(await workState(engine.database, engine.jobs))).to.be.empty;
  });

  it("that are buried can be listed page by page, replayed by queue, and discarded", async () => {
    broken = true;
    await light(engine, 5, 6, 7);
    for (let tried = 0; tried < 3; tried++) {
      await engine.work.drain();
      clock.advance(3_600_000);
    }
    const all = await deadLetters(engine.database, { queue: "on.fragile.lamp.lit" });
    expect(all.map(({ content }) => (content as { lamp: number }).lamp)).to.have.members([5, 6, 7]);
    expect(await deadLetters(engine.database, { limit: 2 })).to.have.length(2);
    expect(await deadLetters(engine.database, { queue: "on.listener.lamp.lit" })).to.be.empty;
    await discard(engine.jobs, [all[0]?.id ?? ""]);
    broken = false;
    expect(await replay(engine.jobs, { queue: "on.listener.lamp.lit" })).to.equal(0);
    expect(await replay(engine.jobs, { queue: "on.fragile.lamp.lit" })).to.equal(2);
    tries.length = 0;
    await engine.work.drain();
    expect(tries).to.have.members(all.slice(1).map(({ content }) => (content as { lamp: number }).lamp));
  });
});
