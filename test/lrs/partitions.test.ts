import { expect } from "chai";
import { openDatabase, type Database } from "../../core/db/database.ts";
import { withClient } from "../../core/db/database-url.ts";
import { sql } from "../../core/db/sql.ts";
import { findStatements } from "../../core/lrs/query/query.ts";
import { createRoom, makeRoom } from "../../core/lrs/stores/room.ts";
import { testDatabase } from "../../core/testing/database.ts";
import { up as records } from "../../migrations/0020_records.ts";
import { up as stores } from "../../migrations/0021_stores.ts";
import { movedTo, recordDatabase, statement, store, uuid } from "./support.ts";

const months = (db: Database, of = 1) => db.rows<{ month: string }>(sql`select month from lrs_partition where store = ${of} order by since`).then((rows) => rows.map(({ month }) => month));

describe("records: partitions by store and month", () => {
  let db: Database;
  let drop: () => Promise<void>;
  before(async () => ({ db, drop } = await recordDatabase()));
  after(() => drop());
  beforeEach(() => db.run(sql`truncate statement, statement_id, statement_key, statement_reference`));

  it("makes this month and the next, once, however many ask at once", async () => {
    await Promise.all([2, 2, 2, 2].map((number) => makeRoom(db, number)));
    const made = await months(db, 2);
    expect(made).to.have.length(2);
    expect(made[0]).to.equal(new Date().toISOString().slice(0, 7).replace("-", ""));
    const { count } = await db.one<{ count: number }>(sql`select count(*)::integer as count from pg_inherits where inhrelid::regclass::text like 'statement%\\_2\\_%' and inhparent = any('{statement,statement_key}'::regclass[])`);
    expect(count).to.equal(4);
  });

  it("makes a store's partitions while others read and write the tables", async () => {
    await db.transaction(async (tx) => {
      await tx.rows(sql`select count(*) from statement`);
      await tx.run(sql`insert into statement (store, seq, id, stored, authority, raw) select 1, until - 1, ${uuid(1)}, now(), 0, '{}' from lrs_partition where store = 1 order by since limit 1`);
      await makeRoom(db, 3); // on another session; it would wait for this one's end, were the tables locked
      await tx.run(sql`delete from statement`);
    });
    expect(await months(db, 3)).to.have.length(2);
  });

  it("takes statements of a store nobody made room for", async () => {
    const room = createRoom();
    const insert = () => db.run(sql`insert into statement (store, seq, id, stored, authority, raw) values (4, extract(epoch from now()) * 1000000, ${uuid(4)}, now(), 0, '{}')`);
    expect(await insert().catch(({ code }: { code: string }) => code)).to.equal("23514");
    await room.with(db, [4], insert);
    expect((await findStatements(db, { store: 4 }, 10)).statements).to.have.length(1);
  });

  it("makes room again when the database finds none after all", async () => {
    const room = createRoom();
    await room.ensure(db, [5]);
    await db.run(sql`drop table if exists ${sql.id(`statement_5_${(await months(db, 5))[0]}`)}`);
    await db.run(sql`drop table if exists ${sql.id(`statement_key_5_${(await months(db, 5))[0]}`)}`);
    await db.run(sql`delete from lrs_partition where store = 5 and since = (select min(since) from lrs_partition where store = 5)`);
    const insert = () => db.run(sql`insert into statement (store, seq, id, stored, authority, raw) values (5, extract(epoch from now()) * 1000000, ${uuid(5)}, now(), 0, '{}')`);
    expect(await room.with(db, [5], insert)).to.equal(1);
  });

  it("finds statements across years, in order and page by page", async () => {
    const stored = await store(db, Array.from({ length: 60 }, (_, number) => statement({ id: uuid(number) })));
    for (const [index, { seq }] of stored.entries()) await movedTo(db, seq, Date.UTC(2024, index % 30, 2 + Math.floor(index / 30)));
    for (const ascending of [false, true]) {
      const found: number[] = [];
      for (let after: number | undefined, pages = 0; pages === 0 || after !== undefined; pages++) {
        const page = await findStatements(db, { store: 1, verb: "http://example.org/verbs/tried", agent: "mbox mailto:ann@example.org", ascending }, 7, after);
        found.push(...page.statements.map(({ seq }) => seq));
        after = page.next;
      }
      expect(found).to.have.length(60);
      expect(found).to.deep.equal([...found].sort((one, other) => (ascending ? one - other : other - one)));
    }
  });

  it("finds a statement by its id, and that it is void, in whatever months they are", async () => {
    const [first] = await store(db, statement({ id: uuid(1) }));
    await store(db, statement({ id: uuid(2), verb: { id: "http://adlnet.gov/expapi/verbs/voided" }, object: { objectType: "StatementRef", id: uuid(1) } }));
    await movedTo(db, first!.seq, Date.UTC(2024, 5, 5));
    const { statements } = await findStatements(db, { store: 1, verb: "http://example.org/verbs/tried" }, 10);
    expect(statements.map(({ raw }) => (JSON.parse(raw) as { id: string }).id)).to.deep.equal([uuid(2)]);
  });

  it("reads the partitions next to where a page begins, in order, sorts nothing, and stops when the page is full", async () => {
    const room = await months(db);
    expect(room.length).to.be.greaterThan(24);
    const stored = await store(db, Array.from({ length: 120 }, (_, number) => statement({ id: uuid(number) })));
    for (const [index, { seq }] of stored.entries()) await movedTo(db, seq, Date.UTC(2024, index % 24, 2, 0, 0, index));
    const asked: { text: string; values: readonly unknown[] }[] = [];
    const spy: Database = { ...db, rows: (question) => (asked.push(question), db.rows(question)) };
    await findStatements(spy, { store: 1, verb: "http://example.org/verbs/tried", agent: "mbox mailto:ann@example.org", until: Date.UTC(2024, 11, 20) * 1000 }, 5);
    const plan = await db.transaction(async (tx) => {
      await tx.run(sql`set local enable_seqscan = off`); // the tables are too small to be worth an index
      const [question] = asked as [{ text: string; values: readonly unknown[] }];
      return (await tx.rows<Record<string, string>>({ ...question, text: `explain (analyze, costs off, timing off, summary off) ${question.text}`, name: undefined })).map((row) => row["QUERY PLAN"]!);
    });
    const read = plan.slice(plan.findIndex((line) => line.includes("CTE led")), plan.findIndex((line) => line.includes("CTE span"))).join("\n");
    expect(read).to.match(/Index Only Scan Backward using statement_key_1_\d+_pkey on statement_key_1_\d+ led/);
    expect(read).to.not.match(/Sort Key|Merge Append|Seq Scan/);
    const led = read.split("\n").filter((line) => / led_\d+ /.test(line));
    expect(led).to.have.length(2);
  });
});

