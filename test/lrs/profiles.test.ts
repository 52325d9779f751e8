import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { keyOf } from "../../core/lrs/keys.ts";
import type { Members } from "../../core/lrs/statement/shape.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { activityId, ann, refused, resource, type Resource } from "./resource-client.ts";
import { uuid } from "./support.ts";

const resources = {
  "Agent Profile": { path: "/xapi/agents/profile", about: { agent: ann }, read: "agents_profile/read", write: "agents_profile", others: "activities_profile" },
  "Activity Profile": { path: "/xapi/activities/profile", about: { activityId }, read: "activities_profile/read", write: "activities_profile", others: "agents_profile" },
} as const;

for (const [name, { path, about, read, write, others }] of Object.entries(resources)) {
  describe(`records: the ${name} Resource`, () => {
    let host: TestHost;
    let old: Resource;
    let profile: Resource;
    before(async () => {
      host = await testHost();
      [old, profile] = [await resource(host, path, "1.0.3"), await resource(host, path)];
    });
    after(() => host.stop());

    const at = (profileId: string): Record<string, string> => ({ ...about, profileId });

    it("Profile PUT without a header of a new document: 400 in 1.0.3, 204 in 2.0", async () => {
      expect(await refused(old("PUT", at("new"), { body: { a: 1 } }))).to.equal("400 condition_required");
      expect((await profile("GET", at("new"))).status).to.equal(404);
      expect((await profile("PUT", at("new"), { body: { a: 1 } })).status).to.equal(204);
    });

    for (const version of ["1.0.3", "2.0.0"] as const) {
      it(`PUT without a header of an existing document is 409 in ${version}, tells what to do, and changes nothing`, async () => {
        const ask = version === "1.0.3" ? old : profile;
        await ask("PUT", at(`there ${version}`), { body: { kept: true }, headers: { "If-None-Match": "*" } });
        const { status, json } = await ask("PUT", at(`there ${version}`), { body: { a: 1 } });
        expect(status).to.equal(409);
        expect((json as { detail: string }).detail).to.match(/GET.*ETag.*If-Match/);
        expect((await ask("GET", at(`there ${version}`))).json).to.deep.equal({ kept: true });
      });

      it(`If-Match on PUT, POST and DELETE holds in ${version}`, async () => {
        const ask = version === "1.0.3" ? old : profile;
        const place = at(`matched ${version}`);
        const tag = async () => (await ask("GET", place)).headers.get("etag")!;
        await ask("PUT", place, { body: { a: 1 }, headers: { "If-None-Match": "*" } });
        const stale = await tag();
        expect((await ask("PUT", place, { body: { a: 2 }, headers: { "If-Match": stale } })).status).to.equal(204);
        for (const method of ["PUT", "POST", "DELETE"]) expect((await ask(method, place, { body: method === "DELETE" ? undefined : {}, headers: { "If-Match": stale } })).status, method).to.equal(412);
        expect((await ask("POST", place, { body: { b: 1 }, headers: { "If-Match": await tag() } })).status).to.equal(204);
        expect((await ask("GET", place)).json).to.deep.equal({ a: 2, b: 1 });
        expect((await ask("DELETE", place, { headers: { "If-Match": await tag() } })).status).to.equal(204);
        expect((await ask("GET", place)).status).to.equal(404);
      });
    }

    it("of ten parallel creates of one document exactly one is 204", async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, (_, number) => profile("PUT", at("race"), { body: { number }, headers: { "If-None-Match": "*" } })));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([204, ...Array<number>(9).fill(412)]);
    });

    it("of ten parallel creates that say nothing of a tag exactly one is 204", async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, (_, number) => profile("PUT", at("race without"), { body: { number } })));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([204, ...Array<number>(9).fill(409)]);
    });

    it("concurrent merges lose no key", async () => {
      await Promise.all(Array.from({ length: 12 }, (_, number) => profile("POST", at("merged"), { body: { [`key${number}`]: number } })));
      expect(Object.keys((await profile("GET", at("merged"))).json as object)).to.have.length(12);
    });

    it("lists the ids of what was written since a moment, exclusive, with Last-Modified", async () => {
      await profile("PUT", at("listed first"), { body: {} });
      await profile("PUT", at("listed second"), { body: {} });
      const [first, second] = await host.database.rows<{ updated: string }>(sql`
        select to_char(updated at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as updated from lrs_document where encode(id, 'escape') like 'listed %' order by lrs_document.updated`);
      expect((await profile("GET", about)).json).to.include.members(["listed first", "listed second"]);
      expect((await profile("GET", { ...about, since: first!.updated })).json).to.deep.equal(["listed second"]);
      expect((await profile("GET", { ...about, since: second!.updated })).json).to.deep.equal([]);
      expect((await profile("GET", about)).headers.get("last-modified")).to.equal(new Date(second!.updated).toUTCString());
    });

    it("answers HEAD as GET, of a document and of a list", async () => {
      await profile("PUT", at("head"), { body: { a: 1 } });
      for (const query of [at("head"), about]) {
        const [head, get] = [await profile("HEAD", query), await profile("GET", query)];
        expect([head.status, head.text]).to.deep.equal([200, ""]);
        for (const header of ["content-type", "content-length", "etag", "last-modified"]) expect(head.headers.get(header), header).to.equal(get.headers.get(header));
      }
    });

    it("wants a profileId to write, and removes no many", async () => {
      for (const method of ["PUT", "POST", "DELETE"]) expect(await refused(profile(method, about, { body: method === "DELETE" ? undefined : {} })), method).to.equal("400 invalid_parameters");
    });

    it("lets a key do what its scopes say", async () => {
      for (const [scope, get, put] of [[write, 200, 204], ["profile", 200, 204], [read, 200, 403], ["profile/read", 200, 403], ["all/read", 200, 403], [others, 403, 403], ["state", 403, 403]] as const) {
        const ask = await resource(host, path, "2.0.0", [scope]);
        const place = at(`scope ${scope}`);
        expect((await ask("PUT", place, { body: {} })).status, `PUT with ${scope}`).to.equal(put);
        await profile("PUT", place, { body: {} });
        expect((await ask("GET", place)).status, `GET with ${scope}`).to.equal(get);
      }
    });
  });
}

