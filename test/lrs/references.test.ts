import { expect } from "chai";
import type { Database } from "../../core/db/database.ts";
import { sql } from "../../core/db/sql.ts";
import { findStatement, findStatements, type StatementFilter } from "../../core/lrs/query/query.ts";
import { recordDatabase, statement, store, uuid } from "./support.ts";

const voiding = { id: "http://adlnet.gov/expapi/verbs/voided" };
const pointing = (id: number, target: number, changes: object = {}) =>
  statement({ id: uuid(id), actor: { mbox: "mailto:rita@example.org" }, verb: { id: "http://example.org/verbs/confirmed" }, object: { objectType: "StatementRef", id: uuid(target) }, ...changes });

describe("records: statements that point at statements, in every order of arrival", () => {
  let db: Database;
  let drop: () => Promise<void>;
  before(async () => ({ db, drop } = await recordDatabase()));
  after(() => drop());
  beforeEach(() => db.run(sql`truncate statement, statement_id, statement_key, statement_reference`));

  const ids = async (filter: Partial<StatementFilter>) => (await findStatements(db, { store: 1, ...filter }, 50)).statements.map(({ raw }) => Number((JSON.parse(raw) as { id: string }).id.slice(-12))).sort();
  const tried = { verb: "http://example.org/verbs/tried" };

  for (const order of permutations([1, 2, 3])) {
    for (const together of [false, true]) {
      const how = `${order.join(", ")}${together ? " in one batch" : ""}`;

      it(`finds a chain of two pointers by what the last points at: ${how}`, async () => {
        await arrive(order, together, { 1: statement({ id: uuid(1) }), 2: pointing(2, 1), 3: pointing(3, 2) });
        expect(await ids(tried)).to.deep.equal([1, 2, 3]);
        expect(await ids({ ...tried, agent: "mbox mailto:ann@example.org" })).to.deep.equal([1, 2, 3]);
        expect(await ids({ agent: "mbox mailto:rita@example.org" })).to.deep.equal([2, 3]);
        expect(await ids({ ...tried, agent: "mbox mailto:rita@example.org" })).to.deep.equal([]);
      });

      it(`takes a statement back, and still finds by it what points at it: ${how}`, async () => {
        await arrive(order, together, { 1: statement({ id: uuid(1) }), 2: pointing(2, 1, { verb: voiding }), 3: pointing(3, 1) });
        expect(await ids({})).to.deep.equal([2, 3]);
        expect(await ids(tried)).to.deep.equal([2, 3]);
        expect(await findStatement(db, { store: 1, id: uuid(1), voided: false })).to.equal(undefined);
        expect((await findStatement(db, { store: 1, id: uuid(1), voided: true }))?.raw).to.include(uuid(1));
        expect(await findStatement(db, { store: 1, id: uuid(2), voided: true })).to.equal(undefined);
      });

      it(`cannot take back a statement that takes back: ${how}`, async () => {
        await arrive(order, together, { 1: statement({ id: uuid(1) }), 2: pointing(2, 1, { verb: voiding }), 3: pointing(3, 2, { verb: voiding }) });
        expect(await ids({})).to.deep.equal([2, 3]);
      });

      it(`goes through a pointer that is taken back: ${how}, then the voider`, async () => {
        await arrive(order, together, { 1: statement({ id: uuid(1) }), 2: pointing(2, 1), 3: pointing(3, 2) });
        await store(db, pointing(4, 2, { verb: voiding }));
        expect(await ids(tried)).to.deep.equal([1, 3, 4]);
      });

      it(`comes to an end on a circle: ${how}`, async () => {
        await arrive(order, together, { 1: pointing(1, 3), 2: pointing(2, 1), 3: pointing(3, 2) });
        expect(await ids(tried)).to.deep.equal([]);
        expect(await ids({ verb: "http://example.org/verbs/confirmed" })).to.deep.equal([1, 2, 3]);
      });
    }
  }

  it("holds since, until and limit against the one that points", async () => {
    const [first] = await store(db, statement({ id: uuid(1) }));
    const [second] = await store(db, pointing(2, 1));
    const [third] = await store(db, pointing(3, 1));
    expect(await ids({ ...tried, since: first!.seq })).to.deep.equal([2, 3]);
    expect(await ids({ ...tried, since: second!.seq })).to.deep.equal([3]);
    expect(await ids({ ...tried, until: second!.seq })).to.deep.equal([1, 2]);
    expect(await ids({ ...tried, since: second!.seq, until: third!.seq - 1 })).to.deep.equal([]);
  });

  it("finds few matches behind thousands of pointers, and many matches behind thousands of pointers", async () => {
    await store(db, Array.from({ length: 1200 }, (_, number) => statement({ id: uuid(10_000 + number), verb: { id: "http://example.org/verbs/many" } })));
    await store(db, statement({ id: uuid(1) }));
    await store(db, Array.from({ length: 1100 }, (_, number) => pointing(20_000 + number, 10_000 + number)));
    await store(db, pointing(2, 1));
    expect(await ids(tried)).to.deep.equal([1, 2]);
    let pages = 0;
    let found = 0;
    let next: number | undefined;
    do {
      const page = await findStatements(db, { store: 1, verb: "http://example.org/verbs/many" }, 1500, next);
      found += page.statements.length;
      next = page.next;
      pages++;
    } while (next !== undefined);
    expect([found, pages]).to.deep.equal([2300, 2]);
  });

  it("finds what points at one of few matches on a full page, behind thousands that point elsewhere", async () => {
    const many = (first: number, count: number, of: (id: number) => object) => store(db, Array.from({ length: count }, (_, number) => of(first + number)));
    await store(db, statement({ id: uuid(1), verb: { id: "http://example.org/verbs/other" } }));
    await many(100, 30, (id) => statement({ id: uuid(id) }));
    await many(1000, 2100, (id) => pointing(id, 1));
    await store(db, [pointing(2, 100), pointing(3, 2)]);
    await many(200, 30, (id) => statement({ id: uuid(id) }));
    const found = (await findStatements(db, { store: 1, ...tried }, 40)).statements.map(({ raw }) => Number((JSON.parse(raw) as { id: string }).id.slice(-12)));
    expect(found).to.deep.equal([...Array.from({ length: 30 }, (_, number) => 229 - number), 3, 2, ...Array.from({ length: 8 }, (_, number) => 129 - number)]);
  });

  it("finds a match that hundreds of thousands point at", async () => {
    const [first] = await store(db, statement({ id: uuid(1) }));
    await store(db, pointing(2, 1));
    await db.run(sql`insert into statement_reference (store, target, seq, voiding) select 1, ${uuid(1)}, ${first!.seq}::bigint - number, false from generate_series(1, 250000) as number`);
    expect(await ids(tried)).to.deep.equal([1, 2]);
  });

  it("asks no more about pointers where nothing points at the matches", async () => {
    await store(db, [statement({ id: uuid(1) }), statement({ id: uuid(2), verb: { id: "http://example.org/verbs/other" } }), pointing(3, 2)]);
    let asked = 0;
    const spy: Database = { ...db, rows: (question) => (asked++, db.rows(question)) };
    expect((await findStatements(spy, { store: 1, ...tried }, 10)).statements).to.have.length(1);
    expect(asked).to.equal(2); // the weeks nearby, and all before
    await store(db, pointing(4, 1));
    expect((await findStatements(spy, { store: 1, ...tried }, 10)).statements).to.have.length(2);
    expect(asked).to.equal(5);
  });

  async function arrive(order: number[], together: boolean, statements: Record<number, object>): Promise<void> {
    const sorted = order.map((number) => statements[number]!);
    if (together) await store(db, sorted);
    else for (const one of sorted) await store(db, one);
  }
});

function permutations<T>(list: T[]): T[][] {
  if (list.length < 2) return [list];
  return list.flatMap((first, index) => permutations([...list.slice(0, index), ...list.slice(index + 1)]).map((rest) => [first, ...rest]));
}
