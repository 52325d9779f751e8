import { expect } from "chai";
import * as audit from "../../core/people/audit.ts";
import { testHost, type TestAnswer, type TestHost } from "../../core/testing/index.ts";
import { person, type Person } from "../people/people.ts";
import { basic } from "./http-support.ts";
import { statement } from "./support.ts";

describe("records: keys", () => {
  let host: TestHost;
  let admin: Person;
  before(async () => {
    host = await testHost();
    admin = await person(host, { role: "administrator" });
  });
  after(() => host.stop());

  const works = async (key: string, secret: string): Promise<number> =>
    (await host.request("POST", "/xapi/statements", { body: statement(), headers: { Authorization: basic(key, secret), "X-Experience-API-Version": "2.0.0" } })).status;
  const wish = { label: "Authoring tool", scopes: ["statements/write"] };

  it("are made, listed without their secret, and revoked by the API, with a line in the audit each", async () => {
    const token = await admin.token();
    const made = await host.request("POST", "/api/v1/records/credentials", { token, body: wish });
    expect(made.status).to.equal(201);
    const { secret, ...view } = made.json as { id: string; key: string; secret: string };
    expect(await works(view.key, secret)).to.equal(200);
    const listed = (await host.request("GET", "/api/v1/records/credentials", { token })).json;
    expect(listed).to.deep.equal([view]);
    expect((await host.request("DELETE", `/api/v1/records/credentials/${view.id}`, { token })).status).to.equal(204);
    expect((await host.request("DELETE", `/api/v1/records/credentials/${view.id}`, { token })).status).to.equal(404);
    host.advance(6000);
    expect(await works(view.key, secret)).to.equal(401);
    const { items } = await audit.list(host.context, { subjectId: view.id }, { limit: 10 });
    expect(items.map(({ action, actorId }) => [action, actorId])).to.deep.equal([["record-key.revoked", admin.id], ["record-key.created", admin.id]]);
    expect(JSON.stringify(items)).not.to.include(secret);
  });

  it("expire", async () => {
    const { json } = await host.request("POST", "/api/v1/records/credentials", { token: await admin.token(), body: { ...wish, expiresInDays: 1 } });
    const { key, secret } = json as { key: string; secret: string };
    expect(await works(key, secret)).to.equal(200);
    host.advance(86_400_000);
    expect(await works(key, secret)).to.equal(401);
  });

  it("are made on the page, which shows the secret once", async () => {
    const browser = await admin.browser();
    expect((await browser.get("/admin/records")).text).to.include(`${host.url}/xapi/`);
    const shown = await browser.post("/admin/records/keys", { ...wish, label: "From the page", scopes: ["statements/write", "statements/read/mine"], expires: "never" });
    const [, key = "", secret = ""] = /id="made-key">([^<]+)<.*id="made-secret">([^<]+)</s.exec(shown.text) ?? [];
    expect(shown.headers.get("cache-control")).to.equal("no-store");
    expect(await works(key, secret)).to.equal(200);
    const again: TestAnswer = await browser.get("/admin/records");
    expect(again.text).to.include("From the page").and.include(key).and.not.include(secret);
    const [, id = ""] = /records\/keys\/([^/]+)\/revoke[^]*?Revoke<span class="unseen"> From the page/.exec(again.text) ?? [];
    expect((await browser.post(`/admin/records/keys/${id}/revoke`)).status).to.equal(303);
    expect((await browser.get("/admin/records")).text).not.to.include("From the page");
  });

  it("show the form again with what is missing", async () => {
    const browser = await admin.browser();
    await browser.get("/admin/records");
    const { status, text } = await browser.post("/admin/records/keys", { label: "No scopes", expires: "30" });
    expect(status).to.equal(422);
    expect(text).to.include("No scopes").and.include("This is needed.");
  });

  it("are for administrators only", async () => {
    const somebody = await person(host, { role: "instructor" });
    expect((await (await somebody.browser()).get("/admin/records")).status).to.equal(403);
    const answer = await host.request("POST", "/api/v1/records/credentials", { token: await somebody.token(), body: wish });
    expect(answer.status).to.equal(403);
  });
});
