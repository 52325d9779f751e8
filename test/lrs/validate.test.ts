import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { jsonPart, multipart, partWith, told } from "./multipart-support.ts";
import { statement, uuid } from "./support.ts";

const mixed = "multipart/mixed; boundary=here";
const usageType = "http://adlnet.gov/expapi/attachments/signature";
const nested = (depth: number) => `{"http://example.org/e":${"[".repeat(depth)}${"]".repeat(depth)}}`;
const deep = (depth: number) => JSON.stringify(statement({ result: { extensions: "here" } })).replace('"here"', nested(depth));

/** What is sent, its type, and how it is answered: status, code, and pointer with clause of each problem. */
const cases: [string, Buffer | string | object, string, number, string | null, string[]][] = [
  ["a statement", statement(), "application/json", 200, null, []],
  ["two statements", [statement({ id: uuid(2) }), statement()], "application/json", 200, null, []],
  ["one that is there already", statement({ id: uuid(1) }), "application/json", 200, null, []],
  ["one with an attachment", multipart([jsonPart(statement({ attachments: [told("essay")] })), partWith("essay")]), mixed, 200, null, []],
  ["invalid ones", [statement(), statement({ verb: { id: "x" } }), { actor: {} }], "application/json", 400, "invalid_statements", ["/1/verb/id Data 2.4.3", "/2/actor Data 2.4.2.1", "/2/verb Data 2.4", "/2/object Data 2.4"]],
  ["an invalid one alone", statement({ verb: {} }), "application/json", 400, "invalid_statements", ["/verb/id Data 2.4.3"]],
  ["an id twice", [statement({ id: uuid(2) }), statement({ id: uuid(2) })], "application/json", 400, "invalid_statements", ["/1/id Communication 2.1.2"]],
  ["a member twice", JSON.stringify([statement()]).replace("[{", '[{"verb":{"id":"http://e/v"},'), "application/json", 400, "invalid_statements", ["/0/verb Data 2.2"]],
  ["a member twice deep within", JSON.stringify([statement(), statement({ result: { score: {} } })]).replace('"score":{}', '"score":{"raw":1,"raw":2}'), "application/json", 400, "invalid_statements", ["/1/result/score/raw Data 2.2"]],
  ["a conflict", [statement(), statement({ id: uuid(1), result: { success: true } })], "application/json", 409, "statement_conflict", ["/1/id Communication 2.1.1"]],
  ["a conflict alone", statement({ id: uuid(1), result: { success: true } }), "application/json", 409, "statement_conflict", ["/id Communication 2.1.1"]],
  ["an attachment without its bytes", [statement(), statement({ attachments: [told("essay")] })], "application/json", 400, "invalid_statements", ["/1/attachments/0/sha2 Communication 1.5.2"]],
  ["a part too many", multipart([jsonPart(statement()), partWith("essay")]), mixed, 400, "invalid_statements", [" Communication 1.5.2"]],
  ["a signature that is none", multipart([jsonPart([statement({ attachments: [told("essay", { usageType })] })]), partWith("essay")]), mixed, 400, "invalid_statements", ["/0/attachments/0 Data 2.6"]],
  ["an attachment that is too large", multipart([jsonPart(statement({ attachments: [told("x".repeat(1001))] })), partWith("x".repeat(1001))]), mixed, 413, "attachment_too_large", [" Communication 3.2"]],
  ["broken multipart", "--her", mixed, 400, "invalid_multipart", [" Communication 1.5.2"]],
  ["another first part", multipart([partWith("essay")]), mixed, 400, "wrong_request", [" Communication 1.5.2"]],
  ["another type", "x", "text/plain", 400, "wrong_request", [" Communication 1.5"]],
  ["no JSON", "{", "application/json", 400, "invalid_json", [" Communication 1.4"]],
  ["no UTF-8", Buffer.from([0x22, 0xff, 0x22]), "application/json", 400, "invalid_json", [" Communication 1.4"]],
  ["too many statements", Array.from({ length: 6 }, () => statement()), "application/json", 413, "too_many_statements", [" Communication 3.2"]],
  ["one nested too deep", `[${JSON.stringify(statement())},${deep(60)}]`, "application/json", 400, "json_too_deep", ["/1 Communication 3.2"]],
  ["one nested deep", deep(40), "application/json", 200, null, []],
];

describe("records: POST /xapi/statements/validate", () => {
  let host: TestHost;
  let all: Client;
  before(async () => {
    host = await testHost({ settings: { records: { maxAttachmentBytes: 1000, maxStatements: 5, maxDepth: 50 } } });
    all = await client(host);
    await all.post(statement({ id: uuid(1) }));
  });
  after(() => host.stop());

  const everything = () => host.database.one(sql`select (select count(*) from statement) as statements, (select count(*) from statement_id) as ids, (select count(*) from lrs_attachment) as attachments`);
  async function send(path: string, body: Buffer | string | object, contentType: string, from = all): Promise<{ status: number; json: Record<string, unknown> }> {
    const content = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const response = await fetch(host.url + path, { method: "POST", body: content as BodyInit, headers: { Authorization: from.authorization, "X-Experience-API-Version": "2.0.0", "Content-Type": contentType } });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  }

  for (const [what, body, contentType, status, code, problems] of cases) {
    it(`foretells what comes of ${what}, stores nothing, and the POST is answered so`, async () => {
      const before = await everything();
      const { json: trial, ...answer } = await send("/xapi/statements/validate", body, contentType);
      expect(answer.status).to.equal(200);
      expect(trial).to.include({ status, code });
      const errors = trial.errors as { statement: number | null; pointer: string; clause: string; message: string }[];
      expect(errors.map(({ pointer, clause }) => `${pointer} ${clause}`)).to.deep.equal(problems);
      expect(await everything()).to.deep.equal(before);

      const posted = await send("/xapi/statements", body, contentType);
      expect(posted.status).to.equal(status);
      if (code === null) return;
      expect(posted.json).to.include({ code, detail: trial.message });
      expect(posted.json.errors).to.deep.equal(errors.map(({ statement: _, ...problem }) => problem));
      expect(await everything()).to.deep.equal(before);
    });
  }

  it("says what becomes of each statement", async () => {
    const { json } = await send("/xapi/statements/validate", [statement(), statement({ id: uuid(1) }), statement({ id: uuid(30).toUpperCase() })], "application/json");
    expect(json.statements).to.deep.equal([{ id: null, outcome: "stored" }, { id: uuid(1), outcome: "there already" }, { id: uuid(30), outcome: "stored" }]);
    const refused = await send("/xapi/statements/validate", [statement(), statement({ id: uuid(1), timestamp: "2025-01-01T00:00:00Z" })], "application/json");
    expect(refused.json.statements).to.deep.equal([{ id: null, outcome: "not stored" }, { id: uuid(1), outcome: "conflict" }]);
    expect((refused.json.errors as { statement: number }[]).map(({ statement: place }) => place)).to.deep.equal([1]);
  });

  it("says the number of every limit", async () => {
    const { json } = await send("/xapi/statements", Array.from({ length: 6 }, () => statement()), "application/json");
    expect(json).to.deep.include({ maxStatements: 5, detail: "The request has 6 statements; 5 are allowed here." });
    expect((await send("/xapi/statements", deep(60), "application/json")).json).to.deep.include({ maxDepth: 50, detail: "The JSON is nested deeper than 50." });
  });

  it("needs the scope that a POST needs", async () => {
    const { status, json } = await send("/xapi/statements/validate", statement(), "application/json", await client(host, ["statements/read"]));
    expect([status, json.code]).to.deep.equal([403, "scope_missing"]);
  });
});