describe("records: partitions of a store that was there before", () => {
  it("carries over statements, their keys and who points at whom", async () => {
    const { url, drop } = await testDatabase();
    const migrated = (up: typeof records) => withClient(url, (client) => up(async (text) => void (await client.query(text))));
    await migrated(records);
    const db = openDatabase({ url, onError: console.error });
    try {
      await db.run(sql`insert into lrs_store (id, name) values (2, 'second')`);
      const seq = Date.UTC(2025, 10, 5) * 1000;
      await db.run(sql`insert into statement (store, seq, id, stored, target, voiding, authority, raw) values
        (2, ${seq}, ${uuid(1)}, to_timestamp(${seq / 1e6}), null, false, 0, '{"id":1}'), (2, ${seq + 1}, ${uuid(2)}, to_timestamp(${seq / 1e6}), ${uuid(1)}, true, 0, '{"id":2}')`);
      await db.run(sql`insert into statement_id (store, id, seq, digest) values (2, ${uuid(1)}, ${seq}, ''), (2, ${uuid(2)}, ${seq + 1}, '')`);
      await db.run(sql`insert into statement_key (store, key, seq) values (2, 7, ${seq})`);
      const { tx } = await db.one<{ tx: string }>(sql`select distinct tx from statement`);
      await migrated(stores);
      expect((await findStatements(db, { store: 2 }, 10)).statements).to.deep.equal([{ seq: seq + 1, raw: '{"id":2}' }]);
      expect(await db.one(sql`select distinct tx from statement`)).to.deep.equal({ tx });
      expect(await db.one(sql`select key, seq from statement_key`)).to.deep.equal({ key: "7", seq: String(seq) });
      expect((await months(db, 2))[0]).to.equal("202511");
      expect((await db.one<{ id: number }>(sql`insert into lrs_store (name) values ('third') returning id`)).id).to.be.greaterThan(2);
    } finally {
      await db.close();
      await drop();
    }
  });
});
