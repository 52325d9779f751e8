import { createHash } from "node:crypto";
import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { forgetStores } from "../../core/lrs/stores/store.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { activityId, ann, refused, resource, type Resource } from "./resource-client.ts";
import { uuid } from "./support.ts";

const path = "/xapi/activities/state";
const etagOf = (content: string | Buffer) => `"${createHash("sha1").update(content).digest("hex")}"`;

describe("records: the State Resource", () => {
  let host: TestHost;
  let old: Resource;
  let state: Resource;
  before(async () => {
    host = await testHost({ settings: { records: { maxBodyBytes: 100_000 } } });
    [old, state] = [await resource(host, path, "1.0.3"), await resource(host, path)];
  });
  after(() => host.stop());

  const at = (stateId: string, changes: Record<string, string> = {}) => ({ activityId, agent: ann, stateId, ...changes });

  for (const version of ["1.0.3", "2.0.0"] as const) {
    describe(`in ${version}`, () => {
      let ask: Resource;
      before(() => void (ask = version === "1.0.3" ? old : state));
      const here = (stateId: string, changes = {}) => at(`${version} ${stateId}`, changes);

      it("keeps a document as it was sent, with its type, ETag and Last-Modified", async () => {
        const content = '{ "a": 12345678901234567890, "b": "Zoë 🦉\\u0000" }';
        const put = await ask("PUT", here("kept"), { body: content, headers: { "Content-Type": "application/json; charset=utf-8" } });
        expect([put.status, put.text]).to.deep.equal([204, ""]);
        const { status, text, headers } = await ask("GET", here("kept"));
        expect([status, text]).to.deep.equal([200, content]);
        expect(headers.get("content-type")).to.equal("application/json; charset=utf-8");
        expect(headers.get("etag")).to.equal(etagOf(content));
        const { updated } = await host.database.one<{ updated: Date }>(sql`select updated from lrs_document where id = ${Buffer.from(`${version} kept`)}`);
        expect(headers.get("last-modified")).to.equal(updated.toUTCString());
        expect(headers.get("x-experience-api-version")).to.equal(version);
      });

      it("keeps any bytes, those of no text and U+0000 among them", async () => {
        const content = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256));
        expect((await ask("PUT", here("bytes"), { body: content, headers: { "Content-Type": "image/png" } })).status).to.equal(204);
        const { bytes, headers } = await ask("GET", here("bytes"));
        expect(bytes.equals(content)).to.equal(true);
        expect([headers.get("content-type"), headers.get("etag")]).to.deep.equal(["image/png", etagOf(content)]);
      });

      it("answers HEAD as GET, without the body", async () => {
        await ask("PUT", here("head"), { body: { a: 1 } });
        const [head, get] = [await ask("HEAD", here("head")), await ask("GET", here("head"))];
        expect([head.status, head.text]).to.deep.equal([200, ""]);
        for (const name of ["content-type", "content-length", "etag", "last-modified"]) expect(head.headers.get(name), name).to.equal(get.headers.get(name));
        expect((await ask("HEAD", here("nothing"))).status).to.equal(404);
      });

      it("removes one document, and again what is not there", async () => {
        await ask("PUT", here("removed"), { body: { a: 1 } });
        for (let again = 0; again < 2; again++) expect((await ask("DELETE", here("removed"))).status).to.equal(204);
        expect(await refused(ask("GET", here("removed")))).to.equal("404 no_such_document");
      });
    });
  }

  it("State PUT without a header on an existing document: 204 in 1.0.3, 409 in 2.0 and no change", async () => {
    for (const ask of [old, state]) expect((await ask("PUT", at("disputed"), { body: { by: "first" } })).status).to.be.oneOf([204, 409]);
    expect((await old("PUT", at("disputed"), { body: { by: "second" } })).status).to.equal(204);
    const { status, json } = await state("PUT", at("disputed"), { body: { by: "third" } });
    expect([status, (json as { code: string }).code]).to.deep.equal([409, "document_exists"]);
    expect((json as { detail: string }).detail).to.match(/GET.*If-Match/);
    expect((await state("GET", at("disputed"))).json).to.deep.equal({ by: "second" });
  });

  it("State PUT without a header is as the store says, where it says", async () => {
    const setting = (value: string) => host.database.run(sql`update lrs_store set state_without_match = ${value} where id = 1`).then(() => forgetStores(host.context));
    await state("PUT", at("option"), { body: { by: 1 } });
    await setting("always");
    expect((await state("PUT", at("option"), { body: { by: 2 } })).status).to.equal(204);
    await setting("never");
    expect((await old("PUT", at("option"), { body: { by: 3 } })).status).to.equal(409);
    await setting("by version");
    expect((await state("GET", at("option"))).json).to.deep.equal({ by: 2 });
  });

  it("413 with the number that the store says, where it says", async () => {
    const limit = (limits: object) => host.database.run(sql`update lrs_store set limits = ${JSON.stringify(limits)} where id = 1`).then(() => forgetStores(host.context));
    await limit({ maxBodyBytes: 2000 });
    const { status, json } = await state("PUT", at("limited"), { body: Buffer.alloc(2001), headers: { "Content-Type": "text/plain" } });
    await limit({});
    expect([status, (json as { maxBytes: number }).maxBytes]).to.deep.equal([413, 2000]);
    expect((await state("PUT", at("limited"), { body: Buffer.alloc(2001), headers: { "Content-Type": "text/plain" } })).status).to.equal(204);
  });

  describe("conditional writes", () => {
    const tag = async (stateId: string) => (await state("GET", at(stateId))).headers.get("etag")!;
    const put = (stateId: string, headers: Record<string, string>, body: unknown = { by: "other" }) => state("PUT", at(stateId), { body, headers });
    const other = etagOf("other");

    it("If-None-Match: * makes what is not there, and is 412 where it is", async () => {
      expect((await put("none", { "If-None-Match": "*" })).status).to.equal(204);
      expect(await refused(put("none", { "If-None-Match": "*" }, { by: "late" }))).to.equal("412 precondition_failed");
      expect((await state("GET", at("none"))).json).to.deep.equal({ by: "other" });
    });

    it("If-None-Match with tags refuses those only", async () => {
      await put("nonetags", {}, { a: 1 });
      expect((await put("nonetags", { "If-None-Match": `${other}, ${await tag("nonetags")}` })).status).to.equal(412);
      expect((await put("nonetags", { "If-None-Match": other })).status).to.equal(204);
    });

    it("If-Match takes the tag, a list with it, *, and the tag of a compressed answer", async () => {
      await put("match", {}, { number: 0 });
      for (const [number, header] of [(current: string) => current, (current: string) => `${other}, ${current}`, () => "*", (current: string) => current.replace(/"$/, '-gzip"'), (current: string) => current.replaceAll('"', "")].entries()) {
        expect((await put("match", { "If-Match": header(await tag("match")) }, { number })).status, String(header)).to.equal(204);
        expect((await state("GET", at("match"))).json).to.deep.equal({ number });
      }
    });

    for (const [what, header] of [
      ["another tag", () => other],
      ["a weak tag", (current: string) => `W/${current}`],
      ["no tag in quotes", () => '""'],
    ] as [string, (current: string) => string][]) {
      it(`If-Match with ${what} is 412 for PUT, POST and DELETE, and nothing changes`, async () => {
        const id = `unmatched ${what}`;
        await put(id, {}, { kept: true });
        for (const method of ["PUT", "POST", "DELETE"]) {
          const answer = state(method, at(id), { body: method === "DELETE" ? undefined : { changed: true }, headers: { "If-Match": header(await tag(id)) } });
          expect(await refused(answer), method).to.equal("412 precondition_failed");
        }
        expect((await state("GET", at(id))).json).to.deep.equal({ kept: true });
      });
    }

    it("If-Match is 412 for PUT, POST and DELETE where there is nothing", async () => {
      for (const method of ["PUT", "POST", "DELETE"]) {
        for (const match of ["*", other]) {
          expect((await state(method, at("absent"), { body: method === "DELETE" ? undefined : {}, headers: { "If-Match": match } })).status).to.equal(412);
        }
      }
      expect((await state("GET", at("absent"))).status).to.equal(404);
    });

    it("If-Match that is no list of tags is 400", async () => {
      for (const match of ['"a" "b"', '"a', ","]) expect(await refused(put("match", { "If-Match": match })), match).to.equal("400 wrong_request");
    });

    it("GET with If-None-Match of its own tag is 304", async () => {
      await put("cached", {}, { a: 1 });
      const { status, text, headers } = await state("GET", at("cached"), { headers: { "If-None-Match": `W/${await tag("cached")}` } });
      expect([status, text, headers.get("etag")]).to.deep.equal([304, "", await tag("cached")]);
      expect((await state("GET", at("cached"), { headers: { "If-None-Match": other } })).status).to.equal(200);
    });

    for (const stateId of ["first", "of a registration"]) {
      it(`Conditional writes are atomic: of ten parallel creates ${stateId} exactly one is 204`, async () => {
        const place = at(`race ${stateId}`, stateId === "first" ? {} : { registration: uuid(8) });
        const answers = await Promise.all(Array.from({ length: 10 }, (_, number) => state("PUT", place, { body: { number }, headers: { "If-None-Match": "*" } })));
        expect(answers.map(({ status }) => status).sort()).to.deep.equal([204, ...Array<number>(9).fill(412)]);
      });
    }

    it("Conditional writes are atomic: of ten parallel changes of one tag exactly one is 204", async () => {
      await put("race of changes", {}, { number: -1 });
      const before = await tag("race of changes");
      const answers = await Promise.all(Array.from({ length: 10 }, (_, number) => put("race of changes", { "If-Match": before }, { number })));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([204, ...Array<number>(9).fill(412)]);
    });

    it("NULL registration: parallel PUTs without one leave one document", async () => {
      await Promise.all(Array.from({ length: 8 }, (_, number) => old("PUT", at("only one"), { body: { number } })));
      const { count } = await host.database.one<{ count: string }>(sql`select count(*) from lrs_document where id = ${Buffer.from("only one")}`);
      expect(count).to.equal("1");
    });
  });

  describe("JSON merge POST", () => {
    const post = (stateId: string, body: unknown, headers: Record<string, string> = {}) => state("POST", at(stateId), { body, headers });

    it("is shallow, and keeps every number as it was written", async () => {
      expect((await post("merged", '{"a":{"x":1,"y":2}, "big":12345678901234567890 ,"c":1.0}')).status).to.equal(204);
      expect((await post("merged", '{"a":{"x":3},"d\\n":1E400,"__proto__":{"e":0.10}}')).status).to.equal(204);
      const { text, headers } = await state("GET", at("merged"));
      expect(text).to.equal('{"a":{"x":3},"big":12345678901234567890,"c":1.0,"d\\n":1E400,"__proto__":{"e":0.10}}');
      expect(headers.get("etag")).to.equal(etagOf(text));
    });

    for (const [what, first, second] of [
      ["what is sent is no JSON", [{}, "application/json"], ["{", "application/json"]],
      ["what is sent is an array", [{}, "application/json"], ["[1]", "application/json"]],
      ["what is sent is not told to be JSON", [{}, "application/json"], ["{}", "text/plain"]],
      ["what is there is an array", ["[1]", "application/json"], ["{}", "application/json"]],
      ["what is there is not told to be JSON", ["{}", "text/plain"], ["{}", "application/json"]],
      ["nothing is there and what is sent is no object", undefined, ["null", "application/json"]],
      ["what is sent is not UTF-8", [{}, "application/json"], [Buffer.from([0x7b, 0xff]), "application/json"]],
    ] as [string, [unknown, string] | undefined, [unknown, string]][]) {
      it(`is 400 when ${what}, and changes nothing`, async () => {
        const id = `not merged: ${what}`;
        if (first) await state("PUT", at(id), { body: first[0], headers: { "Content-Type": first[1] } });
        const before = await state("GET", at(id));
        expect(await refused(post(id, second[0], { "Content-Type": second[1] }))).to.match(/^400 (not_mergeable|invalid_json)$/);
        const after = await state("GET", at(id));
        expect([after.status, after.headers.get("etag")]).to.deep.equal([first ? 200 : 404, before.headers.get("etag")]);
      });
    }

    it("loses no key when many merge at once into what is not there yet", async () => {
      const statuses = await Promise.all(Array.from({ length: 13 }, (_, number) => post("merged at once", { [`key${number}`]: number })));
      expect(statuses.map(({ status }) => status)).to.deep.equal(Array<number>(13).fill(204));
      expect(Object.keys((await state("GET", at("merged at once"))).json as object)).to.have.length(13);
    });

    it("holds with If-Match, and with If-None-Match: * makes only", async () => {
      await post("conditional", { a: 1 });
      const etag = (await state("GET", at("conditional"))).headers.get("etag")!;
      expect((await post("conditional", { b: 1 }, { "If-Match": etag })).status).to.equal(204);
      expect((await post("conditional", { c: 1 }, { "If-Match": etag })).status).to.equal(412);
      expect((await post("conditional", { c: 1 }, { "If-None-Match": "*" })).status).to.equal(412);
      expect((await state("GET", at("conditional"))).json).to.deep.equal({ a: 1, b: 1 });
    });
  });

  it("refuses with 400 what says it is JSON and is not", async () => {
    expect(await refused(state("PUT", at("broken"), { body: "{" }))).to.equal("400 invalid_json");
    expect((await state("GET", at("broken"))).status).to.equal(404);
  });

  describe("lists", () => {
    const context = { activityId: "http://example.org/activities/listed", agent: ann };
    before(async () => {
      for (const [stateId, registration] of [["a", undefined], ["b", uuid(1)], ["b", uuid(2)], ["c", uuid(2)]] as const) {
        await state("PUT", { ...context, stateId, ...(registration && { registration }) }, { body: { stateId } });
      }
    });

    it("the ids of an activity and agent, of any registration or of one, each once", async () => {
      expect((await state("GET", context)).json).to.deep.equal(["a", "b", "c"]);
      expect((await state("GET", { ...context, registration: uuid(2).toUpperCase() })).json).to.deep.equal(["b", "c"]);
      expect((await state("GET", { ...context, registration: uuid(3) })).json).to.deep.equal([]);
    });

    it("those written since a moment, exclusive, with the Last-Modified of the latest", async () => {
      const rows = await host.database.rows<{ id: Buffer; updated: string }>(sql`
        select id, to_char(updated at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as updated from lrs_document where about like '%activities/listed%' order by lrs_document.updated`);
      expect((await state("GET", { ...context, since: rows[1]!.updated })).json).to.deep.equal(["b", "c"]);
      expect((await state("GET", { ...context, since: rows[2]!.updated })).json).to.deep.equal(["c"]);
      expect((await state("GET", { ...context, since: rows[3]!.updated })).json).to.deep.equal([]);
      expect((await state("GET", context)).headers.get("last-modified")).to.equal(new Date(rows[3]!.updated).toUTCString());
    });

    it("finds a document of no registration without one only", async () => {
      expect((await state("GET", { ...context, stateId: "a" })).status).to.equal(200);
      expect((await state("GET", { ...context, stateId: "a", registration: uuid(1) })).status).to.equal(404);
      expect((await state("GET", { ...context, stateId: "c" })).status).to.equal(404);
    });

    it("removes all of a registration, or all of activity and agent, and no others", async () => {
      const others = { ...context, activityId: "http://example.org/activities/spared" };
      await state("PUT", { ...others, stateId: "spared" }, { body: {} });
      expect(await refused(state("DELETE", context, { headers: { "If-Match": "*" } }))).to.equal("400 wrong_request");
      expect((await state("DELETE", { ...context, registration: uuid(2) })).status).to.equal(204);
      expect((await state("GET", context)).json).to.deep.equal(["a", "b"]);
      expect((await state("DELETE", context)).status).to.equal(204);
      expect((await state("GET", context)).json).to.deep.equal([]);
      expect((await state("GET", others)).json).to.deep.equal(["spared"]);
    });
  });

  it("No length limits: IRIs, account names and ids of 3,000 characters, and U+0000 in them", async () => {
    const long = "x".repeat(3000);
    const place = { activityId: `http://example.org/${long}`, agent: JSON.stringify({ account: { homePage: `http://example.org/${long}`, name: `\0${long}` } }), stateId: `${long}\0 ` };
    const sent = await state("PUT", place, { body: { a: 1 } });
    expect(sent.status).to.equal(204);
    expect((await state("GET", place)).json).to.deep.equal({ a: 1 });
    expect((await state("GET", { activityId: place.activityId, agent: place.agent })).json).to.deep.equal([place.stateId]);
  });

  it("knows an agent by its identifier, however it is written", async () => {
    await state("PUT", at("who", { agent: '{"mbox":"mailto:bea@Example.ORG","name":"Bea"}' }), { body: { a: 1 } });
    expect((await state("GET", at("who", { agent: '{"objectType":"Agent","mbox":"mailto:bea@example.org"}' }))).status).to.equal(200);
    expect((await state("GET", at("who"))).status).to.equal(404);
  });

  it("Unknown or mis-cased parameters, missing and repeated ones are 400, each named", async () => {
    for (const [method, query, named] of [
      ["GET", { agent: ann, stateId: "s" }, ["activityId"]],
      ["PUT", { activityId, agent: ann }, ["stateId"]],
      ["POST", { activityId, agent: ann }, ["stateId"]],
      ["GET", { ...at("s"), since: "2020-01-01T00:00:00Z" }, ["since"]],
      ["DELETE", { activityId, agent: ann, since: "2020-01-01T00:00:00Z" }, ["since"]],
      ["GET", { activityId, Agent: ann }, ["Agent", "agent"]],
      ["GET", { ...at("s"), more: "1" }, ["more"]],
      ["GET", at("", { activityId: "one", agent: "{}", registration: "1" }), ["activityId", "agent", "stateId", "registration"]],
      ["GET", at("s", { agent: '{"objectType":"Group","mbox":"mailto:g@example.org"}' }), ["agent"]],
      ["GET", { activityId, agent: ann, since: "yesterday" }, ["since"]],
    ] as [string, Record<string, string>, string[]][]) {
      const { status, json } = await state(method, query, { body: method === "PUT" || method === "POST" ? {} : undefined });
      expect([status, (json as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer.slice(1))], JSON.stringify(query)).to.deep.equal([400, named]);
    }
    expect(await refused(state("GET", `activityId=${activityId}&agent=${encodeURIComponent(ann)}&stateId=a&stateId=b`))).to.equal("400 invalid_parameters");
  });

  it("413 with the number for a document too large, inflated or not", async () => {
    const { status, json } = await state("PUT", at("large"), { body: Buffer.alloc(100_001), headers: { "Content-Type": "text/plain" } });
    expect(status).to.equal(413);
    expect(json).to.include({ code: "body_too_large", maxBytes: 100_000 });
    expect((await state("GET", at("large"))).status).to.equal(404);
  });

  it("413 with the number for documents that are too large together, and the one that is there stays", async () => {
    const half = (name: string) => ({ body: { [name]: "x".repeat(60_000) } });
    expect((await state("POST", at("growing"), half("a"))).status).to.equal(204);
    const { status, json } = await state("POST", at("growing"), half("b"));
    expect([status, (json as { maxBytes: number }).maxBytes]).to.deep.equal([413, 100_000]);
    expect(Object.keys((await state("GET", at("growing"))).json as object)).to.deep.equal(["a"]);
    expect((await state("POST", at("growing"), half("a"))).status).to.equal(204);
  });

  it("lets a key do what its scopes say", async () => {
    const [writer, reader, none] = [await resource(host, path, "2.0.0", ["state"]), await resource(host, path, "2.0.0", ["state/read"]), await resource(host, path, "2.0.0", ["statements/write", "profile"])];
    expect((await writer("PUT", at("scoped"), { body: {} })).status).to.equal(204);
    for (const [ask, method, status] of [[writer, "GET", 200], [reader, "GET", 200], [none, "GET", 403], [reader, "PUT", 403], [reader, "POST", 403], [reader, "DELETE", 403], [none, "PUT", 403]] as [Resource, string, number][]) {
      expect((await ask(method, at("scoped"), { body: method === "GET" || method === "DELETE" ? undefined : {} })).status, method).to.equal(status);
    }
  });
});
