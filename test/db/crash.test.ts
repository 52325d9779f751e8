import { expect } from "chai";
import { openDatabase, type Database } from "../../core/db/database.ts";
import { sql } from "../../core/db/sql.ts";
import { testDatabase, type TestDatabase } from "../../core/testing/database.ts";
import { lamps, movedClock, prepare, startEngine } from "./engine.ts";
import { ledger } from "./ledger.ts";
import { run } from "./process.ts";

describe("a process killed with kill -9", function () {
  this.timeout(120_000);
  let db: TestDatabase;
  let database: Database;

  beforeEach(async () => {
    db = await testDatabase();
    await prepare(db.url);
    database = openDatabase({ url: db.url, onError: () => {} });
    await database.run(sql`create table ledger (id uuid not null)`);
  });
  afterEach(async () => {
    await database.close();
    await db.drop();
  });

  const published = async () => (await database.rows<{ id: string }>(sql`select id from event order by id`)).map(({ id }) => id);
  const delivered = async () => (await database.rows<{ id: string }>(sql`select distinct id from ledger order by id`)).map(({ id }) => id);

  /** Lets a process publish events, and deliver them if it is a worker, and kills it when it says so. */
  const killWhen = async (role: "web" | "worker", enough: (line: { committed?: number; taken?: number }) => boolean): Promise<void> => {
    const child = run<{ committed?: number; taken?: number }>("crash.process.ts", [db.url, role]);
    while (!enough(await child.next()));
    await child.kill("SIGKILL");
  };

  it("between commit and delivery loses no event: the next process delivers every one", async () => {
    await killWhen("web", ({ committed = 0 }) => committed >= 25);
    const events = await published();
    expect(events).to.have.length.of.at.least(25);
    expect(await delivered()).to.be.empty;
    const engine = await startEngine(db.url, [lamps, ledger()], { clock: movedClock().now });
    await engine.work.drain();
    await engine.stop();
    expect(await delivered()).to.deep.equal(events);
  });

  it("while it delivers loses no event either: what it had taken is taken back when its heartbeat has stopped", async () => {
    await killWhen("worker", ({ taken }) => taken !== undefined);
    const events = await published();
    const clock = movedClock();
    const engine = await startEngine(db.url, [lamps, ledger()], { clock: clock.now });
    await engine.work.drain();
    expect((await delivered()).length, "what it had taken may still be in its hands").to.be.below(events.length);
    // Once for the heartbeat to be missed, and once for the next try to be due.
    for (const pauseMs of [60_000, 60_000]) {
      clock.advance(pauseMs);
      await engine.work.drain();
    }
    await engine.stop();
    expect(await delivered()).to.deep.equal(events);
  });
});
