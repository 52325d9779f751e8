import { setImmediate as immediate } from "node:timers/promises";
import { expect } from "chai";
import type { Database } from "../../core/db/database.ts";
import { sql } from "../../core/db/sql.ts";
import { coalescer } from "../../core/lrs/ingest/coalesce.ts";
import { mergeMentions } from "../../core/lrs/mentions.ts";
import { consistentThrough, findStatements } from "../../core/lrs/query/query.ts";
import { randomFrom } from "./random-statements.ts";
import { recordDatabase, statement, store, uuid } from "./support.ts";

const clients = 16;
const batches = 12;
const size = 25;

describe(`records: ${clients} clients at once`, function () {
  this.timeout(120_000);
  let db: Database;
  let drop: () => Promise<void>;
  before(async () => ({ db, drop } = await recordDatabase(clients + 4)));
  after(() => drop());
  beforeEach(() => db.run(sql`truncate statement, statement_id, statement_key, lrs_activity, lrs_agent`));

  /** A statement on one of 40 activities that everybody speaks of. */
  const shared = (id: number, random: (below: number) => number) => {
    const activity = random(40);
    const definition = { name: { en: `Activity ${activity}, as ${random(1000)} tells it` } };
    return statement({ id: uuid(id), actor: { mbox: `mailto:${random(10)}@example.org`, name: `Name ${random(9)}` }, object: { id: `http://example.org/activities/${activity}`, definition } });
  };

  it("loses nothing and never deadlocks, with definitions of shared activities merged meanwhile", async () => {
    const deadlocks = async () => Number((await db.one<{ deadlocks: string }>(sql`select deadlocks from pg_stat_database where datname = current_database()`)).deadlocks);
    await Promise.all(
      Array.from({ length: clients }, async (_, client) => {
        const random = randomFrom(client);
        for (let batch = 0; batch < batches; batch++) {
          const statements = Array.from({ length: size }, (_, index) => shared((client * batches + batch) * size + index, random));
          const stored = await store(db, statements);
          await mergeMentions(db, statements.map((one, index) => ({ store: 1, seq: stored[index]!.seq, statement: one })));
        }
      }),
    );
    expect(Number((await db.one<{ count: string }>(sql`select count(*) from statement`)).count)).to.equal(clients * batches * size);
    expect((await db.one<{ count: string }>(sql`select count(*) from lrs_activity`)).count).to.equal("40");
    expect(await deadlocks()).to.equal(0);
  });

  it("stores the same statements once when all send them, each in another order", async () => {
    const answers = await Promise.all(
      Array.from({ length: clients }, (_, client) => {
        const random = randomFrom(client);
        const ids = Array.from({ length: 60 }, (_, id) => id).sort(() => random(3) - 1);
        return store(db, ids.map((id) => statement({ id: uuid(id) })));
      }),
    );
    expect(answers.flat().filter(({ fresh }) => fresh)).to.have.length(60);
    expect((await findStatements(db, { store: 1 }, 100)).statements).to.have.length(60);
  });

  it("lets a reader that goes on from Consistent-Through miss nothing", async () => {
    const total = clients * batches * size;
    const seen: number[] = [];
    let writing = true;
    const reading = (async () => {
      let since = 0;
      for (;;) {
        const last = !writing;
        const through = await consistentThrough(db);
        for (let after: number | undefined, more = true; more; ) {
          const { statements, next } = await findStatements(db, { store: 1, since, until: through, ascending: true }, 500, after);
          seen.push(...statements.map(({ seq }) => seq));
          after = next;
          more = next !== undefined;
        }
        since = through;
        if (last) return;
      }
    })();
    await Promise.all(
      Array.from({ length: clients }, async (_, client) => {
        for (let batch = 0; batch < batches; batch++) await store(db, Array.from({ length: size }, () => statement({ actor: { mbox: `mailto:${client}@example.org` } })));
      }),
    );
    writing = false;
    await reading;
    expect(seen).to.have.length(total);
    expect(new Set(seen).size).to.equal(total);
    expect([...seen].sort((one, other) => one - other)).to.deep.equal(seen);
  });
});

describe("records: many requests in one transaction", () => {
  it("gathers what comes in one turn of the event loop, and what comes meanwhile, up to the maximum", async () => {
    const groups: number[][] = [];
    const doors: (() => void)[] = [];
    const submit = coalescer(
      async (items: number[]) => {
        groups.push(items);
        await new Promise<void>((resolve) => doors.push(resolve));
        return items.map((item) => item * 2);
      },
      { maximum: 3, flushers: 1 },
    );
    const results = [1, 2].map((item) => submit(item));
    await immediate();
    expect(groups).to.deep.equal([[1, 2]]);
    results.push(...[3, 4, 5, 6].map((item) => submit(item)));
    await immediate();
    expect(groups).to.deep.equal([[1, 2]]);
    doors[0]!();
    await results[1];
    while (groups.length < 2) await immediate();
    expect(groups).to.deep.equal([[1, 2], [3, 4, 5]]);
    doors[1]!();
    await results[4];
    while (groups.length < 3) await immediate();
    doors[2]!();
    expect(await Promise.all(results)).to.deep.equal([2, 4, 6, 8, 10, 12]);
  });

  it("tries the items of a failed group alone, and fails those that fail alone", async () => {
    const submit = coalescer(
      async (items: number[]) => {
        if (items.includes(13)) throw new Error("thirteen");
        return items;
      },
      { maximum: 10, flushers: 1 },
    );
    const settled = await Promise.allSettled([1, 2, 13, 4].map((item) => submit(item)));
    expect(settled.map(({ status }) => status)).to.deep.equal(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  });
});
