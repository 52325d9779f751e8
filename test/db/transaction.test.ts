import { expect } from "chai";
import pg from "pg";
import { openDatabase, type Database } from "../../core/db/database.ts";
import { sql } from "../../core/db/sql.ts";
import { Table } from "../../core/db/table.ts";
import { testDatabase, type TestDatabase } from "../../core/testing/database.ts";

class Lamp extends Table {
  static override tableName = "lamp";
  static override personalData = "none" as const;
  declare id: number;
}

describe("a transaction", () => {
  let place: TestDatabase;
  let db: Database;

  before(async () => {
    place = await testDatabase();
    db = openDatabase({ url: place.url, poolSize: 2, onError: (error) => console.error(error) });
    await db.run(sql`create table lamp (id int primary key, note text)`);
  });
  beforeEach(() => db.run(sql`truncate lamp`));
  after(async () => {
    await db.close();
    await place.drop();
  });

  const light = (id: number) => sql`insert into lamp (id) values (${id})`;
  const lit = async () => (await db.rows<{ id: number }>(sql`select id from lamp order by id`)).map(({ id }) => id);

  it("writes its beginning and its first question in one piece", async () => {
    await db.transaction((tx) => tx.run(light(1)));
    const pieces = await piecesOf(() => db.transaction((tx) => tx.run(light(2))));
    expect(pieces, "the beginning with the question, and the end").to.equal(2);
    expect(await lit()).to.deep.equal([1, 2]);
  });

  it("writes what is left for later, and its end, in one piece", async () => {
    const pieces = await piecesOf(() =>
      db.transaction(async (tx) => {
        tx.later(light(1));
        tx.later(light(2));
      }),
    );
    expect(pieces).to.be.at.most(2);
    expect(await lit()).to.deep.equal([1, 2]);
  });

  it("does what is left for later in its turn", async () => {
    const seen = await db.transaction(async (tx) => {
      tx.later(light(1));
      return tx.rows(sql`select id from lamp`);
    });
    expect(seen).to.deep.equal([{ id: 1 }]);
  });

  it("takes no connection when nothing is asked", async () => {
    expect(await db.transaction(async () => db.pool().used)).to.equal(0);
  });

  it("is undone by an error of its work, and gives its connection back", async () => {
    const failed = await failure(db.transaction(async (tx) => {
      await tx.run(light(1));
      throw new Error("no more oil");
    }));
    expect(failed.message).to.equal("no more oil");
    expect(await lit()).to.deep.equal([]);
    expect(db.pool().used).to.equal(0);
  });

  it("is undone by a failure of what was left for later, and says which", async () => {
    await db.run(light(1));
    const left = await failure(db.transaction(async (tx) => {
      await tx.run(light(2));
      tx.later(light(1));
    }));
    expect(left.code).to.equal("23505");
    const asked = await failure(db.transaction(async (tx) => {
      tx.later(light(1));
      await tx.run(light(3));
    }));
    expect(asked.code, "and not that the transaction is aborted").to.equal("23505");
    expect(await lit()).to.deep.equal([1]);
  });

  it("says so when a refusal of PostgreSQL's was passed over, for nothing is kept then", async () => {
    const failed = await failure(db.transaction(async (tx) => {
      await tx.run(light(1));
      await tx.run(light(1)).catch(() => undefined);
    }));
    expect(failed.code).to.equal("transaction_undone");
    expect(await lit()).to.deep.equal([]);
  });

  it("answers nobody who asks after its end", async () => {
    let ask = (): Promise<unknown> => Promise.resolve();
    await db.transaction(async (tx) => {
      await tx.run(light(1));
      ask = () => tx.run(light(2));
    });
    expect((await failure(ask())).code).to.equal("transaction_over");
    expect(await lit()).to.deep.equal([1]);
  });

  it("asks tables on its own connection", async () => {
    const failed = await failure(db.transaction(async (tx) => {
      await tx.table(Lamp).insert({ id: 7 });
      expect(await tx.rows(sql`select id from lamp`)).to.deep.equal([{ id: 7 }]);
      throw new Error("enough");
    }));
    expect(failed.message).to.equal("enough");
    expect(await lit()).to.deep.equal([]);
  });

  it("drops a connection that was lost, and goes on with another", async () => {
    const failed = await failure(db.transaction((tx) => tx.run(sql`select pg_terminate_backend(pg_backend_pid())`)));
    expect(failed.code).to.equal("57P01");
    await Promise.all([1, 2, 3, 4].map((id) => db.transaction((tx) => tx.run(light(id)))));
    expect(await lit()).to.deep.equal([1, 2, 3, 4]);
  });

  it("leaves nothing for later outside of it", () => {
    expect(() => db.later(light(1))).to.throw().with.property("code", "later_outside_transaction");
  });
});

async function failure(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    () => expect.fail("it did not fail"),
    (error: unknown) => error as Error,
  );
}

/** How often something is written to PostgreSQL while `work` runs. */
async function piecesOf(work: () => Promise<unknown>): Promise<number> {
  let pieces = 0;
  const prototype = pg.Client.prototype as unknown as { query(...given: unknown[]): unknown };
  const { query } = prototype;
  const watched = new WeakSet<object>();
  prototype.query = function (this: pg.Client, ...given) {
    const { stream } = this.connection as unknown as { stream: { _handle: Record<"writev" | "writeBuffer", (...args: unknown[]) => unknown> } };
    if (!watched.has(stream)) {
      watched.add(stream);
      for (const way of ["writev", "writeBuffer"] as const) {
        const write = stream._handle[way];
        stream._handle[way] = function (this: unknown, ...args) {
          pieces += 1;
          return write.apply(this, args);
        };
      }
    }
    return query.apply(this, given);
  };
  try {
    await work();
    return pieces;
  } finally {
    prototype.query = query;
  }
}
