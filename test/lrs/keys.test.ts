import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import * as audit from "../../core/people/audit.ts";
import * as stores from "../../core/lrs/stores/commands.ts";
import { testHost, type TestAnswer, type TestHost } from "../../core/testing/index.ts";
import { person, type Person } from "../people/people.ts";
import { basic } from "./http-support.ts";
import { statement, uuid } from "./support.ts";

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

  describe("by the API", () => {
    const make = async (body: object) => host.request("POST", "/api/v1/records/credentials", { token: await admin.token(), body: { ...wish, ...body } });

    it("tell their store, limits, authority and rate", async () => {
      const { id } = await stores.create(host.context, { name: "west" });
      const limits = { activity: "https://example.org/golf", registration: uuid(7), agent: { mbox: "mailto:ann@example.org" } };
      const { status, json } = await make({ ...limits, store: "west", requestsPerMinute: 600, authority: { mbox: "mailto:tools@example.org", name: "{{label}} of {{siteName}}" } });
      expect(status).to.equal(201);
      expect(json).to.deep.include({ ...limits, store: "west", requestsPerMinute: 600, authority: { mbox: "mailto:tools@example.org", name: `Authoring tool of ${host.context.site.name}` } });
      const { key, secret } = json as { key: string; secret: string };
      const sent = { actor: limits.agent, object: { id: limits.activity }, context: { registration: limits.registration } };
      const answer = await host.request("POST", "/xapi/statements", { body: statement(sent), headers: { Authorization: basic(key, secret), "X-Experience-API-Version": "2.0.0" } });
      expect(answer.status).to.equal(200);
      const { store, raw } = await host.database.one<{ store: number; raw: string }>(sql`select store, raw from statement order by seq desc limit 1`);
      expect([store, (JSON.parse(raw) as { authority: { name: string } }).authority.name]).to.deep.equal([id, `Authoring tool of ${host.context.site.name}`]);
    });

    it("vouch as their store says, unless told, and are not made for one that is closed", async () => {
      const { id } = await stores.create(host.context, { name: "east", authority: `{"mbox":"mailto:east@example.org","name":"{{label}}"}` });
      expect((await make({ store: "east" })).json).to.deep.include({ authority: { mbox: "mailto:east@example.org", name: "Authoring tool" } });
      expect((await make({ store: "east", authority: { mbox: "mailto:own@example.org" } })).json).to.deep.include({ authority: { mbox: "mailto:own@example.org" } });
      await stores.archive(host.context, id);
      expect((await make({ store: "east" })).json).to.include({ code: "unknown_store" });
    });

    it("vouch as an application for a person, where the authority is a group of two", async () => {
      const authority = { objectType: "Group", member: [{ account: { homePage: "{{homePage}}", name: "{{key}}" } }, { mbox: "mailto:ann@example.org" }] };
      const { json } = await make({ authority });
      const { key } = json as { key: string };
      expect(json).to.deep.include({ authority: { objectType: "Group", member: [{ account: { homePage: host.url, name: key } }, { mbox: "mailto:ann@example.org" }] } });
    });

    for (const [what, body, code, pointer] of [
      ["an authority that is nobody", { authority: { name: "Ann" } }, "invalid_authority", "/authority"],
      ["an authority that is two at once", { authority: { mbox: "mailto:a@example.org", openid: "https://a.example" } }, "invalid_authority", "/authority"],
      ["a group of three as authority", { authority: { objectType: "Group", member: [1, 2, 3].map((number) => ({ mbox: `mailto:${number}@example.org` })) } }, "invalid_authority", "/authority"],
      ["an authority of what is not known", { authority: { mbox: "mailto:{{email}}" } }, "invalid_authority", "/authority"],
      ["an activity that is no IRI", { activity: "golf" }, "invalid_limits", "/activity"],
      ["an agent that is nobody", { agent: { name: "Ann" } }, "invalid_limits", "/agent"],
      ["an anonymous group as agent", { agent: { objectType: "Group", member: [{ mbox: "mailto:a@example.org" }] } }, "invalid_limits", "/agent"],
      ["a store that is not there", { store: "north" }, "unknown_store", "/store"],
    ] as const) {
      it(`are not made with ${what}`, async () => {
        const { status, json } = await make(body);
        expect([status, (json as { code: string }).code]).to.deep.equal([422, code]);
        expect((json as { errors: { pointer: string }[] }).errors[0]?.pointer).to.equal(pointer);
      });
    }

    it("are renamed", async () => {
      const { id } = (await make({})).json as { id: string };
      const token = await admin.token();
      const renamed = await host.request("PATCH", `/api/v1/records/credentials/${id}`, { token, body: { label: "Another tool" } });
      expect([renamed.status, (renamed.json as { label: string }).label]).to.deep.equal([200, "Another tool"]);
      expect((await host.request("PATCH", `/api/v1/records/credentials/${uuid(9)}`, { token, body: { label: "Nothing" } })).status).to.equal(404);
    });

    it("get a new secret, beside which the old one works as long as was chosen", async () => {
      const made = (await make({})).json as { id: string; key: string; secret: string };
      const token = await admin.token();
      expect(await works(made.key, made.secret)).to.equal(200);
      const { status, json, headers } = await host.request("POST", `/api/v1/records/credentials/${made.id}/rotate`, { token, body: { overlapHours: 1 } });
      const { secret, formerUntil } = json as { secret: string; formerUntil: string };
      expect([status, headers.get("cache-control")]).to.deep.equal([200, "no-store"]);
      expect(new Date(formerUntil).getTime()).to.be.closeTo(host.context.now().getTime() + 3_600_000, 60_000);
      expect([await works(made.key, made.secret), await works(made.key, secret)]).to.deep.equal([200, 200]);
      host.advance(3_600_000);
      expect([await works(made.key, made.secret), await works(made.key, secret)]).to.deep.equal([401, 200]);
    });

    it("stop at once in the process that revokes them", async () => {
      const { id, key, secret } = (await make({})).json as { id: string; key: string; secret: string };
      expect(await works(key, secret)).to.equal(200);
      await host.request("DELETE", `/api/v1/records/credentials/${id}`, { token: await admin.token() });
      expect(await works(key, secret)).to.equal(401);
    });
  });

  it("are limited, renamed and given a new secret on the page", async () => {
    const browser = await admin.browser();
    await browser.get("/admin/records");
    const wrong = await browser.post("/admin/records/keys", { ...wish, label: "Narrow", expires: "never", activity: "https://example.org/golf", agent: "{ann", authority: `{"mbox":"mailto:tools@example.org"}` });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.include("neither an email address nor JSON").and.include('<details id="key-limits" open>').and.include("mailto:tools@example.org");
    const made = await browser.post("/admin/records/keys", { ...wish, label: "Narrow", expires: "never", activity: "https://example.org/golf", agent: "ann@example.org", requestsPerMinute: "1200" });
    for (const text of ["https://example.org/golf and below", "ann@example.org", "1,200 requests a minute", "Never used"]) expect(made.text).to.include(text);
    const [, id = ""] = /records\/keys\/([^/]+)\/revoke[^]*?Revoke<span class="unseen"> Narrow/.exec(made.text) ?? [];
    await browser.post(`/admin/records/keys/${id}/rename`, { label: "Narrower" });
    const rotated = await browser.post(`/admin/records/keys/${id}/rotate`, { overlapHours: "24" });
    const [, key = "", secret = ""] = /id="made-key">([^<]+)<.*id="made-secret">([^<]+)</s.exec(rotated.text) ?? [];
    expect(rotated.headers.get("cache-control")).to.equal("no-store");
    expect(rotated.text).to.include("“Narrower” is ready").and.include("The old secret works until");
    expect(await works(key, secret)).to.equal(403);
    expect((await browser.get("/admin/records")).text).to.include("Narrower").and.not.include(secret);
  });

  it("are for administrators only", async () => {
    const somebody = await person(host, { role: "instructor" });
    expect((await (await somebody.browser()).get("/admin/records")).status).to.equal(403);
    const answer = await host.request("POST", "/api/v1/records/credentials", { token: await somebody.token(), body: wish });
    expect(answer.status).to.equal(403);
  });
});
