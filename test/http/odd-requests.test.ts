import { request } from "node:http";
import { expect } from "chai";
import { redirect } from "../../core/http/reply.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { t } from "../../core/kernel/schema.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";

const notes = definePlugin({
  name: "notes",
  version: "1.0.0",
  summary: "Takes what it is sent.",
  routes: ({ get, post, page, form }) => [
    get("/of/:name", { can: "anyone", summary: "One.", params: t.Object({ name: t.String() }) }, (_, { params }) => params),
    get("/since", { can: "anyone", summary: "Since a time.", query: t.Object({ since: t.Optional(t.Time()), q: t.Optional(t.String()) }) }, (_, { query }) => query),
    post("/", { can: "anyone", summary: "Takes one.", body: t.Object({ text: t.String(), more: t.Optional(t.Object({}, { additionalProperties: true })) }) }, (_, { body }) => body),
    page("/shelf/:id", { can: "anyone", summary: "A shelf." }, () => redirect("/")),
    form("/shelf/:id/notes/:note/remove", { can: "anyone", summary: "Removes one." }, () => ({})),
    form("/own", { can: "signed-in", summary: "Takes one's own.", body: t.Object({ text: t.String() }) }, () => ({})),
    form("/", { can: "anyone", summary: "Takes one.", body: t.Object({ text: t.String() }) }, () => ({})),
  ],
});

const form = { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html" };

/** Sends a request that `fetch` would not. */
function send(url: string, target: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: target, headers, agent: false }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString())).on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on("error", reject).end();
  });
}

describe("Requests that no browser sends", () => {
  let host: TestHost;
  before(async () => (host = await testHost({ plugins: [notes] })));
  after(() => host.stop());

  for (const name of ["[", "a b", "a<b", "localhost:99999"]) {
    it(`answers a request whose Host is ${name} as any other`, async () => {
      const targets = { "/courses?q=a": 200, "/sign-in": 200, "/nothing": 404, "/api/v1/courses?limit=1": 200 };
      const answers = await Promise.all(Object.keys(targets).map((target) => send(host.url, target, { Host: name, Accept: "text/html" })));
      expect(answers.map(({ status }) => status)).to.deep.equal(Object.values(targets));
    });
  }

  it("leads whoever visits the address of a form to the nearest page above it, and tells programs which method it takes", async () => {
    const visits = { "/notes/shelf/7/notes/9/remove?x=1": "/notes/shelf/7", "/notes/own": "/", "/admin/records/keys": "/admin/records", "/sign-out": "/" };
    for (const [path, page] of Object.entries(visits)) {
      const { status, headers } = await host.browser().get(path);
      expect([status, headers.get("location")], path).to.deep.equal([303, page]);
      const refused = await host.request("GET", path);
      expect([refused.status, refused.headers.get("allow")], path).to.deep.equal([405, "POST"]);
    }
    const browser = host.browser();
    expect((await browser.get("/api/v1/notes")).status).to.equal(405);
    expect((await host.request("DELETE", "/sign-out", { headers: { Accept: "text/html" } })).status).to.equal(405);
  });

  it("finds nothing at an address that is none", async () => {
    for (const target of ["*", "//[", "/%", "/%zz"]) expect((await send(host.url, target, { Accept: "text/html" })).status, target).to.equal(404);
  });

  it("finds nothing at an address that holds U+0000", async () => {
    expect((await send(host.url, "/courses/%00", { Accept: "text/html" })).status).to.equal(404);
    expect((await host.request("GET", "/api/v1/notes/of/a%00b")).status).to.equal(404);
  });

  it("says where a body holds text that no table can hold, though its schema takes any", async () => {
    for (const text of ["a\0b", "a\ud800b", "\udc00"]) {
      const { status, json } = await host.request("POST", "/api/v1/notes", { body: { text, more: { "a/b": [{ deep: text }], [text]: 1 } } });
      expect(status).to.equal(422);
      expect((json as { errors: { pointer: string; code: string }[] }).errors.map(({ pointer, code }) => [pointer, code]).sort()).to.deep.equal([
        ["/more", "unstorable_text"],
        ["/more/a~1b/0/deep", "unstorable_text"],
        ["/text", "unstorable_text"],
      ]);
    }
    expect((await host.request("POST", "/api/v1/notes", { body: { text: "\ud83c\udfcc\ufe0f \\u0000" } })).status).to.equal(200);
  });

  it("refuses a body that is nested as deep as it may be long", async () => {
    const send = (depth: number) => fetch(`${host.url}/api/v1/notes`, { method: "POST", body: `{"text":"x","more":{"a":${"[".repeat(depth)}${"]".repeat(depth)}}}`, headers: { "Content-Type": "application/json" } });
    const [deep, deepest] = await Promise.all([send(198), send(100_000)]);
    expect([deep.status, deepest.status]).to.deep.equal([200, 422]);
    expect(await deepest.json()).to.have.nested.property("errors[0].code", "nested_too_deep");
  });

  it("says so of a query", async () => {
    const { status, json } = await host.request("GET", "/api/v1/notes/since?q=%00");
    expect(status).to.equal(400);
    expect(json).to.have.nested.property("errors[0].pointer", "/query/q");
  });

  it("takes no time that there is only by the letter", async () => {
    const answers = await Promise.all(["2016-12-31T23:59:60Z", "2024-02-30T00:00:00Z", "2024-02-29T00:00:00Z"].map((since) => host.request("GET", `/api/v1/notes/since?since=${since}`)));
    expect(answers.map(({ status }) => status)).to.deep.equal([400, 400, 200]);
  });

  it("offers to sign in, and to come back, where a form comes after its session", async () => {
    const sendForm = (referer: string) => fetch(`${host.url}/notes/own`, { method: "POST", body: "text=x", headers: { ...form, Referer: referer } });
    const [ours, theirs] = await Promise.all([sendForm(`${host.url}/courses?q=a`), sendForm("https://evil.example/x")]);
    expect([ours.status, theirs.status]).to.deep.equal([401, 401]);
    expect(await ours.text()).to.include('href="/sign-in?next&#x3D;%2Fcourses%3Fq%3Da"');
    expect(await theirs.text()).to.include('href="/sign-in"').and.not.to.include("evil");
  });

  it("offers the page again where a form is too old", async () => {
    const answer = await fetch(`${host.url}/notes`, { method: "POST", body: "text=x&csrfToken=old", headers: { ...form, Referer: `${host.url}/courses` } });
    expect(answer.status).to.equal(403);
    expect(await answer.text()).to.match(/href="\/courses">Load the page again/);
  });

  it("says how to sign in where a call of the API must", async () => {
    const { status, headers } = await host.request("GET", "/api/v1/me");
    expect([status, headers.get("www-authenticate")]).to.deep.equal([401, "Bearer"]);
  });
});