describe("records: documents of an agent", () => {
  let host: TestHost;
  before(async () => (host = await testHost()));
  after(() => host.stop());

  it("can all be found by the key that statements know the agent by", async () => {
    const agent = JSON.stringify({ name: "Ann", mbox: "mailto:ann@Example.org" });
    const [state, agents, activities] = await Promise.all(["/xapi/activities/state", "/xapi/agents/profile", "/xapi/activities/profile"].map((path) => resource(host, path)));
    await state!("PUT", { agent, activityId, stateId: "s" }, { body: {} });
    await agents!("PUT", { agent, profileId: "p" }, { body: {} });
    await activities!("PUT", { activityId, profileId: "p" }, { body: {} });
    const rows = await host.database.rows<{ kind: string; about: string }>(sql`
      select kind, about from lrs_document where store = 1 and agent = ${keyOf("agent", "mbox mailto:ann@example.org")} order by kind`);
    expect(rows.map(({ kind }) => kind)).to.deep.equal(["agent-profile", "state"]);
    expect(JSON.parse(rows[1]!.about)).to.deep.equal({ activityId, agent: JSON.parse(agent) as unknown });
  });

  it("are kept to the limits of a key, and those of one store from the keys of another", async () => {
    const bea = JSON.stringify({ mbox: "mailto:bea@example.org" });
    const limits = { agent: JSON.parse(ann) as Members, registration: uuid(1), activity: activityId };
    const limited = (path: string) => resource(host, path, "2.0.0", ["all"], { limits });
    const [states, agents, activities, persons] = await Promise.all(["/xapi/activities/state", "/xapi/agents/profile", "/xapi/activities/profile", "/xapi/agents"].map(limited));
    const state = { activityId, agent: ann, registration: uuid(1), stateId: "s" };
    expect((await states!("PUT", state, { body: {} })).status).to.equal(204);
    for (const changes of [{ agent: bea }, { registration: uuid(2) }, { activityId: "http://example.org/other" }]) {
      for (const method of ["GET", "PUT", "POST", "DELETE"]) {
        expect(await refused(states!(method, { ...state, ...changes }, { body: method === "PUT" || method === "POST" ? {} : undefined })), method).to.equal("403 outside_limits");
      }
    }
    for (const method of ["GET", "DELETE"]) expect(await refused(states!(method, { activityId, agent: ann })), method).to.equal("403 outside_limits");
    expect((await states!("GET", { activityId, agent: ann, registration: uuid(1) })).json).to.deep.equal(["s"]);
    expect(await refused(agents!("GET", { agent: bea }))).to.equal("403 outside_limits");
    expect(await refused(activities!("GET", { activityId: "http://example.org/other" }))).to.equal("403 outside_limits");
    expect(await refused(persons!("GET", { agent: bea }))).to.equal("403 outside_limits");
    await host.database.run(sql`insert into lrs_store (name) values ('another')`);
    const elsewhere = await resource(host, "/xapi/activities/state", "2.0.0", ["all"], { store: "another" });
    expect((await elsewhere("GET", state)).status).to.equal(404);
    expect((await elsewhere("PUT", state, { body: { other: true } })).status).to.equal(204);
    expect((await states!("GET", state)).json).to.deep.equal({});
  });
});
