import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { forgetStores } from "../../core/lrs/stores/store.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { activityId, ann, refused, resource } from "./resource-client.ts";
import { statement, uuid } from "./support.ts";

const version = "X-Experience-API-Version";
type Form = Record<string, string> | [string, string][];

describe("records: the alternate request syntax", () => {
  let host: TestHost;
  let all: Client;
  before(async () => {
    host = await testHost({ settings: { records: { maxBodyBytes: 50_000 } } });
    all = await client(host);
  });
  after(() => host.stop());

  /** A form as old browsers send it: no header but its type; credential and version are fields. */
  async function send(path: string, form: Form, headers: Record<string, string> = {}) {
    const fields = Array.isArray(form) ? form : Object.entries({ Authorization: all.authorization, [version]: "1.0.3", ...form });
    const response = await fetch(host.url + path, { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded", ...headers }, body: new URLSearchParams(fields).toString() });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: text.startsWith("{") || text.startsWith("[") ? (JSON.parse(text) as unknown) : undefined, bytes: Buffer.from(text) };
  }

  it("Alternate request syntax in 1.0.3: statements by PUT, POST, GET and HEAD, with credential and version as fields", async () => {
    const put = await send("/xapi/statements?method=PUT", { statementId: uuid(1), content: JSON.stringify(statement({ actor: { mbox: "mailto:z@example.org", name: "Zoë 🦉&=+" } })), "Content-Type": "application/json" });
    expect([put.status, put.headers.get("x-experience-api-version")]).to.deep.equal([204, "1.0.3"]);
    const post = await send("/xapi/statements?method=POST", { content: JSON.stringify(statement({ id: uuid(2) })) });
    expect([post.status, post.json]).to.deep.equal([200, [uuid(2)]]);
    const get = await send("/xapi/statements?method=GET", { statementId: uuid(1) });
    expect([get.status, (get.json as { actor: { name: string } }).actor.name]).to.deep.equal([200, "Zoë 🦉&=+"]);
    const head = await send("/xapi/statements?method=HEAD", { statementId: uuid(1) });
    expect([head.status, head.text, head.headers.get("last-modified")]).to.deep.equal([200, "", get.headers.get("last-modified")]);
  });

  it("serves documents with their conditions as fields, agents and activities", async () => {
    const place = { activityId, agent: ann, stateId: "s" };
    expect((await send("/xapi/activities/state?method=PUT", { ...place, content: "plain", "Content-Type": "text/plain", "If-None-Match": "*", "Content-Length": "5" })).status).to.equal(204);
    expect((await send("/xapi/activities/state?method=PUT", { ...place, content: "again", "If-None-Match": "*", "Content-Type": "text/plain" })).status).to.equal(412);
    const get = await send("/xapi/activities/state?method=GET", place);
    expect([get.text, get.headers.get("content-type")]).to.deep.equal(["plain", "text/plain"]);
    expect((await send("/xapi/activities/state?method=DELETE", { ...place, "If-Match": '"other"' })).status).to.equal(412);
    expect((await send("/xapi/activities/state?method=DELETE", { ...place, "If-Match": get.headers.get("etag")! })).status).to.equal(204);
    expect((await send("/xapi/agents?method=GET", { agent: ann })).json).to.deep.include({ objectType: "Person" });
    expect((await send("/xapi/activities?method=GET", { activityId })).json).to.deep.include({ id: activityId });
    expect((await send("/xapi/agents?method=PUT", { agent: ann, content: "{}" })).status).to.equal(405);
  });

  it("tells About, to anybody, in 1.0.x only and to GET only", async () => {
    const told = await send("/xapi/about?method=GET", [[version, "1.0.3"]]);
    expect([told.status, told.json]).to.deep.equal([200, { version: ["1.0.3", "2.0.0"] }]);
    expect((await send("/xapi/about?method=GET", [["unused", "1"]])).status).to.equal(400);
    expect(await refused(send("/xapi/about?method=GET", [[version, "2.0.0"]]))).to.equal("400 wrong_request");
    for (const path of ["/xapi/about?method=DELETE", "/xapi/about"]) expect(await refused(send(path, [[version, "1.0.3"]])), path).to.equal("405 method_not_allowed");
  });

  it("takes headers as headers too, and those in the form before them", async () => {
    const headers = { Authorization: all.authorization, [version]: "1.0.3" };
    const fields: [string, string][] = [["limit", "1"]];
    expect((await send("/xapi/statements?method=GET", fields, headers)).status).to.equal(200);
    const { status, headers: answered } = await send("/xapi/statements?method=GET", [...fields, [version, "0.8"]], headers);
    expect([status, answered.get("x-experience-api-version")]).to.deep.equal([400, "2.0.0"]);
    expect((await send("/xapi/statements?method=GET", [...fields, ["Authorization", "Basic eDp5"]], headers)).status).to.equal(401);
  });

  it("tells the version asked in by a field in refusals too", async () => {
    const { status, headers } = await send("/xapi/statements?method=GET", { unknown: "1" });
    expect([status, headers.get("x-experience-api-version")]).to.deep.equal([400, "1.0.3"]);
  });

  it("Alternate request syntax in 2.0 is 400, whether its header or a field says so", async () => {
    expect(await refused(send("/xapi/statements?method=GET", { limit: "1", [version]: "2.0.0" }))).to.equal("400 wrong_request");
    expect(await refused(send("/xapi/statements?method=GET", { limit: "1" }, { [version]: "2.0.0" }))).to.equal("400 wrong_request");
    const plain = await resource(host, "/xapi/statements");
    expect((await plain("POST", { method: "PUT", statementId: uuid(3) }, { body: statement() })).status).to.equal(400);
  });

  for (const [what, path, form, headers] of [
    ["another query parameter beside method", "/xapi/statements?method=GET&limit=1", {}, {}],
    ["method twice", "/xapi/statements?method=GET&method=PUT", {}, {}],
    ["a method that is none", "/xapi/statements?method=PATCH", {}, {}],
    ["a mis-cased method", "/xapi/statements?method=get", {}, {}],
    ["PUT without content", "/xapi/statements?method=PUT", { statementId: uuid(4) }, {}],
    ["GET with content", "/xapi/statements?method=GET", { content: "{}" }, {}],
    ["a body that is no form", "/xapi/statements?method=GET", { limit: "1" }, { "Content-Type": "text/plain" }],
    ["JSON where the form should be", "/xapi/statements?method=PUT", [[JSON.stringify({ content: "{}" }), ""]], {}],
    ["attachments", "/xapi/statements?method=POST", { content: "--b", "Content-Type": 'multipart/mixed; boundary="b"' }, {}],
    ["a header twice", "/xapi/statements?method=GET", [["If-Match", "*"], ["If-Match", "*"]], {}],
  ] as [string, string, Form, Record<string, string>][]) {
    it(`refuses ${what} with 400`, async () => {
      expect(await refused(send(path, form, { [version]: "1.0.3", Authorization: all.authorization, ...headers }))).to.equal("400 wrong_request");
    });
  }

  it("refuses repeated parameters with 400, a form too large with 413, and one without a credential with 401", async () => {
    expect(await refused(send("/xapi/statements?method=GET", [["Authorization", all.authorization], [version, "1.0.3"], ["limit", "1"], ["limit", "2"]]))).to.match(/^400 /);
    expect(await refused(send("/xapi/statements?method=GET", { agent: "x".repeat(60_000) }))).to.equal("413 body_too_large");
    expect(await refused(send("/xapi/statements?method=GET", [[version, "1.0.3"]]))).to.equal("401 credentials_required");
  });

  it("refuses content larger than the store takes with 413", async () => {
    const limit = (limits: object) => host.database.run(sql`update lrs_store set limits = ${JSON.stringify(limits)} where id = 1`).then(() => forgetStores(host.context));
    const put = () => send("/xapi/activities/state?method=PUT", { activityId, agent: ann, stateId: "large", content: "x".repeat(2001), "Content-Type": "text/plain" });
    await limit({ maxBodyBytes: 2000 });
    expect(await refused(put())).to.equal("413 body_too_large");
    await limit({});
    expect((await put()).status).to.equal(204);
  });

  it("does not know method as a parameter of anything but POST", async () => {
    const old = await resource(host, "/xapi/statements", "1.0.3");
    for (const name of ["PUT", "GET"]) expect((await old(name, { method: "POST", statementId: uuid(5) }, { body: name === "PUT" ? statement() : undefined })).status).to.equal(400);
  });
});
