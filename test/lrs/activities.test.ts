import { expect } from "chai";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { refused, resource, type Resource } from "./resource-client.ts";
import { statement } from "./support.ts";

describe("records: the Activities Resource", () => {
  let host: TestHost;
  let activities: Resource;
  let all: Client;
  before(async () => {
    host = await testHost();
    [activities, all] = [await resource(host, "/xapi/activities"), await client(host)];
  });
  after(() => host.stop());

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
