import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { withClient, withDatabase } from "../../core/db/database-url.ts";
import { sql } from "../../core/db/sql.ts";
import { credentialSecret, recordsOf } from "../../core/lrs/records.ts";
import { createCredential } from "../../core/lrs/credentials/rows.ts";
import { storePrepared } from "../../core/lrs/ingest/ingest.ts";
import { prepareStatements } from "../../core/lrs/ingest/prepare.ts";
import { findStatement } from "../../core/lrs/query/query.ts";
import * as stores from "../../core/lrs/stores/commands.ts";
import { openWall } from "../../core/lrs/stores/wall.ts";
import { boot } from "../../core/main.ts";
import { createLog } from "../../core/kernel/log.ts";
import { testHost, type LoggedLine, type TestHost } from "../../core/testing/index.ts";
import { basic } from "./http-support.ts";
import { reception, statement, uuid } from "./support.ts";

describe("records: a second wall between stores", () => {
  let host: TestHost;
  let second: number;
  const within = (...numbers: number[]) => recordsOf(host.context).wall.within(numbers);
  const storesIn = async (table: string, ...numbers: number[]) => (await within(...numbers).rows<{ store: number }>(sql`select distinct store from ${sql.id(table)} order by store`)).map(({ store }) => store);
  const code = (work: Promise<unknown>) => work.then(() => "done", (error: { code: string }) => error.code);
  before(async () => {
    host = await testHost();
    second = (await stores.create(host.context, { name: "Second" })).id;
    await host.database.transaction((tx) =>
      storePrepared(tx, [1, second].flatMap((store) =>
        prepareStatements([statement({ id: uuid(store) }), statement({ id: uuid(100 + store), object: { objectType: "StatementRef", id: uuid(store) } })], { ...reception, store }))),
    );
    await host.database.run(sql`insert into lrs_activity values (1, 1, 'a', '{}', 0), (${second}, 1, 'a', '{}', 0)`);
  });
  after(() => host.stop());

  it("is up: the engine says that PostgreSQL itself holds stores apart", async () => {
    expect(recordsOf(host.context).wall.obstacle).to.equal(null);
  });

  for (const table of ["statement", "statement_key", "statement_id", "statement_reference", "lrs_activity"]) {
    it(`shows a query of ${table} that forgets its store the rows of its own store alone`, async () => {
      expect(await storesIn(table, 1)).to.deep.equal([1]);
      expect(await storesIn(table, second)).to.deep.equal([second]);
      expect(await storesIn(table, 1, second)).to.deep.equal([1, second]);
      expect(await storesIn(table, 99)).to.deep.equal([]);
      expect((await host.database.rows(sql`select distinct store from ${sql.id(table)}`)).length).to.equal(2);
    });
  }

  it("covers every table that has a store and that clients can reach, and a new one from the next start on", async () => {
    const open = () => host.database.rows<{ name: string }>(sql`
      select relname as name from pg_class join pg_attribute on attrelid = pg_class.oid and attname = 'store'
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and not relrowsecurity
        and (relname ~ '^(lrs|statement)' or has_table_privilege('cadre_records', pg_class.oid, 'select, insert, update, delete')) order by relname`);
    expect(await open()).to.deep.equal([]);
    await host.database.run(sql`create table lrs_new (store integer)`);
    await host.database.run(sql`insert into lrs_new values (1), (2)`);
    expect(await code(within(1).rows(sql`select * from lrs_new`))).to.equal("42501");
    expect(await host.database.one(sql`select lrs_wall() as obstacle`)).to.deep.equal({ obstacle: null });
    expect(await storesIn("lrs_new", 1)).to.deep.equal([1]);
    await host.database.run(sql`drop table lrs_new`);
  });

  it("takes no row for another store, changes none and deletes none", async () => {
    const insert = sql`insert into lrs_agent (store, key, agent, names) values (1, 5, '{}', '[]')`;
    expect(await code(within(second).run(insert))).to.equal("42501");
    expect(await within(1).run(insert)).to.equal(1);
    expect(await within(second).run(sql`update lrs_agent set names = '["x"]' where key = 5`)).to.equal(0);
    expect(await within(second).run(sql`delete from lrs_agent`)).to.equal(0);
    expect(await within(1).run(sql`delete from lrs_agent`)).to.equal(1);
  });

  it("shows no secrets of keys, nothing of the site, and no partition by its own name", async () => {
    const [{ name } = { name: "" }] = await host.database.rows<{ name: string }>(sql`select inhrelid::regclass::text as name from pg_inherits where inhparent = 'statement'::regclass limit 1`);
    for (const table of ["lrs_credential", "user_account", "session", "audit_entry", name]) {
      const [there] = await host.database.rows(sql`select where to_regclass(${table}) is not null`);
      if (there) expect(await code(within(1).rows(sql`select * from ${sql.id(table)}`)), table).to.equal("42501");
    }
  });

  it("holds in a transaction, after one that was undone, and for whoever is given the session next", async () => {
    const seen = (db: { rows: typeof host.database.rows }) => db.rows<{ store: number }>(sql`select distinct store from statement`).then((rows) => rows.map(({ store }) => store));
    const wall = await openWall({ ...host.context, database: { ...host.database, pool: () => ({ ...host.database.pool(), most: 1 }) }, transact: host.context.transact.bind(host.context), db: host.database, log: host.context.log } as never);
    try {
      expect(await seen(wall.within([1]))).to.deep.equal([1]);
      await wall.within([second]).transaction(async (tx) => {
        expect(await seen(tx)).to.deep.equal([second]);
        throw new Error("undone");
      }).catch(({ message }: Error) => expect(message).to.equal("undone"));
      expect(await seen(wall.within([1]))).to.deep.equal([1]);
      expect(await wall.within([second]).transaction(seen)).to.deep.equal([second]);
      expect(await seen(wall.within([second]))).to.deep.equal([second]);
      expect(await wall.within([1]).transaction(seen)).to.deep.equal([1]);
    } finally {
      await wall.close();
    }
  });

  it("lets statements of several stores into one transaction, and each key see its own alone", async () => {
    const keys = await Promise.all([1, second].map((store) => createCredential(host.database, credentialSecret(host.context), { store, label: "Test", scopes: ["all"], homePage: host.url })));
    const headers = keys.map(({ key, secret }) => ({ Authorization: basic(key, secret), "X-Experience-API-Version": "2.0.0", "Content-Type": "application/json" }));
    const posts = Array.from({ length: 20 }, (_, number) =>
      fetch(`${host.url}/xapi/statements`, { method: "POST", headers: headers[number % 2]!, body: JSON.stringify(statement({ id: uuid(1000 + number) })) }));
    expect((await Promise.all(posts)).map(({ status }) => status)).to.deep.equal(posts.map(() => 200));
    for (const [index, store] of [1, second].entries()) {
      const other = 1000 + ((index + 1) % 2);
      const answer = await fetch(`${host.url}/xapi/statements?statementId=${uuid(other)}`, { headers: headers[index]! });
      expect(answer.status).to.equal(404);
      expect(await findStatement(host.database, { store, id: uuid(1000 + index), voided: false })).to.not.equal(undefined);
    }
  });

  describe("where the connecting user may make no roles", () => {
    const owner = `limited_${randomBytes(4).toString("hex")}`;
    const lines: LoggedLine[] = [];

    it("starts, works, and says what is to be done", async () => {
      const server = withDatabase(host.database.url, "postgres");
      const run = (text: string) => withClient(server, async (client) => void (await client.query(text)));
      await run(`create role ${owner} login`);
      await run(`create database ${owner} owner ${owner}`);
      const address = withDatabase(host.database.url, owner).replace(/^(postgres(?:ql)?:\/\/)[^@/]*@/, `$1${owner}@`);
      const engine = await boot({
        site: host.context.site.dataDir,
        discover: false,
        plugins: [],
        clock: () => new Date(),
        log: createLog({ level: "warn", write: (line) => void lines.push(JSON.parse(line) as LoggedLine) }),
        environment: { DATABASE_URL: address },
        settings: { http: { port: 0, contentPort: 0 } },
      });
      try {
        expect(recordsOf(engine.context).wall.obstacle).to.include(`grant cadre_records to ${owner}`);
        expect(lines.map(({ msg }) => msg).join()).to.include("not by PostgreSQL as well");
        const { key, secret } = await createCredential(engine.database, credentialSecret(engine.context), { store: 1, label: "Test", scopes: ["all"], homePage: engine.url });
        const headers = { Authorization: basic(key, secret), "X-Experience-API-Version": "2.0.0", "Content-Type": "application/json" };
        expect((await fetch(`${engine.url}/xapi/statements`, { method: "POST", headers, body: JSON.stringify(statement({ id: uuid(1) })) })).status).to.equal(200);
        expect((await fetch(`${engine.url}/xapi/statements?statementId=${uuid(1)}`, { headers })).status).to.equal(200);
        await run(`grant cadre_records to ${owner}`);
        expect(await engine.database.one(sql`select lrs_wall() as obstacle`)).to.deep.equal({ obstacle: null });
      } finally {
        await engine.stop();
        await run(`drop database ${owner} with (force)`);
        await run(`drop role ${owner}`);
      }
    });
  });
});
