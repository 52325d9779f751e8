import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { credentialSecret } from "../../core/lrs/records.ts";
import { authorityFrom } from "../../core/lrs/credentials/authority.ts";
import { createCredential } from "../../core/lrs/credentials/rows.ts";
import * as stores from "../../core/lrs/stores/commands.ts";
import { storeOf, type Store } from "../../core/lrs/stores/store.ts";
import { person, testHost, type TestHost, type TestPerson } from "../../core/testing/index.ts";
import { basic } from "./http-support.ts";
import { refusal } from "./refusal.ts";
import { statement, uuid } from "./support.ts";

describe("records: stores", () => {
  let host: TestHost;
  let admin: TestPerson;
  before(async () => {
    host = await testHost();
    admin = await person(host, { roles: ["administrator"] });
  });
  after(() => host.stop());

  const keyOf = async (store: number) => {
    const { key, secret } = await createCredential(host.database, credentialSecret(host.context), { store, label: "Test", scopes: ["all"], homePage: host.url });
    return basic(key, secret);
  };
  const ask = (authorization: string, method: string, query = "", body?: unknown) =>
    fetch(`${host.url}/xapi/statements${query}`, {
      method,
      headers: { Authorization: authorization, "X-Experience-API-Version": "2.0.0", "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });

  it("opens one with room for statements, and tells the audit who did", async () => {
    const store = await stores.create(await admin.context(), { name: "Simulators", retentionDays: 90, limits: { maxStatements: 10 }, stateWithoutMatch: "always" });
    expect(store).to.deep.include({ name: "Simulators", defaultVersion: "2.0.0", retentionDays: 90, limits: { maxStatements: 10 }, stateWithoutMatch: "always", archivedAt: null });
    expect(await storeOf(host.context, store.id)).to.deep.equal(store);
    expect(await host.database.rows(sql`select from lrs_partition where store = ${store.id}`)).to.have.length(2);
    expect(await host.database.one(sql`select action, actor_id from audit_entry where subject_name like '%Simulators'`)).to.deep.equal({ action: "record-store.created", actorId: admin.id });
  });

  it("takes and gives statements of one id in two stores, each of its own", async () => {
    const [one, other] = [await keyOf((await stores.create(host.context, { name: "One" })).id), await keyOf((await stores.create(host.context, { name: "Other" })).id)];
    const sent = [one, other].map((key, number) => ask(key, "POST", "", statement({ id: uuid(1), result: { response: String(number) } })));
    expect((await Promise.all(sent)).map(({ status }) => status)).to.deep.equal([200, 200]);
    for (const [number, key] of [one, other].entries()) {
      const { statements } = (await (await ask(key, "GET")).json()) as { statements: { result: { response: string } }[] };
      expect(statements.map(({ result }) => result.response)).to.deep.equal([String(number)]);
    }
  });

  it("refuses a name that is taken, a number that is none, and an edit of what has changed", async () => {
    const made = await stores.create(host.context, { name: "Once" });
    expect(await refusal(stores.create(host.context, { name: "Once" }))).to.equal("store_name_taken");
    expect(await refusal(stores.update(host.context, 999, { name: "Never" }))).to.equal("no_such_store");
    expect(await refusal(storeOf(host.context, 999))).to.equal("no_such_store");
    await stores.update(host.context, made.id, { retentionDays: 5 }, made.version);
    expect(await refusal(stores.update(host.context, made.id, { retentionDays: 6 }, made.version))).to.equal("changed_meanwhile");
    expect((await stores.get(host.context, made.id)).retentionDays).to.equal(5);
  });

  it("has a change hold at once here, and elsewhere within seconds", async () => {
    await host.still(async () => {
      const { id } = await stores.create(host.context, { name: "Changing" });
      await storeOf(host.context, id);
      await stores.update(host.context, id, { defaultVersion: "1.0.3" });
      expect((await storeOf(host.context, id)).defaultVersion).to.equal("1.0.3");
      await host.database.run(sql`update lrs_store set default_version = '2.0.0' where id = ${id}`);
      expect((await storeOf(host.context, id)).defaultVersion).to.equal("1.0.3");
      host.advance(5001);
      expect((await storeOf(host.context, id)).defaultVersion).to.equal("2.0.0");
    });
  });

  it("closes one with its keys and without its statements, but never the site's own", async () => {
    const { id } = await stores.create(host.context, { name: "Closing" });
    const key = await keyOf(id);
    await ask(key, "POST", "", statement());
    host.advance(6000);
    await stores.archive(host.context, id);
    expect((await ask(key, "GET")).status).to.equal(401);
    expect(await host.database.rows(sql`select from statement where store = ${id}`)).to.have.length(1);
    expect((await stores.list(host.context, { limit: 200 })).items.map((store) => store.id)).to.not.include(id);
    expect(await refusal(stores.archive(host.context, id))).to.equal("no_such_store");
    expect(await refusal(stores.archive(host.context, 1))).to.equal("store_in_use");
    expect((await stores.create(host.context, { name: "Closing" })).id).to.not.equal(id);
  });

  const words = { key: "k1", label: 'A "tool"', homePage: "https://lms.example" };
  for (const [title, template, expected] of [
    ["an account of one's own", '{"objectType":"Agent","name":"{{ label }}","account":{"homePage":"{{homePage}}/keys","name":"{{key}}"}}', { objectType: "Agent", name: 'A "tool"', account: { homePage: "https://lms.example/keys", name: "k1" } }],
    ["an application for a person", '{"objectType":"Group","member":[{"mbox":"mailto:a@b.org"},{"account":{"homePage":"{{homePage}}","name":"{{key}}"}}]}', { objectType: "Group", member: [{ mbox: "mailto:a@b.org" }, { account: { homePage: "https://lms.example", name: "k1" } }] }],
  ] as const) {
    it(`fills in who vouches: ${title}`, () => expect(authorityFrom(template, words)).to.deep.equal(expected));
  }

  for (const [title, template] of [
    ["no JSON", "{"],
    ["no Agent", '{"name":"x"}'],
    ["a group of one", '{"objectType":"Group","member":[{"mbox":"mailto:a@b.org"}]}'],
    ["two identifiers", '{"mbox":"mailto:a@b.org","account":{"homePage":"{{homePage}}","name":"x"}}'],
    ["a list", "[]"],
    ["what is of words that are none of ours", '{"mbox":"mailto:{{email}}"}'],
  ] as const) {
    it(`refuses a template of the authority that makes ${title}`, async () => {
      expect(await refusal(stores.create(host.context, { name: title, authority: template }))).to.equal("invalid_authority");
    });
  }

  it("is kept by administrators over the API, with an ETag on every edit", async () => {
    const made = await admin.api<Store>("POST", "/records/stores", { name: "By API", limits: { maxDepth: 50 } });
    expect([made.status, made.json.limits]).to.deep.equal([201, { maxDepth: 50 }]);
    const path = `/records/stores/${made.json.id}`;
    expect((await admin.api("PATCH", path, { retentionDays: 3 })).status).to.equal(428);
    const changed = await admin.api<Store>("PATCH", path, { retentionDays: 3 }, { "If-Match": made.headers.get("etag")! });
    expect([changed.status, changed.json.retentionDays]).to.deep.equal([200, 3]);
    expect((await admin.api("PATCH", path, { retentionDays: 4 }, { "If-Match": made.headers.get("etag")! })).status).to.equal(412);
    expect((await admin.api("PATCH", path, { limits: { maxDepth: 1 } }, { "If-Match": "*" })).status).to.equal(422);
    expect((await admin.api<Store[]>("GET", "/records/stores")).json.map(({ name }) => name)).to.include.members(["default", "By API"]);
    expect((await admin.api("DELETE", path)).status).to.equal(204);
    const learner = await person(host);
    expect((await learner.api("GET", "/records/stores")).status).to.equal(403);
  });

  it("is kept by administrators in pages", async () => {
    const browser = await admin.browser();
    const fields = { name: "By page", defaultVersion: "1.0.3", retentionDays: "30", authority: "", stateWithoutMatch: "never", maxStatements: "5" };
    const made = await browser.post("/admin/records/stores", fields);
    expect(made.status).to.equal(303);
    const at = made.headers.get("location")!;
    expect((await browser.get(at)).text).to.include('value="By page"').and.include('value="30"');
    expect((await browser.post(at, { ...fields, authority: "{", name: "By page" })).text).to.include("The authority is no JSON");
    await browser.post(at, { ...fields, retentionDays: "" });
    const { id } = await host.database.one<{ id: number }>(sql`select id from lrs_store where name = 'By page'`);
    expect(await stores.get(host.context, id)).to.deep.include({ retentionDays: null, limits: { maxStatements: 5 }, defaultVersion: "1.0.3" });
    expect((await browser.get("/admin/records/stores")).text).to.include("By page");
    expect((await browser.post(`${at}/close`, {})).status).to.equal(303);
    expect((await browser.get("/admin/records/stores")).text).to.not.include("By page");
  });
});
