import { createHash } from "node:crypto";
import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { detach } from "../../core/lrs/attachments/contents.ts";
import { partsOf, type Part } from "../../core/lrs/attachments/multipart.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { jsonPart, multipart, partWith, sha256, told, type SentPart } from "./multipart-support.ts";
import { statement, uuid } from "./support.ts";

const mixed = 'multipart/mixed; boundary="here"';
const everyByte = Buffer.from(Array.from({ length: 512 }, (_, byte) => byte % 256));

describe("records: attachments", () => {
  let host: TestHost;
  let all: Client;
  before(async () => {
    host = await testHost({ settings: { records: { maxBodyBytes: 50_000, maxMultipartBytes: 3_000_000, maxAttachmentBytes: 2_500_000, pageSize: 10 } } });
    all = await client(host);
  });
  after(() => host.stop());
  beforeEach(() => host.database.run(sql`truncate statement, statement_id, statement_key, statement_reference, statement_attachment, lrs_attachment`));

  const send = (parts: SentPart[], { version = "2.0.0", method = "POST", query = {} as Record<string, string>, contentType = mixed } = {}) =>
    all.send(method, query, { body: multipart(parts), headers: { "Content-Type": contentType, "X-Experience-API-Version": version } });
  const withTold = (attachments: unknown[], changes: Record<string, unknown> = {}) => statement({ attachments, ...changes });
  const contentsInStore = async () => Number((await host.database.one<{ count: string }>(sql`select count(*) from lrs_attachment`)).count);
  const problemsOf = (answer: { json: unknown }) => (answer.json as { errors: { pointer: string; code: string; message: string; clause: string }[] }).errors;

  async function received(query: Record<string, string> | string, version = "2.0.0"): Promise<{ json: Record<string, unknown>; parts: Part[]; headers: Headers }> {
    const path = typeof query === "string" ? query : `/xapi/statements?${new URLSearchParams(query).toString()}`;
    const response = await fetch(host.url + path, { headers: { Authorization: all.authorization, "X-Experience-API-Version": version } });
    expect(response.status).to.equal(200);
    const [first, ...parts] = partsOf(Buffer.from(await response.arrayBuffer()), response.headers.get("content-type")!);
    expect(first?.headers.get("content-type")).to.equal("application/json");
    return { json: JSON.parse(first!.bytes.toString()) as Record<string, unknown>, parts, headers: response.headers };
  }

  for (const version of ["1.0.3", "2.0.0"]) {
    it(`gives back every byte, with hash, type and encoding (${version})`, async () => {
      expect((await send([jsonPart(withTold([told(everyByte, { contentType: "image/png" })], { id: uuid(1) })), partWith(everyByte, { "Content-Type": "image/png" })], { version })).status).to.equal(200);
      const { json, parts, headers } = await received({ statementId: uuid(1), attachments: "true" }, version);
      expect(json).to.include({ id: uuid(1) });
      expect(headers.get("content-type")).to.match(/^multipart\/mixed; boundary=[\w-]+$/);
      expect(headers.get("last-modified")).to.equal(new Date(json.stored as string).toUTCString());
      expect(parts).to.have.length(1);
      expect(parts[0]!.bytes.equals(everyByte)).to.equal(true);
      expect([...parts[0]!.headers]).to.deep.equal([["content-type", "image/png"], ["content-transfer-encoding", "binary"], ["x-experience-api-hash", sha256(everyByte)]]);
    });
  }

  it("stores by PUT as by POST", async () => {
    const answer = await send([jsonPart(withTold([told("essay")])), partWith("essay")], { method: "PUT", query: { statementId: uuid(1) } });
    expect(answer.status).to.equal(204);
    expect((await received({ statementId: uuid(1), attachments: "true" })).parts[0]!.bytes.toString()).to.equal("essay");
  });

  it("keeps and gives one copy of what several statements share", async () => {
    const shared = [1, 2, 3].map((number) => withTold([told("shared"), told("shared", { usageType: "http://example.org/usage/other" })], { id: uuid(number) }));
    expect((await send([jsonPart(shared), partWith("shared")])).status).to.equal(200);
    expect((await send([jsonPart(withTold([told("shared"), told("own")], { id: uuid(4) })), partWith("own"), partWith("shared")])).status).to.equal(200);
    expect(await contentsInStore()).to.equal(2);
    expect((await received({ attachments: "true" })).parts.map(({ bytes }) => bytes.toString()).sort()).to.deep.equal(["own", "shared"]);
    expect((await received({ attachments: "true", limit: "1", ascending: "true" })).parts.map(({ bytes }) => bytes.toString())).to.deep.equal(["shared"]);
  });

  it("gives the attachments of each page, by the address in `more`", async () => {
    const essays = ["one", "two", "three"];
    await send([jsonPart(essays.map((essay, index) => withTold([told(essay)], { id: uuid(index + 1) }))), ...essays.map((essay) => partWith(essay))]);
    const seen: string[] = [];
    for (let path = "/xapi/statements?attachments=true&limit=1&ascending=true"; path !== ""; ) {
      const { json, parts } = await received(path);
      seen.push(...parts.map(({ bytes }) => bytes.toString()));
      path = json.more as string;
    }
    expect(seen).to.deep.equal(essays);
  });

  it("answers attachments=true in multipart where there are none, and without it in JSON where there are some", async () => {
    expect((await received({ attachments: "true" })).json).to.deep.equal({ statements: [], more: "" });
    await send([jsonPart(withTold([told("essay")], { id: uuid(1) })), partWith("essay")]);
    for (const query of [`statementId=${uuid(1)}`, `statementId=${uuid(1)}&attachments=false`, "limit=1"]) {
      const { headers, text } = await all.send("GET", query);
      expect(headers.get("content-type")).to.equal("application/json");
      expect(text).to.not.include("essay\r\n");
    }
  });

  it("answers HEAD of attachments without a body", async () => {
    await send([jsonPart(withTold([told("essay")], { id: uuid(1) })), partWith("essay")]);
    const { status, headers, text } = await all.send("HEAD", { statementId: uuid(1), attachments: "true" });
    expect([status, text]).to.deep.equal([200, ""]);
    expect(headers.get("content-type")).to.match(/^multipart\/mixed/);
  });

  it("gives back an attachment of millions of bytes, in pieces", async () => {
    const large = Buffer.alloc(2_400_000, everyByte);
    await send([jsonPart(withTold([told(large)], { id: uuid(1) })), partWith(large)]);
    const { parts } = await received({ statementId: uuid(1), attachments: "true" });
    expect(parts[0]!.bytes.equals(large)).to.equal(true);
  });

  it("takes attachments of a SubStatement", async () => {
    const nested = { objectType: "SubStatement", ...withTold([told("essay")]) };
    expect((await send([jsonPart(statement({ id: uuid(1), object: nested })), partWith("essay")])).status).to.equal(200);
    expect((await received({ statementId: uuid(1), attachments: "true" })).parts[0]!.bytes.toString()).to.equal("essay");
    const missing = await send([jsonPart(statement({ object: nested }))]);
    expect(problemsOf(missing).map(({ pointer, code }) => [pointer, code])).to.deep.equal([["/object/attachments/0/sha2", "missing_part"]]);
  });

  for (const [algorithm, digits] of [["sha224", 56], ["sha256", 64], ["sha384", 96], ["sha512", 128]] as const) {
    it(`knows a hash of ${digits} digits for a ${algorithm.toUpperCase()}, in either case`, async () => {
      const sha2 = createHash(algorithm).update("essay").digest("hex").toUpperCase();
      expect((await send([jsonPart(withTold([told("essay", { sha2 })], { id: uuid(1) })), partWith("essay", { "X-Experience-API-Hash": sha2.toLowerCase() })])).status).to.equal(200);
      expect((await received({ statementId: uuid(1), attachments: "true" })).parts[0]!.headers.get("x-experience-api-hash")).to.equal(sha2);
      const wrong = createHash(algorithm).update("other").digest("hex");
      expect((await send([jsonPart(withTold([told("essay", { sha2: wrong })])), partWith("essay", { "X-Experience-API-Hash": wrong })])).status).to.equal(400);
    });
  }

  const link = { fileUrl: "http://example.org/essay.txt" };
  for (const [what, parts, contentType] of [
    ["application/json with a fileUrl for every attachment", [jsonPart(withTold([told("essay", link)]))], "application/json"],
    ["multipart without attachments", [jsonPart(statement())], mixed],
    ["multipart with attachments that have a fileUrl only", [jsonPart(withTold([told("essay", link)]))], mixed],
    ["a part for an attachment that has a fileUrl too", [jsonPart(withTold([told("essay", link)])), partWith("essay")], mixed],
    ["a part without Content-Type", [jsonPart(withTold([told("essay")])), partWith("essay", { "Content-Type": "" })], mixed],
    ["a media type with other parameters", [jsonPart(withTold([told("essay", { contentType: "text/plain; charset=ascii" })])), partWith("essay", { "Content-Type": "Text/Plain" })], mixed],
    ["the same bytes in two parts", [jsonPart(withTold([told("essay")])), partWith("essay"), partWith("essay")], mixed],
    ["an empty attachment", [jsonPart(withTold([told("")])), partWith("")], mixed],
    // The bytes are told by their hash alone (Communication 1.5.2), and the ADL suite sends such statements.
    ["a length that is not that of the bytes, where the part tells none", [jsonPart(withTold([told("essay", { length: 27 })])), partWith("essay")], mixed],
  ] as [string, SentPart[], string][]) {
    it(`takes ${what}`, async () => {
      const answer = contentType === mixed ? await send(parts) : await all.send("POST", "", { body: String(parts[0]!.bytes) });
      expect(answer.status, answer.text).to.equal(200);
    });
  }

  for (const [what, parts, pointer, code, message] of [
    ["an attachment without part and fileUrl", [jsonPart([statement(), withTold([told("essay", link), told("other")])]), partWith("essay")], "/1/attachments/1/sha2", "missing_part", "no part of the request"],
    ["a part that no attachment tells of", [jsonPart(withTold([told("essay")])), partWith("essay"), partWith("more")], "", "unknown_part", `part 3 that no attachment tells of: ${sha256("more")}`],
    ["a part without its hash", [jsonPart(withTold([told("essay", link)])), partWith("essay", { "X-Experience-API-Hash": "" })], "", "invalid_part", "part 2 without X-Experience-API-Hash"],
    ["a part whose hash is none", [jsonPart(withTold([told("essay", link)])), partWith("essay", { "X-Experience-API-Hash": "abc" })], "", "invalid_part", "part 2 whose X-Experience-API-Hash is no SHA-2"],
    ["a part with the hash of other bytes", [jsonPart(withTold([told("other", link)])), partWith("essay", { "X-Experience-API-Hash": sha256("other") })], "", "invalid_part", `part 2 whose bytes have the hash ${sha256("essay")}`],
    ["a part without its encoding", [jsonPart(withTold([told("essay", link)])), partWith("essay", { "Content-Transfer-Encoding": "" })], "", "invalid_part", "part 2 without Content-Transfer-Encoding: binary"],
    ["a part in base64", [jsonPart(withTold([told("essay", link)])), partWith("essay", { "Content-Transfer-Encoding": "base64" })], "", "invalid_part", "part 2 whose Content-Transfer-Encoding is base64"],
    ["a part of another type", [jsonPart(withTold([told("essay")])), partWith("essay", { "Content-Type": "image/png" })], "/attachments/0/contentType", "part_mismatch", "not the Content-Type of part 2, image/png"],
    ["a Content-Length that is not that of the part", [jsonPart(withTold([told("essay", link)])), partWith("essay", { "Content-Length": "4" })], "", "invalid_part", "part 2 of 5 bytes whose Content-Length is 4"],
    ["a length that is not the part's Content-Length", [jsonPart(withTold([told("essay", { length: 4 })])), partWith("essay", { "Content-Length": "5" })], "/attachments/0/length", "part_mismatch", "not the Content-Length of part 2, 5"],
  ] as [string, SentPart[], string, string, string][]) {
    it(`refuses ${what}, naming it, and stores nothing`, async () => {
      const answer = await send(parts);
      expect([answer.status, (answer.json as { code: string }).code]).to.deep.equal([400, "invalid_statements"]);
      const found = problemsOf(answer).find((problem) => problem.code === code);
      expect(found).to.include({ pointer, clause: "Communication 1.5.2" });
      expect(found!.message).to.include(message);
      expect([await all.find({}), await contentsInStore()]).to.deep.equal([[], 0]);
    });
  }

  for (const [what, body, contentType, code] of [
    ["application/json with an attachment that has no fileUrl", JSON.stringify(statement({ attachments: [told("essay")] })), "application/json", "invalid_statements"],
    ["a first part of another type", multipart([{ headers: { "Content-Type": "text/plain" }, bytes: JSON.stringify(statement()) }]), mixed, "wrong_request"],
    ["a first part without a type", multipart([{ headers: {}, bytes: JSON.stringify(statement()) }]), mixed, "wrong_request"],
    ["a first part that is no JSON", multipart([jsonPart("{")]), mixed, "invalid_json"],
    ["no part", Buffer.from("--here--"), mixed, "wrong_request"],
    ["no boundary", multipart([jsonPart(statement())]), "multipart/mixed", "invalid_multipart"],
    ["multipart/form-data", multipart([jsonPart(statement())]), "multipart/form-data; boundary=here", "wrong_request"],
    ["statements in two parts", multipart([jsonPart(statement()), jsonPart(statement())]), mixed, "invalid_statements"],
  ] as const) {
    it(`refuses ${what} with 400 and the clause`, async () => {
      const answer = await all.send("POST", "", { body, headers: { "Content-Type": contentType } });
      expect([answer.status, (answer.json as { code: string }).code]).to.deep.equal([400, code]);
      expect(problemsOf(answer)[0]!.clause).to.match(/^(Communication|Data) \d/);
    });
  }

  for (const [what, bytes, code, maxBytes] of [
    ["an attachment", Buffer.alloc(2_500_001), "attachment_too_large", 2_500_000],
    ["a body", Buffer.alloc(3_000_000), "body_too_large", 3_000_000],
  ] as const) {
    it(`refuses ${what} that is too large with 413 and the number`, async () => {
      const answer = await send([jsonPart(withTold([told(bytes)])), partWith(bytes)]);
      expect(answer.status).to.equal(413);
      expect(answer.json).to.include({ code, maxBytes });
      expect((answer.json as { detail: string }).detail).to.include(String(maxBytes));
    });
  }

  it("holds the statements before attachments to the limit of a body", async () => {
    const answer = await send([jsonPart(statement({ result: { response: "x".repeat(50_000) } }))]);
    expect([answer.status, (answer.json as { maxBytes: number }).maxBytes]).to.deep.equal([413, 50_000]);
  });

  it("adds nothing to a statement that is there already", async () => {
    const one = withTold([told("essay", link)], { id: uuid(1) });
    await all.post(one);
    expect((await send([jsonPart(one), partWith("essay")])).status).to.equal(200);
    expect((await received({ statementId: uuid(1), attachments: "true" })).parts).to.have.length(0);
    expect(await contentsInStore()).to.equal(0);
  });

  it("gives nobody bytes that came with another's statement of the same hash", async () => {
    await send([jsonPart(withTold([told("secret")], { id: uuid(1) })), partWith("secret")]);
    await all.post(withTold([told("secret", link)], { id: uuid(2) }));
    expect((await received({ statementId: uuid(2), attachments: "true" })).parts).to.have.length(0);
  });

  it("stores the same attachments from sixteen clients at once, each whole", async () => {
    const essays = Array.from({ length: 8 }, (_, number) => `essay ${number}`);
    const answers = await Promise.all(Array.from({ length: 16 }, (_, number) => {
      const own = number % 2 === 0 ? essays : essays.toReversed();
      return send([jsonPart(own.map((essay) => withTold([told(essay)]))), ...own.map((essay) => partWith(essay))]);
    }));
    expect(answers.map(({ status }) => status)).to.deep.equal(Array<number>(16).fill(200));
    expect(await contentsInStore()).to.equal(8);
  });

  it("takes the attachments of a statement away, and bytes that no statement is left with", async () => {
    await send([jsonPart([withTold([told("shared"), told("own")], { id: uuid(1) }), withTold([told("shared")], { id: uuid(2) })]), partWith("shared"), partWith("own")]);
    const seqOf = async (id: string) => Number((await host.database.one<{ seq: string }>(sql`select seq from statement_id where id = ${id}`)).seq);
    const detached = async (id: string) => host.database.transaction(async (tx) => detach(tx, 1, [await seqOf(id)]));
    expect(await detached(uuid(1))).to.deep.equal({ links: 2, contents: 1 });
    expect((await received({ attachments: "true" })).parts.map(({ bytes }) => bytes.toString())).to.deep.equal(["shared"]);
    expect(await detached(uuid(1))).to.deep.equal({ links: 0, contents: 0 });
    expect(await detached(uuid(2))).to.deep.equal({ links: 1, contents: 1 });
    expect(await contentsInStore()).to.equal(0);
  });
});
