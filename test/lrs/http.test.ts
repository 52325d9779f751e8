import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import * as stores from "../../core/lrs/stores/commands.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { basic, client, type Client } from "./http-support.ts";
import { statement, uuid } from "./support.ts";

const ids = (statements: Record<string, unknown>[]) => statements.map(({ id }) => id);

describe("records: xAPI over HTTP", () => {
  let host: TestHost;
  let all: Client;
  before(async () => {
    host = await testHost({ settings: { records: { maxBodyBytes: 200_000, pageSize: 10 } } });
    all = await client(host);
  });
  after(() => host.stop());

  it("stores by POST and PUT, and gives back what was sent", async () => {
    const posted = await all.post([statement({ id: uuid(1) }), statement({ id: uuid(2) })]);
    expect([posted.status, posted.json]).to.deep.equal([200, [uuid(1), uuid(2)]]);
    const put = await all.send("PUT", { statementId: uuid(3) }, { body: statement() });
    expect([put.status, put.text]).to.deep.equal([204, ""]);
    const { status, headers, json } = await all.send("GET", { statementId: uuid(3) });
    expect(status).to.equal(200);
    expect(json).to.deep.include({ ...statement(), id: uuid(3) });
    const { stored, authority } = json as { stored: string; authority: { account: { homePage: string } } };
    expect(authority.account.homePage).to.equal(host.url);
    expect(headers.get("content-type")).to.equal("application/json");
    expect(headers.get("last-modified")).to.equal(new Date(stored).toUTCString());
    expect(headers.get("x-experience-api-consistent-through")! >= stored).to.equal(true);
  });

  it("keeps bytes beyond ASCII and numbers beyond a double as they are", async () => {
    await all.send("PUT", { statementId: uuid(4) }, { body: `{"actor":{"mbox":"mailto:a@b.org","name":"Zoë 🦉"},"verb":{"id":"http://e/v"},"object":{"id":"http://e/o"},"result":{"extensions":{"http://e/x":12345678901234567890}}}` });
    const { text } = await all.send("GET", { statementId: uuid(4) });
    expect(text).to.include('"name":"Zoë 🦉"').and.include("12345678901234567890");
  });

  it("answers HEAD as GET, without the body", async () => {
    const [head, get] = [await all.send("HEAD", { statementId: uuid(1) }), await all.send("GET", { statementId: uuid(1) })];
    expect([head.status, head.text]).to.deep.equal([200, ""]);
    for (const name of ["content-type", "content-length", "last-modified", "x-experience-api-version"]) expect(head.headers.get(name), name).to.equal(get.headers.get(name));
    expect((await all.send("HEAD", { statementId: uuid(999) })).status).to.equal(404);
  });

  describe("finds statements", () => {
    const verb = "http://example.org/verbs/filtered";
    const find = (query: Record<string, string>) => all.find({ verb, ascending: "true", ...query }).then(ids);
    before(() =>
      all.post([
        statement({ id: uuid(101), verb: { id: verb }, actor: { mbox: "mailto:bea@example.org" } }),
        statement({ id: uuid(102), verb: { id: verb }, object: { id: "http://example.org/activities/two" }, context: { registration: uuid(7) } }),
        statement({ id: uuid(103), verb: { id: verb }, context: { instructor: { mbox: "mailto:bea@example.org" }, contextActivities: { parent: [{ id: "http://example.org/activities/two" }] } } }),
      ]),
    );

    for (const [what, query, wanted] of [
      ["by verb", {}, [101, 102, 103]],
      ["by agent", { agent: '{"mbox":"mailto:bea@example.org"}' }, [101]],
      ["by related agent", { agent: '{"mbox":"mailto:bea@example.org"}', related_agents: "true" }, [101, 103]],
      ["by activity", { activity: "http://example.org/activities/two" }, [102]],
      ["by related activity", { activity: "http://example.org/activities/two", related_activities: "true" }, [102, 103]],
      ["by registration", { registration: uuid(7) }, [102]],
      ["the latest first", { ascending: "false" }, [103, 102, 101]],
      ["so many at most", { limit: "2" }, [101, 102]],
    ] as [string, Record<string, string>, number[]][]) {
      it(what, async () => expect(await find(query)).to.deep.equal(wanted.map(uuid)));
    }

    it("stored since and until a moment", async () => {
      const { stored } = (await all.send("GET", { statementId: uuid(102) })).json as { stored: string };
      expect(await find({ since: stored })).to.deep.equal([uuid(103)]);
      expect(await find({ until: stored })).to.deep.equal([uuid(101), uuid(102)]);
    });

    it("page by page, by the address in `more`", async () => {
      const seen: unknown[] = [];
      for (let more = `/xapi/statements?verb=${encodeURIComponent(verb)}&limit=1&ascending=true`; more !== ""; ) {
        const response = await fetch(host.url + more, { headers: { Authorization: all.authorization, "X-Experience-API-Version": "1.0.3" } });
        const page = (await response.json()) as { statements: { id: string }[]; more: string };
        seen.push(...ids(page.statements));
        more = page.more;
      }
      expect(seen).to.deep.equal([uuid(101), uuid(102), uuid(103)]);
    });
  });

  describe("speaks two versions", () => {
    for (const [asked, status, answered] of [
      ["1.0", 200, "1.0.3"],
      ["1.0.0", 200, "1.0.3"],
      ["1.0.3", 200, "1.0.3"],
      ["2.0.0", 200, "2.0.0"],
      ["2.0", 200, "2.0.0"],
      ["0.95", 400, "2.0.0"],
      ["1.1", 400, "2.0.0"],
      ["3", 400, "2.0.0"],
      ["", 400, "2.0.0"],
      [undefined, 400, "2.0.0"],
    ] as const) {
      it(`answers ${asked ?? "a request without the header"} with ${status} and ${answered}`, async () => {
        const { headers, ...answer } = await all.send("GET", "", { headers: { "X-Experience-API-Version": asked } });
        expect([answer.status, headers.get("x-experience-api-version")]).to.deep.equal([status, answered]);
      });
    }

    it("names the store's own version where none was asked for", async () => {
      await stores.update(host.context, 1, { defaultVersion: "1.0.3" });
      const { status, headers, json } = await all.send("GET", "", { headers: { "X-Experience-API-Version": undefined } });
      await stores.update(host.context, 1, { defaultVersion: "2.0.0" });
      expect([status, headers.get("x-experience-api-version")]).to.deep.equal([400, "1.0.3"]);
      expect(json).to.include({ code: "version_required" });
    });

    it("tells its versions to anybody, whatever they ask in", async () => {
      for (const version of ["1.0.3", "9"]) {
        const answer = await host.request("GET", "/xapi/about", { headers: { "X-Experience-API-Version": version } });
        expect([answer.status, answer.json]).to.deep.equal([200, { version: ["1.0.3", "2.0.0"] }]);
      }
    });
  });

  describe("refuses", () => {
    const refused = async (answer: Promise<{ status: number; headers: Headers; json: unknown }>) => {
      const { status, headers, json } = await answer;
      expect(headers.get("content-type")).to.equal("application/problem+json");
      expect(headers.get("x-experience-api-version")).to.equal("2.0.0");
      expect(headers.get("access-control-allow-origin")).to.equal("*");
      return { status, ...(json as { code: string; errors?: object[] }) };
    };

    for (const [what, authorization, code] of [
      ["no credentials", undefined, "credentials_required"],
      ["an unknown key", basic("nobody", "secret"), "wrong_credentials"],
      ["empty credentials", "Basic Og==", "wrong_credentials"],
      ["another scheme", "Bearer x", "wrong_credentials"],
    ] as const) {
      it(`${what} with 401 and a challenge`, async () => {
        const answer = await all.send("GET", "", { headers: { Authorization: authorization } });
        expect(answer.headers.get("www-authenticate")).to.match(/^Basic /);
        expect(await refused(Promise.resolve(answer))).to.include({ status: 401, code });
      });
    }

    it("what the key's scopes don't hold with 403", async () => {
      const [writer, reader] = [await client(host, ["statements/write"]), await client(host, ["statements/read"])];
      expect(await refused(writer.send("GET", ""))).to.include({ status: 403, code: "scope_missing" });
      expect(await refused(reader.post(statement()))).to.include({ status: 403, code: "scope_missing" });
      expect([(await writer.post(statement())).status, (await reader.send("GET", "")).status]).to.deep.equal([200, 200]);
    });

    it("another statement under a known id with 409", async () => {
      expect(await refused(all.post(statement({ id: uuid(1), result: { success: true } })))).to.include({ status: 409, code: "statement_conflict" });
      expect(await refused(all.send("PUT", { statementId: uuid(1) }, { body: statement({ result: { success: true } }) }))).to.include({ status: 409 });
      expect((await all.post(statement({ id: uuid(1) }))).status).to.equal(200);
    });

    it("a body that is too large with 413", async () => {
      expect(await refused(all.post(statement({ result: { response: "x".repeat(200_001) } })))).to.include({ status: 413, code: "body_too_large" });
    });

    it("invalid statements with where, what and the clause that says so, and stores none of them", async () => {
      const { errors, ...answer } = await refused(all.post([statement({ id: uuid(20) }), statement({ verb: { id: "x" } })]));
      expect(answer).to.include({ status: 400, code: "invalid_statements" });
      expect(errors).to.deep.equal([{ pointer: "/1/verb/id", code: "invalid_format", message: "must be an IRI with a scheme", clause: "Data 2.4.3" }]);
      expect((await all.send("GET", { statementId: uuid(20) })).status).to.equal(404);
    });

    it("unknown and wrong parameters with 400, naming each", async () => {
      expect(await refused(all.send("GET", { limt: "1" }))).to.deep.include({ status: 400, code: "invalid_parameters", errors: [{ pointer: "/limt", code: "invalid_parameter", message: "is not known here", clause: "Communication 3.2" }] });
      expect(await refused(all.send("POST", { statementId: uuid(1) }, { body: statement() }))).to.include({ status: 400 });
    });

    it("bodies that are no UTF-8, no JSON or of another type with 400", async () => {
      expect(await refused(all.send("POST", "", { body: new Uint8Array([0x22, 0xff, 0x22]) }))).to.include({ status: 400, code: "invalid_json" });
      expect(await refused(all.send("POST", "", { body: "{" }))).to.include({ status: 400, code: "invalid_json" });
      expect(await refused(all.send("POST", "", { body: statement(), headers: { "Content-Type": "text/plain" } }))).to.include({ status: 400, code: "wrong_request" });
    });

    it("other methods with 405", async () => {
      const answer = await all.send("DELETE", "");
      expect(await refused(Promise.resolve(answer))).to.include({ status: 405 });
      expect(answer.headers.get("allow")).to.include("PUT");
    });
  });

  it("lets scripts of other origins ask with Authorization", async () => {
    const headers = { Origin: "http://content.example", "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,x-experience-api-version,content-type" };
    const { status, headers: answered } = await host.request("OPTIONS", "/xapi/statements", { headers });
    expect(status).to.equal(204);
    expect(answered.get("access-control-allow-origin")).to.equal("*");
    expect(answered.get("access-control-allow-methods")).to.include("PUT");
    for (const name of ["Authorization", "Content-Type", "X-Experience-API-Version"]) expect(answered.get("access-control-allow-headers")).to.include(name);
  });

  it("serves sixteen clients at once, each its own, and none is lost", async () => {
    const verb = "http://example.org/verbs/together";
    const clients = Array.from({ length: 16 }, (_, number) => number);
    const statuses = await Promise.all(
      clients.map(async (number) => {
        const answers: number[] = [];
        for (let round = 0; round < 10; round++) answers.push((await all.post(statement({ id: uuid(10_000 + number * 10 + round), verb: { id: verb } }))).status);
        answers.push((await all.post(statement({ id: uuid(10_000), verb: { id: verb }, result: { response: String(number) } }))).status);
        return answers;
      }),
    );
    expect(statuses).to.deep.equal(clients.map(() => [...Array<number>(10).fill(200), 409]));
    const { count } = await host.database.one<{ count: string }>(sql`select count(*) from statement where raw like ${`%${verb}%`}`);
    expect(count).to.equal("160");
  });
});
