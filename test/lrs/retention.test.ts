import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { findStatement, findStatements } from "../../core/lrs/query/query.ts";
import { dropExpired, makeRoomAhead } from "../../core/lrs/stores/retention.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { movedTo, statement, store, uuid } from "./support.ts";

const dayMs = 86_400_000;
const voided = "http://adlnet.gov/expapi/verbs/voided";
const voiding = (id: number, target: number) => statement({ id: uuid(id), verb: { id: voided }, object: { objectType: "StatementRef", id: uuid(target) } });

describe("records: retention", () => {
  let host: TestHost;
  const old = Date.now() - 100 * dayMs;
  before(async () => (host = await testHost()));
  after(() => host.stop());
  beforeEach(async () => {
    await host.database.run(sql`truncate statement, statement_id, statement_key, statement_reference`);
    await keep(60);
  });

  const keep = (days: number | null) => host.database.run(sql`update lrs_store set retention_days = ${days} where id = 1`);
  const kept = async (): Promise<number[]> => (await findStatements(host.database, { store: 1 }, 100)).statements.map(({ raw }) => Number((JSON.parse(raw) as { id: string }).id.slice(-4))).sort();
  const stored = async (one: object, time?: number): Promise<number> => {
    const [{ seq } = { seq: 0 }] = await store(host.database, one);
    return time === undefined ? seq : movedTo(host.database, seq, time);
  };
  const countIn = (table: string) => host.database.one<{ count: number }>(sql`select count(*)::integer as count from ${sql.id(table)}`).then(({ count }) => count);

  it("drops the months that lie wholly before what is to be kept, and nothing else", async () => {
    await stored(statement({ id: uuid(1) }), old);
    await stored(statement({ id: uuid(2) }), Date.now() - 10 * dayMs);
    await stored(statement({ id: uuid(3) }));
    const dropped = await dropExpired(host.context);
    expect(dropped.reduce((sum, { statements }) => sum + statements, 0)).to.equal(1);
    expect(await kept()).to.deep.equal([2, 3]);
    expect(await countIn("statement_id")).to.equal(2);
    expect((await host.database.rows(sql`select from pg_class where relname = ${`statement_1_${dropped[0]!.month}`}`)).length).to.equal(0);
    expect(await dropExpired(host.context)).to.deep.equal([]);
  });

  it("drops nothing of a store that keeps all, whatever our own clock says", async () => {
    await keep(null);
    await stored(statement({ id: uuid(1) }), old);
    expect(await dropExpired(host.context)).to.deep.equal([]);
    await keep(200);
    host.advance(1000 * dayMs);
    expect(await dropExpired(host.context)).to.deep.equal([]);
    expect(await kept()).to.deep.equal([1]);
  });

  it("frees the ids, which can be used again", async () => {
    await stored(statement({ id: uuid(1) }), old);
    await dropExpired(host.context);
    const [again] = await store(host.database, statement({ id: uuid(1), result: { success: true } }));
    expect(again!.fresh).to.equal(true);
  });

  it("keeps void what was voided by a statement that is gone, for as long as it is there itself", async () => {
    await stored(voiding(2, 1), old);
    await stored(voiding(4, 3), old);
    await stored(statement({ id: uuid(1) }));
    const third = await stored(statement({ id: uuid(3) }));
    expect(await dropExpired(host.context)).to.not.deep.equal([]);
    expect(await kept()).to.deep.equal([]);
    expect((await findStatement(host.database, { store: 1, id: uuid(1), voided: true }))?.raw).to.include(uuid(1));
    expect(await countIn("statement_reference")).to.equal(2);
    await movedTo(host.database, third, Date.now() - 150 * dayMs);
    await dropExpired(host.context);
    expect(await countIn("statement_reference")).to.equal(1);
  });

  it("forgets who points at whom, and what else is told of the statements that go", async () => {
    await host.database.run(sql`create table statement_remark (store integer, seq bigint, remark text)`);
    const place = await stored(statement({ id: uuid(2), object: { objectType: "StatementRef", id: uuid(1) } }), old);
    await host.database.run(sql`insert into statement_remark values (1, ${place}, 'old'), (1, ${Date.now() * 1000}, 'new'), (2, ${place}, 'of another')`);
    await dropExpired(host.context);
    expect(await countIn("statement_reference")).to.equal(0);
    expect(await host.database.rows(sql`select remark from statement_remark order by remark`)).to.deep.equal([{ remark: "new" }, { remark: "of another" }]);
    await host.database.run(sql`drop table statement_remark`);
  });

  it("goes on with what was left half done", async () => {
    await stored(statement({ id: uuid(1) }), old);
    const { month } = await host.database.one<{ month: string }>(sql`select month from lrs_partition where store = 1 and ${old * 1000} between since and until - 1`);
    await host.database.run(sql`alter table statement detach partition ${sql.id(`statement_1_${month}`)}`);
    const dropped = await dropExpired(host.context);
    expect(dropped.find((one) => one.month === month)?.statements).to.equal(1);
    expect(await countIn("statement_id")).to.equal(0);
  });

  it("lets others read and write meanwhile", async () => {
    await stored(statement({ id: uuid(1) }), old);
    const during = await host.database.transaction(async (tx) => {
      const dropping = dropExpired(host.context);
      const [first] = await store(host.database, statement({ id: uuid(2) }));
      const count = (await findStatements(tx, { store: 1 }, 10)).statements.length; // holds the tables until this transaction ends
      await store(host.database, statement({ id: uuid(3) }));
      return { dropping, count, first };
    });
    expect(during.first!.fresh).to.equal(true);
    await during.dropping;
    expect(await kept()).to.deep.equal([2, 3]);
  });

  it("tells the audit, and runs by night with room made for the next month", async () => {
    await stored(statement({ id: uuid(1) }), old);
    await dropExpired(host.context);
    const { detail } = await host.database.one<{ detail: object }>(sql`select detail from audit_entry where action = 'statements.expired' order by at desc, id desc limit 1`);
    expect(detail).to.include.keys("month", "statements");
    await host.database.run(sql`insert into lrs_store (id, name) values (77, 'nightly')`);
    await makeRoomAhead(host.context);
    expect(await countIn("lrs_partition")).to.be.greaterThan(3);
    expect((await host.database.rows(sql`select from lrs_partition where store = 77`)).length).to.equal(2);
  });
});
