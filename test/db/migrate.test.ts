import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import pg from "pg";
import { ensureDatabase, withClient, withDatabase } from "../../core/db/database-url.ts";
import { migrate } from "../../core/db/migrate.ts";
import type { Log } from "../../core/kernel/context.ts";
import { isCadreError } from "../../core/kernel/errors.ts";
import { type TestDatabase, testDatabase } from "../../core/testing/database.ts";
import { run, until } from "./process.ts";

describe("migrate", () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let folder: string;
  let warnings: string[];
  const log: Log = { child: () => log, debug() {}, info() {}, error() {}, warn: (_: object | string, message?: string) => void warnings.push(message ?? "") };

  beforeEach(async () => {
    warnings = [];
    database = await testDatabase();
    pool = new pg.Pool({ connectionString: database.url });
    pool.on("error", () => {}); // the database is dropped under connections that idle
    folder = await mkdtemp(join(tmpdir(), "cadre-migrations-"));
    await writeFile(join(folder, "package.json"), `{ "type": "module" }`);
  });
  afterEach(async () => {
    await pool.end();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  /** Writes migrations: file name to its statements, or to its whole text when it is a string. */
  async function migrations(schema: string, files: Record<string, string[] | string>) {
    await mkdir(join(folder, schema), { recursive: true });
    for (const [name, body] of Object.entries(files)) {
      const lines = Array.isArray(body) ? body.map((statement) => `  await run(${JSON.stringify(statement)});\n`).join("") : "";
      await writeFile(join(folder, schema, name), Array.isArray(body) ? `export const up = async (run) => {\n${lines}};\n` : body);
    }
    return { schema, dir: pathToFileURL(join(folder, schema)) };
  }

  async function column(query: string): Promise<unknown[]> {
    const { rows } = await pool.query<[unknown]>({ text: query, rowMode: "array" });
    return rows.map(([value]) => value);
  }

  async function failureOf(work: Promise<unknown>) {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!isCadreError(error)) throw new Error("expected a CadreError", { cause: error });
    expect(error.code).to.equal("migration_failed");
    return error;
  }

  it("applies the core's, then each plugin's in its own schema, by name, once", async () => {
    const core = await migrations("public", {
      "0002_more.ts": ["alter table person add name text"],
      "0001_person.ts": ["create table person (id int primary key)"],
    });
    const plugin = await migrations("xapi-forward", { "0001_target.js": ["create table target (person_id int references person)"] });
    expect(await migrate(pool, [core, plugin], log)).to.deep.equal(["public/0001_person", "public/0002_more", "xapi_forward/0001_target"]);
    expect(await column("select table_schema from information_schema.tables where table_name = 'target'")).to.deep.equal(["xapi_forward"]);
    expect(await column("select name from public.migrations order by 1")).to.deep.equal(["0001_person", "0002_more"]);
    expect(await column("select name from xapi_forward.migrations")).to.deep.equal(["0001_target"]);
    expect(await migrate(pool, [core, plugin], log)).to.deep.equal([]);
    expect(warnings).to.deep.equal([]);
  });

  it("takes a compiled migration for the same as its source", async () => {
    const source = await migrations("public", { "0001_person.ts": ["create table person (id int)"] });
    await migrate(pool, [source], log);
    await rm(join(folder, "public/0001_person.ts"));
    await migrations("public", { "0001_person.js": ["create table person (id int)"], "0001_person.d.ts": "export {};", "0001_person.js.map": "{}" });
    expect(await migrate(pool, [source], log)).to.deep.equal([]);
  });

  it("names file, statement and line of a failure, and leaves nothing of that file", async () => {
    const source = await migrations("shop", {
      "0001_good.ts": ["create table good ()"],
      "0002_bad.ts": ["create table half ()", "create table other (\n  id int,\n  price nonsense\n)"],
      "0003_later.ts": ["create table later ()"],
    });
    const error = await failureOf(migrate(pool, [source], log));
    expect(pool.totalCount).to.equal(0); // no connection is left that could hold the lock
    expect(error.message).to.equal(`shop/0002_bad, statement 2, line 3: type "nonsense" does not exist`);
    expect(error.data).to.deep.equal({ schema: "shop", file: "0002_bad", statement: 2, line: 3 });
    expect(await column("select table_name from information_schema.tables where table_schema = 'shop' order by 1")).to.deep.equal(["good", "migrations"]);
    expect(await column("select name from shop.migrations")).to.deep.equal(["0001_good"]);
  });

  for (const { how, up } of [
    { how: "catches", up: `await run("create table half ()"); await run("nonsense").catch(() => {});` },
    { how: "does not wait for", up: `void run("create table half ()"); void run("nonsense");` },
  ]) {
    it(`fails also when the migration ${how} the failing statement`, async () => {
      const source = await migrations("public", { "0001_sly.ts": `export const up = async (run) => { ${up} };` });
      const error = await failureOf(migrate(pool, [source], log));
      expect(error.message).to.equal(`public/0001_sly, statement 2, line 1: syntax error at or near "nonsense"`);
      expect(await column("select to_regclass('half')")).to.deep.equal([null]);
    });
  }

  for (const { what, files, message } of [
    { what: "throws by itself", files: { "0001_a.ts": `export const up = async (run) => { await run("select 1"); throw new Error("no"); };` }, message: /^public\/0001_a, after 1 statements: no$/ },
    { what: "exports no up", files: { "0001_a.ts": "export const down = 1;" }, message: /^public\/0001_a exports no function up/ },
    { what: "is no code", files: { "0001_a.js": "export const = 1;" }, message: /^public\/0001_a cannot be loaded: / },
    { what: "is named otherwise", files: { "1_a.ts": [] }, message: /^public\/1_a\.ts is not named like a migration/ },
  ]) {
    it(`refuses a file that ${what}`, async () => {
      const source = await migrations("public", files);
      expect((await failureOf(migrate(pool, [source], log))).message).to.match(message);
    });
  }

  it("refuses a folder that is not there", async () => {
    const dir = pathToFileURL(join(folder, "nowhere/"));
    expect((await failureOf(migrate(pool, [{ schema: "shop", dir }], log))).message).to.match(/^The migrations of shop cannot be read: ENOENT/);
  });

  it("warns of one that was applied and is gone", async () => {
    const source = await migrations("public", { "0001_a.ts": [], "0002_b.ts": [] });
    await migrate(pool, [source], log);
    await rm(join(folder, "public/0001_a.ts"));
    await migrate(pool, [source], log);
    expect(warnings).to.deep.equal(["Applied to public once, and no longer on disk: 0001_a"]);
  });

  it("lets one of three processes work on an empty database, while the others wait", async () => {
    await migrations("public", { "0001_a.ts": ["create table a ()"], "0002_b.ts": ["create table b ()"] });
    const processes = [1, 2, 3].map(() => run<string[]>("migrate.process.ts", [database.url, join(folder, "public")]));
    const applied = await Promise.all(processes.map((each) => each.next()));
    expect(applied.flat()).to.deep.equal(["public/0001_a", "public/0002_b"]);
    await Promise.all(processes.map((each) => each.finish()));
  });

  it("goes on after a process was killed in the middle of a migration", async () => {
    const source = await migrations("public", { "0001_a.ts": ["create table a ()", "select pg_advisory_xact_lock(42)", "create table b ()"] });
    const inTheMiddle = `select count(*)::int from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`;
    await withClient(database.url, async (gate) => {
      await gate.query("select pg_advisory_lock(42)");
      const victim = run<string[]>("migrate.process.ts", [database.url, join(folder, "public")]);
      await until(async () => (await column(inTheMiddle))[0] === 1);
      await victim.kill("SIGKILL");
    });
    expect(await migrate(pool, [source], log)).to.deep.equal(["public/0001_a"]);
    expect(await column("select name from migrations")).to.deep.equal(["0001_a"]);
  });
});

