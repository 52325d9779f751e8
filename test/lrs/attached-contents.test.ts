import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { system } from "../../core/kernel/permissions.ts";
import * as requests from "../../core/lrs/privacy/requests.ts";
import { carryOn as erase } from "../../core/lrs/privacy/run.ts";
import { dropExpired } from "../../core/lrs/stores/retention.ts";
import { carryOn } from "../../core/lrs/transfers/import.ts";
import * as imports from "../../core/lrs/transfers/imports.ts";
import { person, testHost, type TestHost } from "../../core/testing/index.ts";
import { statement, uuid } from "./support.ts";

const sha2Of = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const told = (bytes: Buffer, changes: object = {}) => ({ usageType: "http://e/photo", display: { en: "A photo" }, contentType: "image/png", length: bytes.length, sha2: sha2Of(bytes), ...changes });
const lineFor = (bytes: Buffer, sha2 = sha2Of(bytes)) => ({ attachment: { sha2, contentType: "image/png", content: bytes.toString("base64") } });

describe("records: attachments in exports and imports", () => {
  let host: TestHost;
  const large = Buffer.from(Array.from({ length: 2_000_001 }, (_, index) => (index * 7) % 256));
  const small = Buffer.from([0, 255, 10, 13]);
  before(async function () {
    host = await testHost();
    const { there } = await host.database.one<{ there: boolean }>(sql`select to_regclass('lrs_attachment') is not null as there`);
    if (there) return;
    console.log("      The tables of attachments are not there.");
    this.skip();
  });
  after(() => host?.stop());

  const imported = async (to: TestHost, text: string) => {
    const path = join(to.context.site.dataDir, "attached.ndjson");
    await writeFile(path, text);
    const { id } = await imports.beginOf(to.context, { store: 1, path, fileName: "attached.ndjson" });
    await carryOn(to.context, id);
    return imports.get(to.context, id);
  };
  const ndjson = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const contentsOf = (of: TestHost) => of.database.rows<{ id: string; sha2: string; content: Buffer }>(sql`
    select s.id, sha2, content from statement_attachment join lrs_attachment using (store, sha2) join statement s using (store, seq) order by s.id, sha2`);

  it("are kept with their statements, once however many share them", async () => {
    const report = await imported(
      host,
      ndjson(lineFor(large), lineFor(small), statement({ id: uuid(1), attachments: [told(large), told(small)] }), statement({ id: uuid(2), attachments: [told(large)] }), statement({ id: uuid(3), attachments: [told(Buffer.from("elsewhere"), { fileUrl: "https://e.example/x" })] })),
    );
    expect(report).to.include({ stored: 3, refused: 0, attachments: 2 });
    const kept = await contentsOf(host);
    expect(kept.map(({ id, sha2 }) => [id, sha2])).to.have.deep.members([[uuid(1), sha2Of(large)], [uuid(1), sha2Of(small)], [uuid(2), sha2Of(large)]]);
    expect(kept.find(({ sha2 }) => sha2 === sha2Of(large))!.content.equals(large)).to.equal(true);
  });

  it("are exported with statements that they came with, and with no other that tells of the same hash", async () => {
    const token = await (await person(host, { roles: ["administrator"] })).token();
    await imported(host, ndjson(statement({ id: uuid(21), verb: { id: "http://e/guessed" }, attachments: [told(Buffer.from("guessed"), { fileUrl: "https://e.example/x" })] })));
    await imported(host, ndjson(lineFor(Buffer.from("guessed"))));
    const { text } = await host.request("GET", "/api/v1/records/statements.ndjson?attachments=true&verb=http://e/guessed", { token });
    expect(text).to.include("/guessed").and.not.include('{"attachment"');
  });

  it("do not come back to a statement that was erased, and go in the night", async () => {
    const bytes = Buffer.from("of somebody who wanted to be forgotten");
    const text = ndjson(lineFor(bytes), statement({ id: uuid(31), actor: { mbox: "mailto:gone@example.org" }, attachments: [told(bytes)] }));
    await imported(host, text);
    const ctx = host.context.by(system).as("records");
    const { id } = await requests.begin(ctx, { agents: [{ mbox: "mailto:gone@example.org" }], choices: { actor: "erase", instructor: "erase", authority: "erase", mention: "erase", documents: "erase" }, later: "store" });
    await erase(ctx, id);
    const left = async () => (await host.database.one<{ links: number; contents: number }>(sql`
      select (select count(*)::int from statement_attachment where sha2 = ${sha2Of(bytes)}) as links, (select count(*)::int from lrs_attachment where sha2 = ${sha2Of(bytes)}) as contents`));
    expect(await left()).to.deep.equal({ links: 0, contents: 0 });
    expect(await imported(host, `${text}\n`)).to.include({ stored: 0, there: 1 });
    expect(await left()).to.deep.equal({ links: 0, contents: 1 });
    await host.database.run(sql`update lrs_attachment set created_at = now() - interval '2 days'`);
    await dropExpired(host.context);
    expect(await left()).to.deep.equal({ links: 0, contents: 0 });
    expect(await contentsOf(host)).to.have.length(3);
  });

  it("are refused when their bytes are not what their hash says, and missed when they are nowhere", async () => {
    const report = await imported(host, ndjson(lineFor(small, sha2Of(large)), statement({ id: uuid(11), attachments: [told(Buffer.from("nowhere"))] })));
    expect(report).to.include({ stored: 1, refused: 1, attachments: 0 });
    const problems = await host.database.rows<{ code: string }>(sql`select line::int, code from lrs_import_problem where import_id = ${report.id} order by line`);
    expect(problems).to.deep.equal([{ line: 1, code: "invalid_attachment" }, { line: 2, code: "attachment_missing" }]);
  });

  it("go from one site to another, byte for byte", async () => {
    const token = await (await person(host, { roles: ["administrator"] })).token();
    const { text } = await host.request("GET", "/api/v1/records/statements.ndjson?attachments=true&voided=true", { token });
    expect(text.split("\n").filter((line) => line.startsWith('{"attachment"'))).to.have.length(2);
    const other = await testHost();
    try {
      const report = await imported(other, text);
      expect(report).to.include({ stored: 5, refused: 0, attachments: 2 });
      expect(report.sourceDigest).to.equal(report.targetDigest);
      expect(await contentsOf(other)).to.deep.equal(await contentsOf(host));
    } finally {
      await other.stop();
    }
  });
});
