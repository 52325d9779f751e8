import { expect } from "chai";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { activityId, ann, resource, type Resource, type Sending } from "./resource-client.ts";
import { statement, uuid } from "./support.ts";

const large = "x".repeat(50_001);
const deep = `{"http://example.org/e":${"[".repeat(60)}${"]".repeat(60)}}`;
const state = { activityId, agent: ann, stateId: "there" };
const profile = { agent: ann, profileId: "there" };
const octets = { "Content-Type": "application/octet-stream" };

/** What is asked, of whom, and how it is refused: status, code, and pointer with clause of each problem. */
const cases: [string, string, string, Record<string, string>, Sending, string, string[]][] = [
  ["statements in a body too large", "/xapi/statements", "POST", {}, { body: statement({ result: { response: large } }) }, "413 body_too_large", [" Communication 3.2"]],
  ["a state too large", "/xapi/activities/state", "PUT", state, { body: large, headers: octets }, "413 body_too_large", [" Communication 3.2"]],
  ["one statement of many that is not valid", "/xapi/statements", "POST", {}, { body: [statement(), statement({ verb: { id: "tried" } })] }, "400 invalid_statements", ["/1/verb/id Data 2.4.3"]],
  ["one statement of many nested too deep", "/xapi/statements", "POST", {}, { body: JSON.stringify([statement(), statement({ result: { extensions: "deep" } })]).replace('"deep"', deep) }, "400 json_too_deep", ["/1 Communication 3.2"]],
  ["one statement of many that is another's", "/xapi/statements", "POST", {}, { body: [statement(), statement({ id: uuid(1), result: { success: true } })] }, "409 statement_conflict", ["/1/id Communication 2.1.1"]],
  ["too many statements", "/xapi/statements", "POST", {}, { body: Array.from({ length: 6 }, () => statement()) }, "413 too_many_statements", [" Communication 3.2"]],
  ["a PUT with another id in its body", "/xapi/statements", "PUT", { statementId: uuid(2) }, { body: statement({ id: uuid(3) }) }, "400 wrong_request", ["/id Communication 2.1.1"]],
  ["bytes that are no JSON", "/xapi/statements", "POST", {}, { body: "{" }, "400 invalid_json", [" Communication 1.4"]],
  ["a body that does not inflate", "/xapi/statements", "POST", {}, { body: "plain", headers: { "Content-Encoding": "gzip" } }, "400 bad_body", [" Communication 3.2"]],
  ["a statement that is not there", "/xapi/statements", "GET", { statementId: uuid(9) }, {}, "404 no_such_statement", [" Communication 2.1.3"]],
  ["parameters that are unknown, and wrong", "/xapi/statements", "GET", { limt: "1", since: "now" }, {}, "400 invalid_parameters", ["/limt Communication 3.2", "/since Communication 3.2"]],
  ["parameters that do not go together", "/xapi/statements", "GET", { statementId: uuid(1), limit: "1" }, {}, "400 invalid_parameters", ["/limit Communication 2.1.3"]],
  ["an agent that is none", "/xapi/agents", "GET", { agent: '{"mbox":"ann"}' }, {}, "400 invalid_parameters", ["/agent Data 2.4.2.3"]],
  ["a state that says it is JSON", "/xapi/activities/state", "PUT", state, { body: "{" }, "400 invalid_json", [" Communication 2.2"]],
  ["a merge of what is no object", "/xapi/activities/state", "POST", state, { body: "[]" }, "400 not_mergeable", [" Communication 2.2"]],
  ["a state that is there", "/xapi/activities/state", "PUT", state, { body: {} }, "409 document_exists", [" Communication 3.1"]],
  ["a state that is another by now", "/xapi/activities/state", "PUT", state, { body: {}, headers: { "If-Match": '"other"' } }, "412 precondition_failed", [" Communication 3.1"]],
  ["a tag that is none", "/xapi/activities/state", "PUT", state, { body: {}, headers: { "If-Match": "[]" } }, "400 wrong_request", [" Communication 3.1"]],
  ["a condition on many states", "/xapi/activities/state", "DELETE", { activityId, agent: ann }, { headers: { "If-Match": '"one"' } }, "400 wrong_request", [" Communication 3.1"]],
  ["a state that is not there", "/xapi/activities/state", "GET", { ...state, stateId: "gone" }, {}, "404 no_such_document", [" Communication 3.2"]],
  ["a profile of 1.0.3 without a condition", "/xapi/agents/profile", "PUT", profile, { body: {}, headers: { "X-Experience-API-Version": "1.0.3" } }, "400 condition_required", [" Communication 3.1"]],
  ["no version", "/xapi/statements", "GET", {}, { headers: { "X-Experience-API-Version": undefined } }, "400 version_required", [" Communication 3.3"]],
  ["a version that is not spoken", "/xapi/statements", "GET", {}, { headers: { "X-Experience-API-Version": "0.95" } }, "400 version_not_spoken", [" Communication 3.3"]],
  ["the alternate syntax in 2.0", "/xapi/statements", "POST", { method: "GET" }, { body: "limit=1", headers: { "Content-Type": "application/x-www-form-urlencoded" } }, "400 wrong_request", [" Communication 1.3"]],
];

describe("records: refusals say where, and which clause says so", () => {
  let host: TestHost;
  const resources = new Map<string, Resource>();
  before(async () => {
    host = await testHost({ settings: { records: { maxBodyBytes: 50_000, maxStatements: 5, maxDepth: 50 } } });
    for (const path of new Set(cases.map(([, each]) => each))) resources.set(path, await resource(host, path));
    await resources.get("/xapi/statements")!("POST", "", { body: statement({ id: uuid(1) }) });
    await resources.get("/xapi/activities/state")!("PUT", state, { body: {} });
  });
  after(() => host.stop());

  const told = (json: unknown) => (json as { errors: { pointer: string; clause: string }[] }).errors.map(({ pointer, clause }) => `${pointer} ${clause}`);

  for (const [what, path, method, query, sending, answer, problems] of cases) {
    it(`of ${what}`, async () => {
      const { status, json } = await resources.get(path)!(method, query, sending);
      expect([`${status} ${(json as { code: string }).code}`, told(json)]).to.deep.equal([answer, problems]);
    });
  }

  it("of a key that lacks a scope, or reaches no further than its limits", async () => {
    const reader = await resource(host, "/xapi/statements", "2.0.0", ["statements/read"]);
    const refusal = (await reader("POST", "", { body: statement() })).json;
    expect(told(refusal)).to.deep.equal([" Communication 3.2"]);
    const kept = await resource(host, "/xapi/statements", "2.0.0", ["all"], { limits: { activity: "http://example.org/golf" } });
    expect(told((await kept("POST", "", { body: [statement(), statement()] })).json)).to.deep.equal(["/0/object/id Communication 3.2", "/1/object/id Communication 3.2"]);
    const states = await resource(host, "/xapi/activities/state", "2.0.0", ["all"], { limits: { activity: "http://example.org/golf" } });
    expect(told((await states("GET", state)).json)).to.deep.equal(["/activityId Communication 3.2"]);
  });
});
