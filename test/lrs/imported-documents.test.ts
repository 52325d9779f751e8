import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import * as privacy from "../../core/lrs/privacy/requests.ts";
import { everythingOf } from "../../core/lrs/privacy/export.ts";
import { documentLines } from "../../core/lrs/transfers/document-lines.ts";
import { carryOn } from "../../core/lrs/transfers/import.ts";
import * as imports from "../../core/lrs/transfers/imports.ts";
import { person, testHost, type TestHost } from "../../core/testing/index.ts";
import { memoryOf } from "./many-statements.ts";
import { client } from "./http-support.ts";
import { activityId, ann, resource } from "./resource-client.ts";
import { statement, uuid } from "./support.ts";

const bytes = Buffer.from([0, 255, 10, 13, 92, 117]);
const told = (changes: Record<string, unknown> = {}) => ({
  document: { kind: "state", activityId, agent: JSON.parse(ann) as object, id: "place", contentType: "application/octet-stream", content: bytes.toString("base64"), ...changes },
});

describe("records: documents in exports and imports", () => {
  let host: TestHost;
  before(async () => {
    host = await testHost();
    const [states, agents, activities] = await Promise.all(["/xapi/activities/state", "/xapi/agents/profile", "/xapi/activities/profile"].map((path) => resource(host, path)));
    const octets = { headers: { "Content-Type": "application/octet-stream" } };
    await states!("PUT", { activityId, agent: ann, stateId: "bytes" }, { body: bytes, ...octets });
    await states!("PUT", { activityId, agent: ann, stateId: "bytes", registration: uuid(1) }, { body: { place: 12 } });
    await states!("PUT", { activityId: `${activityId}/two`, agent: JSON.stringify({ account: { homePage: "https://e.example", name: "nul\0l" } }), stateId: "ü\0" }, { body: "here", headers: { "Content-Type": "text/plain; charset=utf-8" } });
    await agents!("PUT", { agent: ann, profileId: "likes" }, { body: '{"big":12345678901234567890}', headers: { "Content-Type": "application/json" } });
    await activities!("PUT", { activityId, profileId: "levels" }, { body: [] });
    await (await client(host)).post(statement({ id: uuid(5) }));
  });
  after(() => host.stop());

  let files = 0;
  const begun = async (on: TestHost, text: string) => {
    const path = join(on.context.site.dataDir, `documents-${++files}.ndjson`);
    await writeFile(path, text);
    return (await imports.beginOf(on.context, { store: 1, path, fileName: "documents.ndjson" })).id;
  };
  const imported = async (on: TestHost, text: string) => {
    const id = await begun(on, text);
    await carryOn(on.context, id);
    return imports.get(on.context, id);
  };
  const ndjson = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const kept = (of: TestHost) => of.database.rows(sql`select key, kind, context, registration, id, agent, about, content, content_type, etag from lrs_document order by key`);
  const exported = async (query: string) => (await host.request("GET", `/api/v1/records/statements.ndjson?${query}`, { token: await (await person(host, { roles: ["administrator"] })).token() })).text;
  const idsIn = (text: string) => text.split("\n").filter((line) => line.startsWith('{"document"')).map((line) => (JSON.parse(line) as { document: { id: string } }).document.id);

  it("go from one site to another beside statements, byte for byte, and both have one digest", async () => {
    const text = await exported("documents=true");
    expect([text.split("\n").length, idsIn(text).length]).to.deep.equal([7, 5]);
    expect((await host.database.one<{ detail: object }>(sql`select detail from audit_entry where action = 'records.exported'`)).detail).to.include({ form: "ndjson", documents: true });
    const other = await testHost();
    try {
      const report = await imported(other, text);
      expect(report).to.include({ state: "done", lines: 6, stored: 1, refused: 0, documents: 5, documentsStored: 5, documentsThere: 0 });
      expect(report.sourceDocuments).to.match(/^[0-9a-f]{64}$/).and.equal(report.targetDocuments);
      expect(await kept(other)).to.deep.equal(await kept(host));
      const digests = await Promise.all([host, other].map(async (each) => (await each.request("GET", "/api/v1/records/digest", { token: await (await person(each, { roles: ["administrator"] })).token() })).json as { documents: number; documentsSha256: string }));
      expect(digests.map(({ documents, documentsSha256 }) => [documents, documentsSha256])).to.deep.equal([[5, report.sourceDocuments], [5, report.sourceDocuments]]);
      expect(await imported(other, text)).to.include({ documentsStored: 0, documentsThere: 5, there: 1, refused: 0 });
    } finally {
      await other.stop();
    }
  });

  it("come as the export of one person has them, too", async () => {
    let text = "";
    for await (const piece of everythingOf(host.context, [{ mbox: "mailto:ann@example.org" }], null, "everywhere")) text += piece;
    const report = await imported(host, text);
    expect(report).to.include({ documentsThere: 3, there: 1, refused: 0 });
  });

  for (const [what, query, wanted] of [
    ["an agent", { agent: ann }, ["bytes", "bytes", "likes"]],
    ["an activity", { activity: activityId }, ["bytes", "bytes", "levels"]],
    ["a registration", { registration: uuid(1) }, ["bytes"]],
    ["an activity and an agent", { activity: `${activityId}/two`, agent: ann }, []],
    ["a time to come", { since: "2999-01-01" }, []],
    ["a time that is over", { until: "1999-01-01" }, []],
    ["a verb, which no document has", { verb: "http://example.org/verbs/tried" }, []],
  ] as [string, Record<string, string>, string[]][]) {
    it(`are exported with the filter of ${what}`, async () => {
      expect(idsIn(await exported(new URLSearchParams({ documents: "true", ...query }).toString()))).to.have.members(wanted);
    });
  }

  it("leave what is there with other content as it is", async () => {
    const report = await imported(host, ndjson(told({ id: "bytes", content: "AAAA" }), told({ id: "new" }), told({ id: "new" }), told({ id: "new", contentType: "text/plain" })));
    expect(report).to.include({ documents: 4, documentsStored: 1, documentsThere: 0, refused: 2 });
    expect(report.sourceDocuments).to.not.equal(report.targetDocuments);
    const problems = await host.database.rows(sql`select line::int, code, clause from lrs_import_problem where import_id = ${report.id} order by line`);
    expect(problems).to.deep.equal([{ line: 1, code: "document_exists", clause: "Communication 3.1" }, { line: 4, code: "document_exists", clause: "Communication 3.1" }]);
  });

  it("are counted once when an import is begun again after a crash between them and the place in the file", async () => {
    const id = await begun(host, ndjson(...Array.from({ length: 510 }, (_, index) => told({ id: `crash ${index}` }))));
    expect(await carryOn(host.context, id, () => true)).to.equal("enough");
    await host.database.run(sql`update lrs_import set offset_bytes = 0, lines = 0, documents = 0 where id = ${id}`);
    expect(await carryOn(host.context, id)).to.equal("done");
    const report = await imports.get(host.context, id);
    expect(report).to.include({ documents: 510, documentsStored: 510, documentsThere: 0, refused: 0 });
    expect(report.sourceDocuments).to.equal(report.targetDocuments);
    expect(await host.database.rows(sql`select from lrs_import_document where import_id = ${id}`)).to.deep.equal([]);
  });

  for (const [what, changes, code, pointer] of [
    ["a kind that is none", { kind: "note" }, "invalid_document", "/document/kind"],
    ["content that is no base64", { content: "é" }, "invalid_document", "/document/content"],
    ["a content type that no header can have", { contentType: "text/plain\r\nX: y" }, "invalid_document", "/document/contentType"],
    ["an ETag that is not that of its content", { etag: "0".repeat(40) }, "invalid_document", "/document/etag"],
    ["JSON that is none", { contentType: "application/json", content: "ew==" }, "invalid_json", ""],
    ["an agent that is none", { agent: { mbox: "ann" } }, "invalid_document", "/document/agent"],
    ["no activity", { activityId: undefined }, "invalid_document", "/document/activityId"],
    ["no id", { id: undefined }, "invalid_document", "/document/id"],
    ["an activity where there is none", { kind: "agent-profile" }, "invalid_document", "/document/activityId"],
  ] as [string, Record<string, unknown>, string, string][]) {
    it(`are refused with ${what}, and the place is told`, async () => {
      const report = await imported(host, ndjson(told(changes)));
      expect(report).to.include({ refused: 1, documentsStored: 0 });
      expect(await host.database.one(sql`select line::int, code, pointer from lrs_import_problem where import_id = ${report.id}`)).to.deep.equal({ line: 1, code, pointer });
    });
  }

  it("of somebody whose records were erased, and of whom no more are taken, are refused", async () => {
    await host.context.transact((tx) => privacy.begin(tx.as("records"), { agents: [{ mbox: "mailto:gone@example.org" }], choices: { actor: "erase", instructor: "keep", authority: "keep", mention: "keep", documents: "erase" }, later: "refuse" }));
    const report = await imported(host, ndjson(told({ agent: { mbox: "mailto:gone@example.org" } })));
    expect(report).to.include({ refused: 1, documentsStored: 0 });
    expect(await host.database.one(sql`select code, pointer from lrs_import_problem where import_id = ${report.id}`)).to.deep.equal({ code: "agent_forgotten", pointer: "/document/agent" });
  });

  it("are sent with a fraction of them in memory", async function () {
    this.timeout(120_000);
    await host.database.run(sql`
      insert into lrs_document (store, key, kind, context, id, about, content, content_type, etag)
      select 1, sha256(convert_to('large' || i, 'UTF8')), 'activity-profile', '', '', '{"activityId":"http://e/large"}', convert_to(repeat(md5(i::text), 65536), 'UTF8'), 'text/plain', '' from generate_series(1, 24) as i`);
    let length = 0;
    const most = await memoryOf(async (look) => {
      let lines = 0;
      for await (const line of documentLines(host.context.db, { store: 1, activity: "http://e/large" })) {
        length += line.length;
        if (++lines % 4 === 0) look();
      }
    });
    expect(length / 2 ** 20).to.be.above(60);
    expect(most / 2 ** 20).to.be.below(40);
  });
});
