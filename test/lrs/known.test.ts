import { expect } from "chai";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { ann, refused, resource, type Resource } from "./resource-client.ts";
import { statement } from "./support.ts";

describe("records: what is known of activities and agents", () => {
  let host: TestHost;
  let all: Client;
  let activities: Resource;
  let agents: Resource;
  before(async () => {
    host = await testHost();
    [all, activities, agents] = [await client(host), await resource(host, "/xapi/activities"), await resource(host, "/xapi/agents")];
  });
  after(() => host.stop());

  describe("by the Activities Resource", () => {
    it("Unknown activity GET: an Activity with the id alone", async () => {
      for (const activityId of ["http://example.org/unknown", `http://example.org/${"x".repeat(3000)}`]) {
        const { status, json } = await activities("GET", { activityId });
        expect([status, json]).to.deep.equal([200, { objectType: "Activity", id: activityId }]);
      }
    });

    it("gives all that statements told, at once and when they were merged, numbers as they were written", async () => {
      const id = "http://example.org/activities/told";
      const extensions = '{"http://example.org/x":12345678901234567890}';
      await all.post(`[${JSON.stringify(statement({ object: { id, definition: { name: { "en-US": "Meeting" } } } }))},
        {"actor":{"mbox":"mailto:a@b.org"},"verb":{"id":"http://e/v"},"object":{"id":"http://e/o"},"context":{"contextActivities":{"parent":{"id":"${id}","definition":{"name":{"fr-FR":"Réunion"},"type":"http://example.org/type","extensions":${extensions}}}}}}]`);
      for (let merged = 0; merged < 2; merged++) {
        const { text, json } = await activities("GET", { activityId: id });
        expect(json).to.deep.include({ objectType: "Activity", id });
        expect((json as { definition: object }).definition).to.deep.include({ name: { "en-US": "Meeting", "fr-FR": "Réunion" }, type: "http://example.org/type" });
        expect(text).to.include(extensions);
        await host.drain();
      }
      await all.post(statement({ object: { id, definition: { name: { "en-US": "Conference" } } } }));
      expect(((await activities("GET", { activityId: id })).json as { definition: object }).definition).to.deep.include({ name: { "en-US": "Conference", "fr-FR": "Réunion" } });
    });

    it("refuses no activityId, one that is no IRI and parameters it does not know with 400", async () => {
      for (const query of [{}, { activityId: "one" }, { activityid: "http://e/a" }, { activityId: "http://e/a", since: "2020-01-01T00:00:00Z" }] as Record<string, string>[]) {
        expect(await refused(activities("GET", query)), JSON.stringify(query)).to.equal("400 invalid_parameters");
      }
    });

    it("answers HEAD as GET, and 405 to all else", async () => {
      const query = { activityId: "http://example.org/a" };
      const [head, get] = [await activities("HEAD", query), await activities("GET", query)];
      expect([head.status, head.text, head.headers.get("content-length")]).to.deep.equal([200, "", get.headers.get("content-length")]);
      for (const method of ["PUT", "POST", "DELETE"]) expect((await activities(method, query, { body: {} })).status, method).to.equal(405);
    });
  });

  describe("by the Agents Resource", () => {
    it("Person object: an unknown agent is still 200, with arrays", async () => {
      for (const [agent, person] of [
        [{ mbox: "mailto:nobody@example.org" }, { mbox: ["mailto:nobody@example.org"] }],
        [{ name: "No\0body", openid: "http://example.org/nobody" }, { name: ["No\0body"], openid: ["http://example.org/nobody"] }],
        [{ mbox_sha1sum: "0".repeat(40) }, { mbox_sha1sum: ["0".repeat(40)] }],
        [{ account: { homePage: "http://example.org", name: "x".repeat(3000) } }, { account: [{ homePage: "http://example.org", name: "x".repeat(3000) }] }],
      ]) {
        const { status, json } = await agents("GET", { agent: JSON.stringify(agent) });
        expect([status, json]).to.deep.equal([200, { objectType: "Person", ...person }]);
      }
    });

    it("Person object: has every name that statements gave the agent, at once and when they were merged", async () => {
      await all.post([statement({ actor: { mbox: "mailto:cy@example.org", name: "Cy" } }), statement({ object: { objectType: "Group", member: [{ mbox: "mailto:cy@example.org", name: "Cyril" }] } })]);
      for (let merged = 0; merged < 2; merged++) {
        const { json } = await agents("GET", { agent: '{"mbox":"mailto:cy@example.org"}' });
        expect(json).to.deep.equal({ objectType: "Person", name: ["Cy", "Cyril"], mbox: ["mailto:cy@example.org"] });
        await host.drain();
      }
      expect((await agents("GET", { agent: ann })).json).to.deep.equal({ objectType: "Person", mbox: ["mailto:ann@example.org"] });
    });

    it("refuses a Group, no agent and parameters it does not know with 400", async () => {
      for (const query of [{}, { agent: "ann" }, { agent: "{}" }, { agent: '{"objectType":"Group","mbox":"mailto:g@example.org"}' }, { agent: ann, more: "1" }, { Agent: ann }] as Record<string, string>[]) {
        expect(await refused(agents("GET", query)), JSON.stringify(query)).to.equal("400 invalid_parameters");
      }
    });

    it("answers HEAD as GET, is 403 without a scope that reads, and 405 to all else", async () => {
      const [head, get] = [await agents("HEAD", { agent: ann }), await agents("GET", { agent: ann })];
      expect([head.status, head.text, head.headers.get("content-length")]).to.deep.equal([200, "", get.headers.get("content-length")]);
      expect((await (await resource(host, "/xapi/agents", "2.0.0", ["statements/write"]))("GET", { agent: ann })).status).to.equal(403);
      for (const method of ["PUT", "POST", "DELETE"]) {
        const { status, headers } = await agents(method, { agent: ann }, { body: {} });
        expect([status, headers.get("allow")?.includes("GET")], method).to.deep.equal([405, true]);
      }
    });
  });
});
