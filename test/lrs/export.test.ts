import { expect } from "chai";
import { csvLine } from "../../core/http/csv.ts";
import { sql } from "../../core/db/sql.ts";
import { person, testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { fillStatements, memoryOf } from "./many-statements.ts";
import { statement, uuid } from "./support.ts";

const passed = "http://adlnet.gov/expapi/verbs/passed";
const newline = 10;
const voidedVerb = "http://adlnet.gov/expapi/verbs/voided";

describe("records: exports", () => {
  let host: TestHost;
  let all: Client;
  let boss: Awaited<ReturnType<typeof person>>;
  before(async () => {
    host = await testHost();
    all = await client(host);
    boss = await person(host, { name: "Grace Hopper", roles: ["administrator"] });
    await all.post([
      statement({
        id: uuid(1),
        actor: { mbox: "mailto:bea@example.org", name: "=HYPERLINK(\"x\")" },
        verb: { id: passed },
        context: { registration: uuid(77) },
        result: { success: true, completion: false, score: { scaled: 0.5, raw: 5 }, duration: "PT1M" },
        timestamp: "2026-01-02T03:04:05Z",
      }),
      statement({ id: uuid(2), actor: { name: "Bo, the \"quick\"", account: { homePage: "https://tool.example", name: "bo" } }, object: { id: "http://example.org/activities/two", definition: { name: { en: "Two" } } } }),
      statement({ id: uuid(3), object: { id: "http://example.org/activities/two" } }),
    ]);
    await all.send("PUT", { statementId: uuid(4) }, { body: `{\n  "actor": {"mbox":"mailto:a@b.org"},\r\n  "verb": {"id":"${passed}"},\n  "object": {"id":"http://e/o"},\n  "result": {"extensions":{"http://e/x":12345678901234567890}}\n}` });
    await all.post(statement({ id: uuid(5), verb: { id: voidedVerb }, object: { objectType: "StatementRef", id: uuid(3) } }));
    await host.drain();
  });
  after(() => host.stop());

  const fetched = async (path: string) => host.request("GET", `/api/v1/records/${path}`, { token: await boss.token() });
  const idsIn = (text: string) => text.trimEnd().split("\n").map((line) => Number((JSON.parse(line) as { id: string }).id.slice(-4)));

  it("gives one statement on each line, to the letter, the first stored first, without those that are voided", async () => {
    const { status, headers, text } = await fetched("statements.ndjson");
    expect([status, headers.get("content-type"), headers.get("cache-control")]).to.deep.equal([200, "application/x-ndjson; charset=utf-8", "private, no-store"]);
    expect(headers.get("content-disposition")).to.match(/^attachment; filename="statements-\d{4}-\d\d-\d\d\.ndjson"$/);
    expect(idsIn(text)).to.deep.equal([1, 2, 4, 5]);
    expect(text).to.include('"http://e/x":12345678901234567890');
    const { json } = await all.send("GET", { statementId: uuid(1) });
    expect(JSON.parse(text.split("\n")[0]!)).to.deep.equal(json);
  });

  it("gives voided ones as well, where the whole store is wanted", async () => {
    expect(idsIn((await fetched("statements.ndjson?voided=true")).text)).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it("takes the filters of the pages, and refuses what they refuse", async () => {
    expect(idsIn((await fetched(`statements.ndjson?verb=${encodeURIComponent(passed)}`)).text)).to.deep.equal([1, 4]);
    expect(idsIn((await fetched("statements.ndjson?agent=bea@example.org")).text)).to.deep.equal([1]);
    const wrong = await fetched("statements.csv?registration=x");
    expect([wrong.status, wrong.json]).to.deep.include.members([400]);
    expect(wrong.json).to.have.nested.property("errors[0].pointer", "/query/registration");
    expect((await fetched("statements.csv?verbs=x")).status).to.equal(400);
  });

  it("gives a table that no spreadsheet takes for formulas", async () => {
    const { headers, text } = await fetched("statements.csv");
    expect(headers.get("content-type")).to.equal("text/csv; charset=utf-8");
    const lines = text.split("\r\n");
    expect(lines[0]).to.equal("Stored,Timestamp,Id,Actor,Actor name,Verb,Verb display,Object,Object name,Registration,Success,Completion,Score (scaled),Score (raw),Duration");
    expect(lines[1]!.replace(/^[^,]+,/, "")).to.equal(`2026-01-02T03:04:05Z,${uuid(1)},mailto:bea@example.org,"'=HYPERLINK(""x"")",${passed},passed,http://example.org/activities/one,one,${uuid(77)},true,false,0.5,5,PT1M`);
    expect(lines[2]).to.include('https://tool.example bo,"Bo, the ""quick""",http://example.org/verbs/tried,tried,http://example.org/activities/two,Two');
    for (const text of ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "＝1"]) expect(csvLine([text]).replace(/^"/, "")[0], JSON.stringify(text)).to.equal("'");
    expect(csvLine(["a=1", 3, -3, null, true, new Date(0)])).to.equal("a=1,3,-3,,true,1970-01-01T00:00:00.000Z\r\n");
  });

  it("leaves out what is stored while it runs, and says up to where it goes", async () => {
    let first = (): void => undefined;
    const begun = new Promise<void>((resolve) => (first = resolve));
    const open = host.context.transact(async (tx) => {
      await tx.db.run(sql`select lrs_take_time(1)`);
      first();
      await new Promise<void>((resolve) => (first = resolve));
    });
    await begun;
    await all.post(statement({ id: uuid(6) }));
    const { headers, text } = await fetched("statements.ndjson");
    expect(idsIn(text)).to.deep.equal([1, 2, 4, 5]);
    first();
    await open;
    const later = await fetched("statements.ndjson");
    expect(idsIn(later.text)).to.deep.equal([1, 2, 4, 5, 6]);
    expect(later.headers.get("x-experience-api-consistent-through")! > headers.get("x-experience-api-consistent-through")!).to.equal(true);
  });

  it("notes in the audit who took what", async () => {
    await fetched(`statements.csv?verb=${encodeURIComponent(passed)}`);
    const lines = (await boss.api<{ action: string; detail: object }[]>("GET", "/audit?action=records.exported&limit=1")).json;
    expect(lines[0]).to.deep.include({ action: "records.exported", detail: { verb: passed, store: 1, ofOneAgent: false, form: "csv" } });
  });

  it("is for those who hold records.read", async () => {
    const learner = await person(host);
    for (const path of ["statements.ndjson", "statements.csv"]) {
      expect((await host.request("GET", `/api/v1/records/${path}`, { token: await learner.token() })).status).to.equal(403);
      expect((await host.request("GET", `/api/v1/records/${path}`)).status).to.equal(401);
    }
  });

  it("sends 50,000 statements of 1 KB, 60 MB in all, with a fraction of that in memory", async function () {
    this.timeout(120_000);
    await fillStatements(host.database, 50_000, 1000);
    const token = await boss.token();
    for (const ending of ["ndjson", "csv"]) {
      let lines = 0;
      const most = await memoryOf(async (look) => {
        const response = await fetch(`${host.url}/api/v1/records/statements.${ending}`, { headers: { Authorization: `Bearer ${token}` } });
        for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
          for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) if (++lines % 10_000 === 0) look();
        }
      });
      expect(lines, ending).to.equal(50_005 + (ending === "csv" ? 1 : 0));
      expect(most / 2 ** 20, `MB for ${ending}`).to.be.lessThan(20);
    }
  });
});
