import { expect } from "chai";
import { openDatabase, type Database } from "../../core/db/database.ts";
import { sql } from "../../core/db/sql.ts";
import { testDatabase, type TestDatabase } from "../../core/testing/database.ts";
import { lamps, movedClock, prepare, startEngine } from "./engine.ts";
import { ledger } from "./ledger.ts";
import { run } from "./process.ts";

describe("a process killed with kill -9", () => {
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

  /** Lets a process publish events until so many have been committed, and kills it wherever it is just then. */
  const killAfter = async (committed: number, role: "web" | "worker") => {
    const child = run<number>("crash.process.ts", [db.url, role]);
    let last = 0;
    while (last < committed) last = await child.next();
    await child.kill("SIGKILL");
    return last;
  };

  it("between commit and delivery loses no event: the next process delivers every one", async () => {
    const committed = await killAfter(25, "web");
    const events = await published();
    expect(events.length).to.be.at.least(committed);
    expect(await delivered()).to.be.empty;
    const engine = await startEngine(db.url, [lamps, ledger], { clock: movedClock().now });
    await engine.work.drain();
    await engine.stop();
    expect(await delivered()).to.deep.equal(events);
  });

  it("while it delivers loses no event either: what it had taken is taken back when its heartbeat has stopped", async () => {
    await killAfter(60, "worker");
    const events = await published();
    const { active } = await database.one<{ active: number }>(sql`select count(*)::int as active from pgboss.job where state = 'active'`);
    expect(active, "it was killed at work").to.be.above(0);
    const clock = movedClock();
    const engine = await startEngine(db.url, [lamps, ledger], { clock: clock.now });
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
