import { expect } from "chai";
import type { Database } from "../../core/db/database.ts";
import { sql } from "../../core/db/sql.ts";
import { storeAtOnce } from "../../core/lrs/ingest/ingest.ts";
import { prepareStatements } from "../../core/lrs/ingest/prepare.ts";
import { consistentThrough, findStatement, findStatements } from "../../core/lrs/query/query.ts";
import { timeOf } from "../../core/lrs/statement/timestamps.ts";
import { refusal } from "./refusal.ts";
import { reception, recordDatabase, statement, store, storeStatements, uuid } from "./support.ts";

describe("records: storing statements", () => {
  let db: Database;
  let drop: () => Promise<void>;
  before(async () => ({ db, drop } = await recordDatabase()));
  after(() => drop());
  afterEach(() => db.run(sql`truncate statement, statement_id, statement_key, statement_reference`));

  const raw = async (id: string) => (await findStatement(db, { store: 1, id, voided: false }))?.raw;
  const count = async () => Number((await db.one<{ count: string }>(sql`select count(*) from statement`)).count);

  it("sets id, stored, timestamp, version and authority, and leaves the rest as it was written", async () => {
    const [stored] = await store(db, '{ "actor" : {"mbox":"mailto:ann@example.org"}, "verb":{"id":"http://e/v"},\n "object":{"id":"http://e/a"}, "result":{"score":{"raw": 1.50}} }', { version: "1.0.3" });
    const time = timeOf(stored!.seq);
    expect(await raw(stored!.id)).to.equal(
      `{"id":"${stored!.id}","actor" : {"mbox":"mailto:ann@example.org"},"verb":{"id":"http://e/v"},"object":{"id":"http://e/a"},"result":{"score":{"raw": 1.50}},` +
        `"version":"1.0.0","authority":${JSON.stringify(reception.authority)},"timestamp":"${time}","stored":"${time}"}`,
    );
    expect(stored!.id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it("overrides stored and authority, and keeps id, version and timestamp", async () => {
    const id = uuid(1).toUpperCase();
    const [stored] = await store(db, statement({ id, stored: "2001-01-01T00:00:00Z", authority: { mbox: "mailto:liar@example.org" }, version: "1.0.3", timestamp: "2015-11-18T12:17:00.1234567Z" }));
    const kept = JSON.parse((await raw(id))!) as Record<string, unknown>;
    expect(kept).to.include({ id, version: "1.0.3", timestamp: "2015-11-18T12:17:00.1234567Z", stored: timeOf(stored!.seq) });
    expect(kept.authority).to.deep.equal(reception.authority);
  });

  it("tells times in UTC, and in 1.0.3 leaves one without a zone alone", async () => {
    const stamped = async (timestamp: string, version: "1.0.3" | "2.0.0") => {
      const [{ id } = { id: "" }] = await store(db, statement({ timestamp }), { version });
      return (JSON.parse((await raw(id))!) as { timestamp: string }).timestamp;
    };
    expect(await stamped("2023-05-04T12:00:00.50-05:00", "2.0.0")).to.equal("2023-05-04T17:00:00.50Z");
    expect(await stamped("2023-05-04T12:00:00", "2.0.0")).to.equal("2023-05-04T12:00:00Z");
    expect(await stamped("2023-05-04T12:00:00", "1.0.3")).to.equal("2023-05-04T12:00:00");
  });

  it("returns context activities in arrays, those of a SubStatement too, and their text as sent", async () => {
    const context = '{"contextActivities" : {"parent":{"id":"http://e/p" , "definition":{"extensions":{"http://e/x":1.0}}},"other":[{"id":"http://e/o"}]}}';
    const sub = `{"objectType":"SubStatement","actor":{"mbox":"mailto:ann@example.org"},"verb":{"id":"http://e/v"},"object":{"id":"http://e/a"},"context":${context}}`;
    const [{ id } = { id: "" }] = await store(db, `{"actor":{"mbox":"mailto:ann@example.org"},"verb":{"id":"http://e/v"},"object":${sub},"context":${context}}`);
    const arrayed = '"contextActivities" : {"parent":[{"id":"http://e/p" , "definition":{"extensions":{"http://e/x":1.0}}}],"other":[{"id":"http://e/o"}]}';
    expect((await raw(id))!.split(arrayed)).to.have.length(3);
  });

  it("keeps every digit and every string", async () => {
    const long = `http://example.org/${"x".repeat(3000)}`;
    const text = `{"id":"${uuid(1)}","actor":{"account":{"homePage":"${long}","name":"${"n".repeat(3000)}\\u0000\\ud800"}},"verb":{"id":"${long}"},"object":{"id":"${long}"},"result":{"response":"\\u0000","extensions":{"${long}":[12345678901234567890,1e400,0.10]}}}`;
    await store(db, text);
    const kept = (await raw(uuid(1)))!;
    expect(kept.startsWith(text.slice(0, -1))).to.equal(true);
    expect((await findStatements(db, { store: 1, verb: long, activity: long }, 10)).statements).to.have.length(1);
  });

  it("stores a megabyte of text", async () => {
    await store(db, statement({ id: uuid(1), result: { response: "x".repeat(1_000_000) } }));
    expect((await raw(uuid(1)))!.length).to.be.above(1_000_000);
  });

  it("answers with the ids in the order sent", async () => {
    const stored = await store(db, [5, 1, 3].map((number) => statement({ id: uuid(number) })));
    expect(stored.map(({ id }) => id)).to.deep.equal([5, 1, 3].map(uuid));
    expect(stored.map(({ seq }) => seq)).to.deep.equal(stored.map(({ seq }) => seq).sort());
  });

  it("leaves a statement that is there already, however it is spelled now", async () => {
    const [first] = await store(db, statement({ id: uuid(1), timestamp: "2015-11-18T12:17:00Z" }));
    const [again] = await store(db, statement({ id: uuid(1).toUpperCase(), timestamp: "2015-11-18T13:17:00.000+01:00", verb: { id: "http://example.org/verbs/tried", display: { en: "tried" } } }));
    expect(again).to.deep.equal({ id: first!.id, seq: first!.seq, fresh: false });
    expect(await count()).to.equal(1);
  });

  it("knows a statement that it gave a timestamp when it comes back with it", async () => {
    await store(db, statement({ id: uuid(1) }));
    const [again] = await store(db, (await raw(uuid(1)))!);
    expect(again?.fresh).to.equal(false);
    expect(await refusal(store(db, statement({ id: uuid(1), timestamp: "2015-11-18T12:17:00Z" })))).to.equal("statement_conflict");
  });

  it("refuses another statement under an id that is taken, and the whole batch with it", async () => {
    await store(db, statement({ id: uuid(1) }));
    const conflict = store(db, [statement({ id: uuid(2) }), statement({ id: uuid(1), result: { success: true } }), statement({ id: uuid(3) })]);
    expect(await refusal(conflict)).to.equal("statement_conflict");
    const error = (await conflict.catch((thrown: unknown) => thrown)) as { status: number; problems: object[] };
    expect(error.status).to.equal(409);
    expect(error.problems).to.deep.equal([{ pointer: "/1/id", code: "statement_conflict", message: `${uuid(1)} is the id of another statement`, clause: "Communication 2.1.1" }]);
    expect(await count()).to.equal(1);
    expect((await db.one<{ count: string }>(sql`select count(*) from statement_id`)).count).to.equal("1");
  });

  it("stores the new ones of a batch and leaves the ones it has", async () => {
    await store(db, [statement({ id: uuid(2) })]);
    const stored = await store(db, [statement({ id: uuid(1) }), statement({ id: uuid(2) }), statement({ id: uuid(3) })]);
    expect(stored.map(({ fresh }) => fresh)).to.deep.equal([true, false, true]);
    expect(await count()).to.equal(3);
    expect((await findStatements(db, { store: 1, verb: "http://example.org/verbs/tried" }, 10)).statements).to.have.length(3);
  });

  it("refuses a batch with an id twice, an invalid statement, or a member twice, and stores nothing", async () => {
    expect(await refusal(() => store(db, [statement({ id: uuid(1) }), statement({ id: uuid(1).toUpperCase() })]))).to.equal("invalid_statements");
    expect(await refusal(() => store(db, [statement({ id: uuid(1) }), statement({ verb: {} })]))).to.equal("invalid_statements");
    expect(await refusal(() => store(db, `{"actor":{"mbox":"mailto:a@e"},${JSON.stringify(statement()).slice(1)}`))).to.equal("invalid_statements");
    expect(await count()).to.equal(0);
  });

  it("keeps stores apart, ids included", async () => {
    await store(db, statement({ id: uuid(1) }));
    await store(db, statement({ id: uuid(1), result: { success: true } }), { store: 2 });
    expect(await raw(uuid(1))).to.not.include("success");
    expect((await findStatement(db, { store: 2, id: uuid(1), voided: false }))?.raw).to.include("success");
    expect((await findStatements(db, { store: 2 }, 10)).statements).to.have.length(1);
  });

  it("belongs to the transaction of its caller", async () => {
    const broken = db.transaction(async (tx) => {
      await storeStatements(tx, [statement({ id: uuid(1) })], reception);
      throw new Error("the caller failed");
    });
    await broken.catch(() => undefined);
    expect(await count()).to.equal(0);
    await db.transaction((tx) => storeStatements(tx, [statement({ id: uuid(1) })], reception));
    expect(await count()).to.equal(1);
  });

  const atOnce = (statements: object[], stamp: string | null = "0", changes = {}) => storeAtOnce(db, prepareStatements(statements, { ...reception, ...changes }), stamp);

  it("stores new statements at once, without a transaction, as it does in one", async () => {
    const statements = [statement({ id: uuid(1), timestamp: "2015-11-18T12:17:00Z" }), statement({ id: uuid(2), object: { objectType: "StatementRef", id: uuid(1) } })];
    const stored = (await atOnce(statements))!;
    expect(stored.map(({ id, fresh }) => [id, fresh])).to.deep.equal([[uuid(1), true], [uuid(2), true]]);
    const kept = await Promise.all([uuid(1), uuid(2)].map(raw));
    expect((await findStatements(db, { store: 1, activity: "http://example.org/activities/one" }, 10)).statements.map(({ seq }) => seq)).to.have.members(stored.map(({ seq }) => seq));
    await db.run(sql`truncate statement, statement_id, statement_key, statement_reference`);
    const [first, second] = await store(db, statements);
    const timeless = (text: string | undefined) => text?.replace(/"(timestamp|stored)":"20[2-9][^"]*"/g, '"$1"');
    expect((await Promise.all([first!.id, second!.id].map(raw))).map(timeless)).to.deep.equal(kept.map(timeless));
  });

  it("stores nothing at once where an id is taken, of whichever statement, or the list of the forgotten has changed", async () => {
    await store(db, statement({ id: uuid(1) }));
    const statements = [statement({ id: uuid(2) }), statement({ id: uuid(1) })];
    expect(await atOnce(statements)).to.equal(undefined);
    expect(await atOnce([statement({ id: uuid(3) }), statement({ id: uuid(4) })], "7")).to.equal(undefined);
    expect(await count()).to.equal(1);
    expect((await atOnce([statement({ id: uuid(3) })], null))?.length).to.equal(1);
    expect(await count()).to.equal(2);
  });

  it("stores one of two that are sent at once under one id, and tells the other", async () => {
    const sent = Array.from({ length: 20 }, (_, index) => [statement({ id: uuid(100 + index) }), statement({ id: uuid(1) })]);
    const answers = await Promise.all(sent.map((statements) => atOnce(statements)));
    expect(answers.filter((stored) => stored !== undefined)).to.have.length(1);
    expect(await count()).to.equal(2);
    expect((await db.one<{ count: string }>(sql`select count(*) from statement_key k where not exists (select from statement s where s.seq = k.seq)`)).count).to.equal("0");
  });

  it("gives out times that only rise, even when the clock was ahead", async () => {
    const ahead = Date.now() * 1000 + 3_600_000_000;
    const before = (await db.one<{ lastValue: string }>(sql`select last_value from lrs_clock`)).lastValue;
    await db.run(sql`select setval('lrs_clock', ${ahead})`);
    const stored = (await store(db, [statement(), statement()])).map(({ seq }) => seq);
    expect(stored).to.deep.equal([ahead + 1, ahead + 2]);
    expect(await consistentThrough(db)).to.equal(ahead + 2);
    await db.run(sql`select setval('lrs_clock', ${before})`);
  });

  it("promises nothing beyond a statement that may still come", async () => {
    let seq = 0;
    await db.transaction(async (tx) => {
      seq = (await storeStatements(tx, [statement()], reception))[0]!.seq;
      await store(db, statement());
      expect(await consistentThrough(db)).to.equal(seq - 1);
    });
    expect(await consistentThrough(db)).to.be.above(seq);
  });
});
