import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { person, testHost, type TestHost, type TestPerson } from "../../core/testing/index.ts";
import { client } from "./http-support.ts";
import { statement } from "./support.ts";

const ada = { mbox: "mailto:ada@example.org" };
const choices = { actor: "erase", instructor: "pseudonymise", authority: "pseudonymise", mention: "pseudonymise", documents: "erase" };

describe("records: privacy by pages and the API", () => {
  let host: TestHost;
  let boss: TestPerson;
  before(async () => {
    host = await testHost();
    boss = await person(host, { name: "Grace Hopper", roles: ["administrator"] });
  });
  after(() => host?.stop());
  beforeEach(async () => {
    await host.database.run(sql`truncate statement, statement_id, statement_key, lrs_forgotten`);
    await host.database.run(sql`select nextval('lrs_forgotten_stamp')`);
    expect((await (await client(host)).post([statement({ actor: ada }), statement({ context: { instructor: ada } }), statement()])).status).to.equal(200);
  });
  const left = async () => (await host.database.one<{ count: number }>(sql`select count(*)::int as count from statement`)).count;

  it("shows what there is, asks for a confirmation, and reports", async () => {
    const browser = await boss.browser();
    await browser.get("/admin/records/privacy");
    const seen = await browser.post("/admin/records/privacy/preview", { agents: "ada@example.org\r\n", store: "" });
    expect(seen.status).to.equal(200);
    expect(seen.text).to.include("What is to be done?").and.match(/Statements<\/dt><dd>2</);
    const refused = await browser.post("/admin/records/privacy", { agents: "ada@example.org", store: "", ...choices, later: "store", confirm: "ada" });
    expect([refused.status, refused.text.includes("This is not what was to be typed."), await left()]).to.deep.equal([422, true, 3]);
    const begun = await browser.post("/admin/records/privacy", { agents: "ada@example.org", store: "", ...choices, later: "store", confirm: "ada@example.org" });
    expect(begun.status).to.equal(303);
    const path = begun.headers.get("location")!;
    expect((await browser.get(path)).text).to.include("ada@example.org").and.include("This page looks again by itself");
    await host.drain();
    const done = await browser.get(path);
    expect(done.text).to.include("Nothing is left but what was to be kept.").and.not.include("ada@example.org");
    expect(await left()).to.equal(2);
    expect((await browser.get("/admin/records/privacy")).text).to.include(path);
  });

  it("gives everything as a download", async () => {
    const browser = await boss.browser();
    await browser.get("/admin/records/privacy");
    const answer = await browser.post("/admin/records/privacy/export", { agents: JSON.stringify(ada), store: "" });
    expect(answer.headers.get("content-type")).to.include("application/x-ndjson");
    expect(answer.text.split("\n").filter((line) => line.includes('"verb"'))).to.have.length(2);
  });

  it("shows the form again for nobody, and for whom nobody could tell from others", async () => {
    const browser = await boss.browser();
    await browser.get("/admin/records/privacy");
    for (const agents of ["", "Ada", "{"]) expect((await browser.post("/admin/records/privacy/preview", { agents, store: "" })).status).to.equal(422);
  });

  it("works by the API the same", async () => {
    expect((await boss.api("POST", "/records/privacy/preview", { agents: [ada] })).json).to.deep.include({ statements: 2, byRole: { actor: 1, instructor: 1, authority: 0, mention: 0 } });
    const { status, json } = await boss.api<{ id: string }>("POST", "/records/privacy", { agents: [ada], choices, later: "refuse" });
    expect(status).to.equal(202);
    await host.drain();
    const request = (await boss.api<Record<string, unknown>>("GET", `/records/privacy/${json.id}`)).json;
    expect(request).to.include({ state: "done", later: "refuse" });
    const report = await boss.api<Record<string, unknown>>("GET", `/records/privacy/${json.id}/report.json`);
    expect(report.json).to.deep.equal(request.report);
    expect(report.headers.get("content-disposition")).to.include("attachment");
    expect((await boss.api("GET", "/records/privacy")).json).to.be.an("array").that.is.not.empty;
  });

  it("needs a permission of its own", async () => {
    const learner = await person(host);
    for (const [method, path] of [["POST", "/records/privacy/preview"], ["POST", "/records/privacy/export"], ["GET", "/records/privacy"]] as const) {
      expect((await learner.api(method, path, method === "POST" ? { agents: [ada] } : undefined)).status, path).to.equal(403);
    }
    expect((await (await learner.browser()).get("/admin/records/privacy")).status).to.equal(403);
  });
});