describe("ensureDatabase", () => {
  it("makes a database once, whoever asks and however often", async () => {
    const database = await testDatabase();
    const { url } = database;
    const name = `Cadre's "twice" ${Date.now()}`;
    const made = await Promise.all(Array.from({ length: 6 }, () => ensureDatabase(url, name)));
    expect(new Set(made).size).to.equal(1);
    await withClient(made[0]!, async (client) => {
      expect((await client.query<{ name: string }>("select current_database() as name")).rows[0]!.name).to.equal(name);
    });
    await withClient(url, (client) => client.query(`drop database ${pg.escapeIdentifier(name)}`));
    await database.drop();
  });

  for (const [given, expected] of [
    ["postgres://a:b@host:5433/one?sslmode=require", "postgres://a:b@host:5433/two?sslmode=require"],
    ["postgres://%2Frun%2Fpg:5432/postgres", "postgres://%2Frun%2Fpg:5432/two"],
    ["postgres://me@/one?host=/run/postgresql", "postgres://me@/two?host=/run/postgresql"],
    ["postgresql://host", "postgresql://host/two"],
    ["postgresql://host?host=/run/postgresql", "postgresql://host/two?host=/run/postgresql"],
  ] as const) {
    it(`knows where the name is in ${given}`, () => {
      expect(withDatabase(given, "two")).to.equal(expected);
    });
  }
});
