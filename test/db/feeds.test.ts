import { expect } from "chai";
import pg from "pg";
import { workProblems, workState } from "../../core/db/backlog.ts";
import type { Db } from "../../core/db/database.ts";
import { announce } from "../../core/db/feeds.ts";
import { sql } from "../../core/db/sql.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { testDatabase, type TestDatabase } from "../../core/testing/database.ts";
import { hostOf, lamps, light, movedClock, prepare, startEngine, type Engine } from "./engine.ts";
import { until } from "./process.ts";

declare module "../../core/db/feeds.ts" {
  interface FeedCatalogue {
    numbers: { item: number; options: { atLeast?: number } };
  }
}

const numbers = definePlugin({
  name: "numbers",
  version: "1.0.0",
  summary: "Offers a feed of numbers.",
  feedSources: {
    numbers: {
      summary: "Numbers.",
      select: ({ atLeast = 0 }) => sql`select tx, seq, value from number where value >= ${atLeast}`,
      item: ({ value }: { value: number }) => value,
    },
  },
});

const add = (db: Db, ...values: number[]) => db.run(sql`insert into number (value) select unnest(${values}::int[])`);

describe("feeds", () => {
  let db: TestDatabase;
  let engine: Engine | undefined;
  let client: pg.Client;
  const clock = movedClock();

  beforeEach(async () => {
    db = await testDatabase();
    await prepare(db.url);
    client = new pg.Client({ connectionString: db.url });
    await client.connect();
    await client.query("create table number (value int not null, tx xid8 not null default pg_current_xact_id(), seq bigint generated always as identity); create index on number (tx, seq)");
  });
  afterEach(async () => {
    await engine?.stop();
    engine = undefined;
    await client.end();
    await db.drop();
  });

  const reader = (name: string, run: (items: number[]) => Promise<void>, more: object = {}) =>
    definePlugin({ name, version: "1.0.0", summary: "Reads numbers.", feeds: { numbers: { batch: 3, run: (_, items) => run(items), ...more } } });
  const start = async (...plugins: Parameters<typeof startEngine>[1]) => (engine = await startEngine(db.url, [numbers, ...plugins], { clock: clock.now, roles: ["worker"] }));

  it("come in batches, in order, from where each reader stands, and over a restart", async () => {
    const batches: number[][] = [];
    const plugin = reader("reader", async (items) => void batches.push(items));
    const first = await start(plugin);
    await add(first.database, 1, 2, 3, 4, 5);
    expect(await first.work.drain()).to.equal(5);
    expect(batches).to.deep.equal([[1, 2, 3], [4, 5]]);
    await first.stop();
    const second = await start(plugin);
    expect(await second.work.drain()).to.equal(0);
    await add(second.database, 6);
    await second.work.drain();
    expect(batches.at(-1)).to.deep.equal([6]);
  });

  it("lose nothing to a transaction that commits late, as a cursor on the serial number alone does", async () => {
    const read: number[] = [];
    const { database, work } = await start(reader("reader", async (items) => void read.push(...items)));
    let naiveCursor = 0;
    const naive: number[] = [];
    const readNaively = async () => {
      for (const { seq, value } of await database.rows<{ seq: string; value: number }>(sql`select seq, value from number where seq > ${naiveCursor} order by seq`)) {
        naive.push(value);
        naiveCursor = Number(seq);
      }
    };
    await client.query("begin");
    await client.query("insert into number (value) values (1)");
    await add(database, 2);
    await work.drain();
    await readNaively();
    expect(read, "2 is held back: 1 may still come before it").to.deep.equal([]);
    await client.query("commit");
    await work.drain();
    await readNaively();
    expect(read).to.deep.equal([1, 2]);
    expect(naive).to.deep.equal([2]);
  });

  it("lose nothing and repeat nothing while many transactions come and go in any order", async () => {
    const read: number[] = [];
    const { database, work } = await start(reader("reader", async (items) => void read.push(...items), { batch: 7 }));
    let writing = true;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let turn = 0; turn < 15; turn++) {
        await database.transaction(async (within) => {
          await add(within, writer * 1000 + turn);
          for (let pause = 0; pause < (writer * 7 + turn * 3) % 11; pause++) await within.rows(sql`select 1`);
          if (turn % 5 === 4) throw new Error("undone");
        }).catch(() => {});
      }
    });
    const reading = (async () => {
      while (writing) await work.drain();
    })();
    await Promise.all(writers);
    writing = false;
    await reading;
    await work.drain();
    const stored = await database.rows<{ value: number }>(sql`select value from number order by tx, seq`);
    expect(stored).to.have.length(8 * 12);
    expect(read).to.deep.equal(stored.map(({ value }) => value));
  });

  it("are read again where a batch failed, later each time, while other readers go on; and health tells", async () => {
    const good: number[] = [];
    const bad: number[][] = [];
    let broken = true;
    const failing = reader("failing", async (items) => {
      bad.push(items);
      if (broken) throw new Error("disk full");
    });
    const { database, work, jobs } = await start(failing, reader("healthy", async (items) => void good.push(...items)));
    await add(database, 1, 2);
    await work.drain();
    await add(database, 3, 4);
    await work.drain();
    expect(good).to.deep.equal([1, 2, 3, 4]);
    expect(bad, "waits for its time").to.deep.equal([[1, 2]]);
    clock.advance(1000);
    await work.drain();
    clock.advance(1000);
    await work.drain();
    expect(bad).to.deep.equal([[1, 2], [1, 2, 3]]);
    expect(workProblems(await workState(database, jobs))).to.deep.equal(["failing failed 2 times on the feed numbers: disk full"]);
    broken = false;
    clock.advance(1000);
    await work.drain();
    expect(bad.slice(2)).to.deep.equal([[1, 2, 3], [4]]);
    expect(workProblems(await workState(database, jobs))).to.be.empty;
  });

  it("are read by one process at a time", async () => {
    const read: number[] = [];
    let entered = (): void => {};
    let leave = (): void => {};
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const door = new Promise<void>((resolve) => (leave = resolve));
    const plugin = reader("reader", async (items) => {
      read.push(...items);
      entered();
      await door;
    });
    const { database, work } = await start(plugin);
    const other = await startEngine(db.url, [numbers, plugin], { clock: clock.now, roles: ["worker"] });
    await add(database, 1);
    const first = work.drain();
    await inside;
    expect(await other.work.drain()).to.equal(0);
    leave();
    expect(await first).to.equal(1);
    expect(read).to.deep.equal([1]);
    await other.stop();
  });

  it("leave out what a reader does not ask for, and are not read twice for it", async () => {
    const read: number[] = [];
    const { database, work } = await start(reader("choosy", async (items) => void read.push(...items), { atLeast: 10 }));
    await add(database, 1, 11, 2, 12, 3);
    await work.drain();
    await add(database, 4, 13);
    await work.drain();
    expect(read).to.deep.equal([11, 12, 13]);
  });

  it("begin with what is to come where a reader says so", async () => {
    const read: number[] = [];
    const plugin = reader("late", async (items) => void read.push(...items), { from: "now" });
    await client.query("insert into number (value) values (1)");
    const { database, work } = await start(plugin);
    await add(database, 2);
    await work.drain();
    expect(read).to.deep.equal([2]);
  });

  it("can be read within the transaction that moves the cursor, so that a failure leaves nothing", async () => {
    let broken = true;
    const copier = definePlugin({
      name: "copier",
      version: "1.0.0",
      summary: "Adds numbers up.",
      feeds: {
        numbers: {
          batch: 10,
          inTransaction: true,
          run: async (ctx, items) => {
            for (const value of items) await ctx.db.run(sql`update total set value = value + ${value}`);
            if (broken) throw new Error("no");
          },
        },
      },
    });
    await client.query("create table total as select 0 as value");
    const { database, work } = await start(copier);
    await add(database, 1, 2, 3);
    await work.drain();
    expect(await database.one(sql`select value from total`)).to.deep.equal({ value: 0 });
    broken = false;
    clock.advance(2000);
    await work.drain();
    expect(await database.one(sql`select value from total`)).to.deep.equal({ value: 6 });
  });

  it("of published events are there for those who want them all, or some", async () => {
    const read: unknown[] = [];
    const auditor = definePlugin({
      name: "auditor",
      version: "1.0.0",
      summary: "Reads every event.",
      feeds: { events: { batch: 100, names: ["lamp.lit"], run: async (_, items) => void read.push(...items.map(({ name, payload, at }) => ({ name, payload, at }))) } },
    });
    const { context, work } = await start(lamps, auditor);
    await light({ context }, 1, 2);
    await work.drain();
    expect(read).to.deep.equal([1, 2].map((lamp) => ({ name: "lamp.lit", payload: { lamp }, at: clock.now() })));
  });

  it("of events keep what a reader has still to read when old events are forgotten", async () => {
    let broken = false;
    const auditor = definePlugin({
      name: "auditor",
      version: "1.0.0",
      summary: "Reads every event.",
      feeds: {
        events: {
          batch: 100,
          run: async () => {
            if (broken) throw new Error("no");
          },
        },
      },
    });
    const { context, work, database } = await start(lamps, auditor);
    const lampsKept = async () => (await database.rows<{ lamp: number }>(sql`select (payload->>'lamp')::int as lamp from event order by seq`)).map(({ lamp }) => lamp);
    await light({ context }, 1);
    await work.drain();
    broken = true;
    await light({ context }, 2);
    await work.drain();
    clock.advance(91 * 86_400_000);
    await light({ context }, 3);
    await context.enqueue("database.forgetEvents", {});
    await work.drain();
    expect(await lampsKept()).to.deep.equal([2, 3]);
    broken = false;
    clock.advance(600_000);
    await work.drain();
    await context.enqueue("database.forgetEvents", {});
    await work.drain();
    expect(await lampsKept()).to.deep.equal([3]);
  });

  it("wake their readers by themselves when rows are announced", async () => {
    const read: number[] = [];
    engine = await startEngine(db.url, [numbers, reader("reader", async (items) => void read.push(...items))], { roles: ["worker"] });
    const { database } = engine;
    for (let number = 1; number <= 20; number++) {
      await database.transaction(async (within) => {
        await add(within, number);
        await announce(within, "numbers");
      });
      await until(() => read.length === number);
      // A reader looks once more before it rests; this is about what comes after that.
      await until(async () => (await database.rows(sql`select from pg_locks join pg_database on pg_database.oid = database where locktype = 'advisory' and datname = current_database()`)).length === 0);
    }
  }).timeout(60_000); // by polling alone each would wait up to five seconds

  it("that are wrong stop the boot: no such feed, no batch, a feed that is another's", () => {
    const wrong = definePlugin({ name: "wrong", version: "1.0.0", summary: "Wrong.", feeds: { letters: { batch: 1, run: async () => {} }, numbers: { run: async () => {} } } as never, feedSources: { numbers: numbers.feedSources?.numbers } });
    expect(() => hostOf([numbers, wrong]))
      .to.throw("nobody offers the feed letters")
      .with.property("message")
      .that.includes("numbers: batch must be a whole number from 1 to 10000")
      .and.includes("the feed numbers is numbers's");
  });
});
