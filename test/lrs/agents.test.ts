import { expect } from "chai";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { ann, refused, resource, type Resource } from "./resource-client.ts";
import { statement } from "./support.ts";

describe("records: the Agents Resource", () => {
  let host: TestHost;
  let agents: Resource;
  let all: Client;
  before(async () => {
    host = await testHost();
    [agents, all] = [await resource(host, "/xapi/agents"), await client(host)];
  });
  after(() => host.stop());

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
