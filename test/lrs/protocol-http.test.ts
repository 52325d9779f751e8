import { gunzipSync, gzipSync, deflateSync, brotliCompressSync } from "node:zlib";
import { request as httpRequest } from "node:http";
import { expect } from "chai";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "./http-support.ts";
import { activityId, ann, refused, resource, type Resource } from "./resource-client.ts";
import { statement, uuid } from "./support.ts";

const paths = ["/xapi/statements", "/xapi/activities/state", "/xapi/activities/profile", "/xapi/agents/profile", "/xapi/agents", "/xapi/activities", "/xapi/about"];

describe("records: xAPI's use of HTTP", () => {
  let host: TestHost;
  let all: Client;
  let state: Resource;
  before(async () => {
    host = await testHost({ settings: { records: { maxBodyBytes: 100_000 } } });
    [all, state] = [await client(host), await resource(host, "/xapi/activities/state")];
  });
  after(() => host.stop());

  const at = (stateId: string) => ({ activityId, agent: ann, stateId });

  describe("CORS", () => {
    for (const path of paths) {
      it(`lets scripts of any origin ask ${path}, and read what it answers and refuses`, async () => {
        const asking = { Origin: "http://content.example", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization,if-match,x-experience-api-version" };
        const { status, headers } = await host.request("OPTIONS", path, { headers: asking });
        expect(status).to.equal(204);
        expect(headers.get("access-control-allow-origin")).to.equal("*");
        const methods = headers.get("access-control-allow-methods")!;
        expect(methods).to.include("GET").and.include("HEAD");
        expect(methods.includes("DELETE")).to.equal(/activities\/state$|profile$/.test(path));
        for (const name of ["Authorization", "Content-Type", "X-Experience-API-Version", "If-Match", "If-None-Match"]) expect(headers.get("access-control-allow-headers")).to.include(name);
        const refusal = await host.request("GET", `${path}?unknown=1`, { headers: { Origin: "http://content.example" } });
        expect([refusal.status >= 400, refusal.headers.get("access-control-allow-origin")]).to.deep.equal([true, "*"]);
        for (const name of ["ETag", "Last-Modified", "X-Experience-API-Version", "X-Experience-API-Consistent-Through"]) expect(refusal.headers.get("access-control-expose-headers")).to.include(name);
      });
    }
  });

  it("405 with Allow for methods that a resource has not", async () => {
    for (const path of paths) {
      const { status, headers } = await host.request("PATCH", path, { headers: { Authorization: all.authorization, "X-Experience-API-Version": "2.0.0" } });
      expect([status, headers.get("allow")?.includes("GET"), headers.get("x-experience-api-version")], path).to.deep.equal([405, true, "2.0.0"]);
    }
  });

  describe("HEAD = GET without body", () => {
    for (const [path, query] of [
      ["/xapi/statements", { limit: "1" }],
      ["/xapi/activities/state", { activityId, agent: ann }],
      ["/xapi/activities/profile", { activityId }],
      ["/xapi/agents/profile", { agent: ann }],
      ["/xapi/agents", { agent: ann }],
      ["/xapi/activities", { activityId }],
    ] as [string, Record<string, string>][]) {
      it(`at ${path}, refusals too`, async () => {
        const ask = await resource(host, path);
        for (const asked of [query, { ...query, unknown: "1" }] as Record<string, string>[]) {
          const [head, get] = [await ask("HEAD", asked), await ask("GET", asked)];
          expect([head.status, head.text]).to.deep.equal([get.status, ""]);
          for (const name of ["content-type", "content-length", "x-experience-api-version"]) expect(head.headers.get(name), name).to.equal(get.headers.get(name));
        }
      });
    }
  });

  describe("gzip of answers", () => {
    const long = JSON.stringify({ text: "again and ".repeat(500) });
    before(async () => {
      await state("PUT", at("long"), { body: long });
      await state("PUT", at("short"), { body: { a: 1 } });
      await state("PUT", at("image"), { body: Buffer.alloc(5000), headers: { "Content-Type": "image/png" } });
      await all.post(statement({ id: uuid(1), result: { response: "again and ".repeat(500) } }));
    });

    it("comes to who asks for it, of statements and of documents, under an ETag of its own that If-Match takes", async () => {
      const plain = await raw(`/xapi/activities/state?${new URLSearchParams(at("long")).toString()}`, {});
      const { headers, body } = await raw(`/xapi/activities/state?${new URLSearchParams(at("long")).toString()}`, { "Accept-Encoding": "br;q=1, gzip;q=0.5" });
      expect([headers["content-encoding"], headers.vary, body.length < 500]).to.deep.equal(["gzip", "Accept-Encoding", true]);
      expect([gunzipSync(body).toString(), plain.body.toString()]).to.deep.equal([long, long]);
      expect([plain.headers["content-encoding"], plain.headers.vary]).to.deep.equal([undefined, "Accept-Encoding"]);
      expect(headers.etag).to.equal(plain.headers.etag!.replace(/"$/, '-gzip"'));
      expect((await state("PUT", at("long"), { body: long, headers: { "If-Match": headers.etag } })).status).to.equal(204);
      const one = await raw(`/xapi/statements?statementId=${uuid(1)}`, { "Accept-Encoding": "gzip" });
      expect(JSON.parse(gunzipSync(one.body).toString())).to.include({ id: uuid(1) });
      expect(one.headers["content-type"]).to.equal("application/json");
    });

    for (const [what, stateId, acceptEncoding] of [
      ["who does not ask", "long", undefined],
      ["who refuses it", "long", "gzip;q=0, *"],
      ["a short answer", "short", "gzip"],
      ["what is compressed by nature", "image", "gzip"],
    ] as const) {
      it(`does not come to ${what}`, async () => {
        const { headers } = await raw(`/xapi/activities/state?${new URLSearchParams(at(stateId)).toString()}`, acceptEncoding ? { "Accept-Encoding": acceptEncoding } : {});
        expect(headers["content-encoding"]).to.equal(undefined);
        expect(headers.etag).to.match(/^"[0-9a-f]{40}"$/);
      });
    }
  });

  describe("compressed bodies", () => {
    for (const [encoding, compress] of [["gzip", gzipSync], ["deflate", deflateSync], ["br", brotliCompressSync]] as const) {
      it(`are inflated: ${encoding}`, async () => {
        const body = compress(JSON.stringify({ encoding }));
        expect((await state("PUT", at(encoding), { body, headers: { "Content-Encoding": encoding } })).status).to.equal(204);
        expect((await state("GET", at(encoding))).json).to.deep.equal({ encoding });
        const sent = compress(JSON.stringify(statement()));
        expect((await all.send("POST", "", { body: sent, headers: { "Content-Encoding": encoding } })).status).to.equal(200);
      });
    }

    it("413 with the number counts the bytes inflated", async () => {
      for (const ask of [state("PUT", at("bomb"), { body: gzipSync(Buffer.alloc(100_001)), headers: { "Content-Encoding": "gzip" } }), all.send("POST", "", { body: gzipSync(Buffer.alloc(100_001, 32)), headers: { "Content-Encoding": "gzip" } })]) {
        const { status, json } = await ask;
        expect([status, (json as { maxBytes: number }).maxBytes]).to.deep.equal([413, 100_000]);
      }
    });

    it("that are none are refused, not faults", async () => {
      expect((await state("PUT", at("broken"), { body: "no gzip", headers: { "Content-Encoding": "gzip" } })).status).to.equal(400);
      expect((await state("PUT", at("broken"), { body: "{}", headers: { "Content-Encoding": "snappy" } })).status).to.equal(415);
    });
  });

  it("Unknown or mis-cased parameters are 400, and the right spelling is told", async () => {
    for (const [path, query, message] of [
      ["/xapi/statements", { Limit: "1" }, "must be written limit"],
      ["/xapi/agents", { AGENT: ann }, "must be written agent"],
      ["/xapi/activities/profile", { activityID: activityId }, "must be written activityId"],
      ["/xapi/agents/profile", { agent: ann, foo: "1" }, "is not known here"],
    ] as [string, Record<string, string>, string][]) {
      const ask = await resource(host, path);
      const { status, json } = await ask("GET", query);
      expect(status).to.equal(400);
      expect((json as { errors: { message: string }[] }).errors.map(({ message }) => message)).to.include(message);
    }
  });

  describe("errors by content negotiation", () => {
    for (const [accept, type, text] of [
      [undefined, "application/problem+json", /"code":"invalid_parameters"/],
      ["*/*", "application/problem+json", /"code":"invalid_parameters"/],
      ["application/json", "application/problem+json", /"code":"invalid_parameters"/],
      ["text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8", /<h1[^>]*>[\s\S]*The parameter unknown is not known here/],
      ["text/plain", "text/plain; charset=utf-8", /^The parameter unknown is not known here\.\n$/],
      ["text/plain;q=0.5, application/json;q=0.6", "application/problem+json", /"code"/],
    ] as [string | undefined, string, RegExp][]) {
      it(`answers ${accept ?? "nobody's wish"} with ${type}`, async () => {
        const { statusCode, headers, body } = await raw("/xapi/statements?unknown=1", accept ? { Accept: accept } : {});
        expect([statusCode, headers["content-type"]]).to.deep.equal([400, type]);
        expect(body.toString()).to.match(text);
      });
    }
  });

  it("lets no browser run a document as a page of the site, nor answer from its cache unasked", async () => {
    await state("PUT", at("page"), { body: "<script>alert(1)</script>", headers: { "Content-Type": "text/html" } });
    const { headers } = await state("GET", at("page"));
    expect(headers.get("content-security-policy")).to.equal("sandbox; default-src 'none'");
    expect([headers.get("x-content-type-options"), headers.get("cache-control")]).to.deep.equal(["nosniff", "no-cache"]);
  });

  it("refuses everybody without a credential before it reads what they send", async () => {
    expect(await refused(state("PUT", at("unread"), { body: Buffer.alloc(150_000), headers: { Authorization: undefined } }))).to.equal("401 credentials_required");
  });

  /** What fetch hides: bodies as they come, and no header that was not asked for. */
  function raw(path: string, headers: Record<string, string>): Promise<{ statusCode: number; headers: Record<string, string | undefined>; body: Buffer }> {
    return new Promise((resolve, reject) => {
      const asking = httpRequest(host.url + path, { headers: { Authorization: all.authorization, "X-Experience-API-Version": "2.0.0", ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => resolve({ statusCode: response.statusCode!, headers: response.headers as Record<string, string>, body: Buffer.concat(chunks) }));
      });
      asking.on("error", reject);
      asking.end();
    });
  }
});
