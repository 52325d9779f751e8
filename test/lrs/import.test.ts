import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as immediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { refuse } from "../../core/kernel/errors.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { sql } from "../../core/db/sql.ts";
import { carryOn } from "../../core/lrs/transfers/import.ts";
import { inOrder, linesOf } from "../../core/lrs/transfers/import-lines.ts";
import * as imports from "../../core/lrs/transfers/imports.ts";
import { person, testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { statement, uuid } from "./support.ts";

const source = { authority: { objectType: "Agent", name: "The old store", mbox: "mailto:old@example.org" }, stored: "2024-05-06T07:08:09.123Z", timestamp: "2024-05-06T07:08:00Z", version: "1.0.0" };
const old = (number: number, changes: Record<string, unknown> = {}) => statement({ id: uuid(number), ...source, ...changes });
const textOf = (lines: readonly (object | string)[]) => lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");

const doorkeeper = definePlugin({
  name: "doorkeeper",
  version: "1.0.0",
  summary: "Lets no banned statement in.",
  hooks: { "statement.receiving": (_, { statement: { verb } }) => ((verb as { id: string }).id.endsWith("/banned") ? refuse("forbidden", "This verb is banned.") : undefined) },
});

describe("records: imports", () => {
  let host: TestHost;
  let all: Client;
  let boss: Awaited<ReturnType<typeof person>>;
  let files = 0;
  before(async () => {
    host = await testHost({ plugins: [doorkeeper] });
    all = await client(host);
    boss = await person(host, { name: "Grace Hopper", roles: ["administrator"] });
  });
  after(() => host.stop());

  const file = async (lines: readonly (object | string)[]) => {
    const path = join(host.context.site.dataDir, `file-${++files}.ndjson`);
    await writeFile(path, textOf(lines));
    return path;
  };
  const imported = async (lines: readonly (object | string)[]) => {
    const { id } = await imports.beginOf(host.context, { store: 1, path: await file(lines), fileName: "all.ndjson" });
    expect(await carryOn(host.context, id)).to.equal("done");
    return imports.get(host.context, id);
  };
  const problemsOf = (id: string) => host.database.rows<{ line: string; code: string; pointer: string; clause: string | null; statementId: string | null }>(sql`select line, code, pointer, clause, statement_id from lrs_import_problem where import_id = ${id} order by line, position`);

  it("keeps ids, times and every digit, sets stored and authority anew, and says what they were", async () => {
    const begun = Date.now();
    const exact = JSON.stringify(old(1)).replace(/}$/, ',"result":{"extensions":{"http://e/x":12345678901234567890}}}');
    const report = await imported([exact, old(2, { version: "2.0.0", context: { contextAgents: [{ objectType: "contextAgent", agent: { mbox: "mailto:c@example.org" } }] } }), old(3, { stored: "2025-01-01T00:00:00Z", timestamp: undefined, authority: undefined })]);
    expect(report).to.include({ state: "done", lines: 3, statements: 3, stored: 3, there: 0, refused: 0, storedFrom: "2024-05-06T07:08:09.123000Z", storedUntil: "2025-01-01T00:00:00.000000Z" });
    expect(JSON.parse(report.authorities)).to.deep.equal({ "The old store": 2, Nobody: 1 });
    const { text } = await all.send("GET", { statementId: uuid(1) });
    expect(text).to.include("12345678901234567890");
    const one = JSON.parse(text) as Record<string, unknown> & { stored: string; authority: object };
    expect(one).to.deep.include({ id: uuid(1), timestamp: source.timestamp, version: "1.0.0" });
    expect(Date.parse(one.stored)).to.be.at.least(begun - 1);
    expect(one.authority).to.deep.equal({ objectType: "Agent", name: "Import of all.ndjson", account: { homePage: host.url, name: `import-${report.id}` } });
    expect((await all.send("GET", { statementId: uuid(3) })).json).to.include({ timestamp: "2025-01-01T00:00:00Z" });
  });

  it("counts what is there already, and leaves what is there with other content as it is", async () => {
    await all.post(statement({ id: uuid(11), ...source }));
    await all.post(statement({ id: uuid(12) }));
    const report = await imported([old(10), old(11), old(12, { result: { success: true } }), old(10)]);
    expect(report).to.include({ statements: 4, stored: 1, there: 1, refused: 1 });
    expect(report.sourceDigest).to.match(/^[0-9a-f]{64}$/).and.not.equal(report.targetDigest);
    expect(await problemsOf(report.id)).to.deep.equal([{ line: "3", code: "statement_conflict", pointer: "/id", clause: "Communication 2.1.1", statementId: uuid(12) }]);
    expect((await all.send("GET", { statementId: uuid(12) })).json).to.not.have.property("result");
    const again = await imported([old(10), old(11)]);
    expect(again).to.include({ stored: 0, there: 2, refused: 0 });
    expect(again.sourceDigest).to.equal(again.targetDigest);
  });

  it("says of each line that is refused where and why, and stores the others", async () => {
    const report = await imported([old(21), "{not json", "", old(22, { verb: { id: "tried" } }), "[]", statement(), old(23, { verb: { id: "http://e/banned" } }), Buffer.from([0x7b, 0xff]).toString("latin1"), old(24)]);
    expect(report).to.include({ lines: 9, stored: 2, refused: 6 });
    expect((await problemsOf(report.id)).map(({ line, code, pointer, clause }) => [Number(line), code, pointer, clause])).to.deep.equal([
      [2, "invalid_json", "", null],
      [4, "invalid_format", "/verb/id", "Data 2.4.3"],
      [5, "invalid_statements", "", null],
      [6, "missing_property", "/id", "Data 2.4.1"],
      [7, "forbidden", "", null],
      [8, "invalid_json", "", null],
    ]);
    expect(report.sourceDigest).to.not.equal(report.targetDigest); // the banned one was valid
  });

  it("says of a line what no column of the database could hold", async () => {
    const { id, refused } = await imported([old(70, { "a\ud800b": 1, "c\0d": 1 }), { ...old(71), id: "\udc00\0" }]);
    expect(refused).to.equal(2);
    expect((await problemsOf(id)).map(({ line, pointer, statementId }) => [line, pointer, statementId])).to.deep.equal([
      ["1", "/a\ufffdb", uuid(70)],
      ["1", "/c\ufffdd", uuid(70)],
      ["2", "/id", "\ufffd\ufffd"],
    ]);
  });

  it("finds one bad statement among thousands without trying each", async () => {
    const lines = Array.from({ length: 1100 }, (_, index) => old(10_000 + index));
    await all.post(statement({ id: uuid(10_700), result: { success: false } }));
    const report = await imported(lines);
    expect(report).to.include({ stored: 1099, refused: 1 });
    expect((await problemsOf(report.id)).map(({ line }) => line)).to.deep.equal(["701"]);
  });

  it("stores batches side by side, and of two statements under one id the first, however far the other is", async () => {
    const lines = Array.from({ length: 1500 }, (_, index) => old(60_000 + index));
    lines[700] = old(60_003, { result: { success: false } });
    lines[1400] = old(60_702);
    const report = await imported(lines);
    expect(report).to.include({ lines: 1500, statements: 1500, stored: 1498, refused: 1 });
    expect((await problemsOf(report.id)).map(({ line, code }) => [line, code])).to.deep.equal([["701", "statement_conflict"]]);
  });

  it("works on so many at once, gives what became of them in order, and ends with what is under way", async () => {
    const begun: number[] = [];
    const doors = new Map<number, () => void>();
    const work = (item: number) => new Promise<number>((resolve) => {
      begun.push(item);
      doors.set(item, () => resolve(item * 10));
    });
    async function* items() {
      for (const item of [1, 2, 12, 3]) yield await Promise.resolve(item);
    }
    const results = inOrder(items(), work, { count: 2, apart: (one, other) => one % 10 === other % 10 });
    const first = results.next();
    while (begun.length < 2) await immediate();
    doors.get(2)!();
    await immediate();
    expect(begun).to.deep.equal([1, 2]);
    doors.get(1)!();
    expect((await first).value).to.deep.equal([1, 10]);
    const second = await results.next(); // 12 waits for 2, and begins when that was told
    expect([second.value, begun]).to.deep.equal([[2, 20], [1, 2]]);
    const third = results.next();
    while (begun.length < 4) await immediate();
    const ended = third.then(() => results.return(undefined));
    for (const item of [12, 3]) doors.get(item)!();
    expect((await third).value).to.deep.equal([12, 120]);
    expect((await ended).done).to.equal(true);
  });

  it("goes on where it stopped, counting nothing twice", async () => {
    const { id } = await imports.beginOf(host.context, { store: 1, path: await file(Array.from({ length: 1700 }, (_, index) => old(20_000 + index))), fileName: "cut.ndjson" });
    expect(await carryOn(host.context, id, () => true)).to.equal("enough");
    expect(await imports.get(host.context, id)).to.include({ state: "running", lines: 500, stored: 500 });
    // as after a crash between the statements and the place in the file
    await host.database.run(sql`update lrs_import set offset_bytes = 0, lines = 0, statements = 0 where id = ${id}`);
    expect(await carryOn(host.context, id)).to.equal("done");
    const report = await imports.get(host.context, id);
    expect(report).to.include({ state: "done", lines: 1700, statements: 1700, stored: 1700, there: 0, refused: 0 });
    expect(report.sourceDigest).to.equal(report.targetDigest);
    expect(await host.database.rows(sql`select from lrs_import_statement where import_id = ${id}`)).to.deep.equal([]);
  });

  it("lets two processes at it at once, and does everything once", async () => {
    const { id } = await imports.beginOf(host.context, { store: 1, path: await file(Array.from({ length: 2000 }, (_, index) => old(30_000 + index))), fileName: "twice.ndjson" });
    const ends = await Promise.all([carryOn(host.context, id), carryOn(host.context, id)]);
    expect(ends).to.include("done");
    expect(await imports.get(host.context, id)).to.include({ lines: 2000, statements: 2000, stored: 2000, there: 0 });
  });

  it("loses nothing and doubles nothing when its process is killed", async function () {
    this.timeout(120_000);
    const pointing = (number: number, target: number, verb = "http://e/told") => old(number, { verb: { id: verb }, object: { objectType: "StatementRef", id: uuid(target) } });
    const withPicture = (number: number) => {
      const [content, sha2] = [Buffer.from(`picture ${number}`), createHash("sha256").update(`picture ${number}`).digest("hex")];
      const attachments = [{ usageType: "http://e/picture", display: {}, contentType: "image/png", length: content.length, sha2 }];
      return [{ attachment: { sha2, contentType: "image/png", content: content.toString("base64") } }, old(number, { attachments })];
    };
    const ten = (first: number) => [
      ...[0, 1, 2, 3, 4, 5, 6].map((index) => old(first + index)),
      pointing(first + 7, first),
      pointing(first + 8, first + 13, "http://adlnet.gov/expapi/verbs/voided"), // what comes later, and its voider before it
      ...withPicture(first + 9),
    ];
    const path = await file(Array.from({ length: 300 }, (_, index) => ten(40_000 + index * 10)).flat());
    const child = spawn(process.execPath, ["-C", "source", "--import", "tsx", fileURLToPath(new URL("./import.process.ts", import.meta.url)), host.database.url, host.context.site.dataDir, path], { stdio: ["ignore", "ignore", "inherit"] });
    expect(await once(child, "exit")).to.deep.equal([null, "SIGKILL"]);
    const { id, offsetBytes, state } = await imports.beginOf(host.context, { store: 1, path, fileName: "all.ndjson" });
    expect([offsetBytes > 0, state]).to.deep.equal([true, "running"]);
    expect(await carryOn(host.context, id)).to.equal("done");
    const report = await imports.get(host.context, id);
    expect(report).to.include({ lines: 3300, statements: 3000, stored: 3000, there: 0, refused: 0, attachments: 300 });
    expect(report.sourceDigest).to.equal(report.targetDigest);
    const { count } = await host.database.one<{ count: number }>(sql`select count(*)::int from statement where id >= ${uuid(40_000)} and id < ${uuid(43_000)}`);
    expect(count).to.equal(3000);
    const within = sql`seq in (select seq from statement where id >= ${uuid(40_000)} and id < ${uuid(43_000)})`;
    const { references, voiding, attached } = await host.database.one<Record<string, number>>(sql`select
      (select count(*)::int from statement_reference where ${within}) as references, (select count(*)::int from statement_reference where voiding and ${within}) as voiding,
      (select count(*)::int from statement_attachment join lrs_attachment using (store, sha2) where ${within}) as attached`);
    expect({ references, voiding, attached }).to.deep.equal({ references: 600, voiding: 300, attached: 300 });
    expect((await all.send("GET", { statementId: uuid(40_013) })).status).to.equal(404);
  });

  it("says that a file is gone or has changed", async () => {
    const path = await file([old(90)]);
    const { id } = await imports.beginOf(host.context, { store: 1, path, fileName: "gone.ndjson" });
    await writeFile(path, textOf([old(90), old(91)]));
    await carryOn(host.context, id).then(() => expect.fail("it went on"), (error: Error) => expect(error.message).to.equal("Its file has changed since it was begun."));
    expect(await imports.get(host.context, id)).to.include({ state: "failed", error: "Its file has changed since it was begun." });
  });

  const upload = async (token: string, text: string, query = "") =>
    fetch(`${host.url}/api/v1/records/imports?fileName=all.ndjson${query}`, { method: "POST", headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/x-ndjson" }, body: text });

  it("takes a file by the API, works on it in a job, and reports", async () => {
    const token = await boss.token();
    const answer = await upload(token, textOf([old(101), old(102, { verb: {} })]));
    expect([answer.status, answer.headers.get("location")?.slice(0, -36)]).to.deep.equal([202, "/api/v1/records/imports/"]);
    await host.drain();
    const { json } = await host.request("GET", answer.headers.get("location")!, { token });
    expect(json).to.deep.include({ state: "done", stored: 1, refused: 1, authorities: { "The old store": 1 } });
    const csv = (await host.request("GET", `${answer.headers.get("location")!}/problems.csv`, { token })).text;
    expect(csv.split("\r\n")[1]).to.equal(`2,${uuid(102)},missing_property,/verb/id,is missing,Data 2.4.3`);
    expect((await host.request("GET", "/api/v1/records/imports?limit=1", { token })).json).to.have.length(1);
    expect((await upload(token, textOf([old(103)]), "&store=99")).status).to.equal(404);
    expect((await upload(token, "")).status).to.equal(400);
  });

  it("gives the digest of a whole store, the same wherever the same statements are", async () => {
    const other = await testHost();
    try {
      const lines = [old(201), old(202, { result: { score: { raw: 1.0 } } })];
      const digestOf = async (of: TestHost) => (await of.request("GET", "/api/v1/records/digest", { token: await (await person(of, { roles: ["administrator"] })).token() })).json as { statements: number; sha256: string };
      const path = await file(lines.toReversed());
      const { id } = await imports.beginOf(other.context, { store: 1, path, fileName: "a.ndjson" });
      await carryOn(other.context, id);
      const [theirs, ours] = [await digestOf(other), await imported(lines)];
      expect(theirs).to.include({ statements: 2, sha256: ours.sourceDigest });
    } finally {
      await other.stop();
    }
  });

  it("is begun and watched on pages", async () => {
    const browser = await boss.browser();
    expect((await browser.get("/admin/records/imports")).text).to.include("Upload and import");
    const report = await imported([old(301), "{<b>"]);
    const page = (await browser.get(`/admin/records/imports/${report.id}`)).text;
    expect(page).to.include("Line 2").and.include("Every valid statement of the file is here, exactly.").and.include(report.sourceDigest).and.include("The old store").and.not.include("<b>\"");
    await browser.post(`/admin/records/imports/${report.id}/resume`);
    expect((await browser.get("/admin/records/statements?agent=" + encodeURIComponent(`${host.url} import-${report.id}`) + "&related=on")).text).to.include(uuid(301));
  });

  it("is for those who hold records.import", async () => {
    const learner = await person(host);
    expect((await upload(await learner.token(), textOf([old(401)]))).status).to.equal(403);
    expect((await (await learner.browser()).get("/admin/records/imports")).status).to.equal(403);
  });

  it("reads lines from any place, whatever ends them, and passes over those that are too long", async () => {
    const path = join(host.context.site.dataDir, "lines");
    await writeFile(path, `\ufeffone\r\ntwo\n\n${"x".repeat(600_000)}\nlast`);
    const lines: [number, string, number][] = [];
    for await (const { number, bytes, end } of linesOf(path, { offset: 0, lines: 0 }, 1000)) lines.push([number, bytes.toString().trim(), end]);
    expect(lines).to.deep.equal([[1, "one", 8], [2, "two", 12], [3, "", 13], [4, "tooLong", 600_014], [5, "last", 600_018]]);
    const rest: number[] = [];
    for await (const { number } of linesOf(path, { offset: 12, lines: 2 }, 1000)) rest.push(number);
    expect(rest).to.deep.equal([3, 4, 5]);
  });
});
