import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { forgetStores } from "../../core/lrs/stores/store.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { activityId, ann, resource, type Resource } from "./resource-client.ts";
import { statement, uuid } from "./support.ts";

/** A question that every resource answers. */
const questions: Record<string, Record<string, string>> = {
  "/xapi/statements": { limit: "1" },
  "/xapi/activities/state": { activityId, agent: ann },
  "/xapi/activities/profile": { activityId },
  "/xapi/agents/profile": { agent: ann },
  "/xapi/agents": { agent: ann },
  "/xapi/activities": { activityId },
};

describe("records: versions of xAPI", () => {
  let host: TestHost;
  let all: Client;
  before(async () => {
    host = await testHost();
    all = await client(host);
  });
  after(() => host.stop());

  for (const [path, question] of Object.entries(questions)) {
    describe(`at ${path}`, () => {
      let ask: Resource;
      before(async () => void (ask = await resource(host, path)));

      it("Header accepted: 1.0, 1.0.x, 2.0 and 2.0.x; Response header: 1.0.3 or 2.0.0, on errors too", async () => {
        for (const [asked, answered] of [["1.0", "1.0.3"], ["1.0.0", "1.0.3"], ["1.0.9", "1.0.3"], ["2.0", "2.0.0"], ["2.0.0", "2.0.0"], ["2.0.7", "2.0.0"]]) {
          const good = await ask("GET", question, { headers: { "X-Experience-API-Version": asked } });
          const bad = await ask("GET", { ...question, unknown: "1" }, { headers: { "X-Experience-API-Version": asked } });
          const unknown = await ask("GET", question, { headers: { "X-Experience-API-Version": asked, Authorization: undefined } });
          expect([good.status, bad.status, unknown.status], asked).to.deep.equal([200, 400, 401]);
          expect([good, bad, unknown].map(({ headers }) => headers.get("x-experience-api-version")), asked).to.deep.equal([answered, answered, answered]);
        }
      });

      it("rejects versions below 1.0, from 1.1 and none at all with 400, in the store's default version", async () => {
        for (const version of ["1.0.3", "2.0.0"]) {
          await host.database.run(sql`update lrs_store set default_version = ${version} where id = 1`);
          forgetStores(host.context);
          for (const asked of ["0.9", "0.95", "1.1", "1.1.0", "2.1", "3", "1.0.x", "", undefined]) {
            const { status, headers, text } = await ask("GET", question, { headers: { "X-Experience-API-Version": asked } });
            expect([status, headers.get("x-experience-api-version")], String(asked)).to.deep.equal([400, version]);
            expect(text, String(asked)).to.include(asked ? `xAPI ${asked} is not spoken here; 1.0.3 and 2.0.0 are.` : "Send the header X-Experience-API-Version: 1.0.3 or 2.0.0.");
          }
        }
      });
    });
  }

  describe("About.version", () => {
    it("lists the latest of each major version, to anybody, whatever version is asked in", async () => {
      for (const headers of [{}, { "X-Experience-API-Version": "0.9" }, { "X-Experience-API-Version": "2.0.0" }, { Authorization: "Basic Og==" }] as Record<string, string>[]) {
        const answer = await host.request("GET", "/xapi/about", { headers });
        expect([answer.status, answer.json]).to.deep.equal([200, { version: ["1.0.3", "2.0.0"] }]);
        expect(answer.headers.get("x-experience-api-version")).to.equal(headers["X-Experience-API-Version"] === "1.0.3" ? "1.0.3" : "2.0.0");
      }
    });

    it("knows no parameter, and answers HEAD", async () => {
      expect((await host.request("GET", "/xapi/about?version=1")).status).to.equal(400);
      const head = await host.request("HEAD", "/xapi/about");
      expect([head.status, head.text, head.headers.get("content-length")]).to.deep.equal([200, "", String('{"version":["1.0.3","2.0.0"]}'.length)]);
    });
  });

  it("Cross-version read: a 2.0 statement is returned unchanged to a reader of 1.0.3", async () => {
    const context = { contextAgents: [{ objectType: "contextAgent", agent: { mbox: "mailto:c@example.org" } }] };
    await all.post(statement({ id: uuid(1), version: "2.0.0", context }));
    const texts = await Promise.all(["1.0.3", "2.0.0"].map(async (version) => (await all.send("GET", { statementId: uuid(1) }, { headers: { "X-Experience-API-Version": version } })).text));
    expect(texts[0]).to.equal(texts[1]);
    expect(JSON.parse(texts[0]!)).to.deep.include({ version: "2.0.0", context });
  });

  it("Last-Modified on a statement is its `stored`", async () => {
    await all.post(statement({ id: uuid(2) }));
    for (const version of ["1.0.3", "2.0.0"]) {
      const { json, headers } = await all.send("GET", { statementId: uuid(2) }, { headers: { "X-Experience-API-Version": version } });
      expect(headers.get("last-modified")).to.equal(new Date((json as { stored: string }).stored).toUTCString());
    }
  });

  it("Consistent-Through is told whatever the answer", async () => {
    for (const [query, status] of [[{ limit: "1" }, 200], [{ statementId: uuid(99) }, 404], [{ unknown: "1" }, 400]] as [Record<string, string>, number][]) {
      const answer = await all.send("GET", query);
      expect([answer.status, !Number.isNaN(Date.parse(answer.headers.get("x-experience-api-consistent-through") ?? ""))]).to.deep.equal([status, true]);
    }
  });
});
