import { expect } from "chai";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { isCadreError, type CadreError } from "../../core/kernel/errors.ts";
import { definePlugin, type Plugin } from "../../core/kernel/plugin.ts";
import { createHost } from "../../core/kernel/host.ts";
import { createLog } from "../../core/kernel/log.ts";
import { t } from "../../core/kernel/schema.ts";
import { schemaProblems } from "../../core/http/route-problems.ts";
import type { Route, RouteBuilder } from "../../core/http/routes.ts";
import { placeRoutes } from "../../core/http/table.ts";
import { coreParts } from "../../core/parts.ts";

const echo = definePlugin({
  name: "echo",
  version: "1.0.0",
  summary: "Says what it is told.",
  routes: ({ get, post }) => [
    get("/hello", { can: "anyone", summary: "Greets.", query: t.Object({ name: t.String({ default: "you" }) }) }, (_, { query }) => ({ hello: query.name })),
    post("/count", { can: "anyone", summary: "Counts.", body: t.Object({ from: t.Integer() }) }, (_, { body }) => ({ next: body.from + 1 })),
    post("/greet", { can: "anyone", summary: "Greets.", body: t.Object({ name: t.Optional(t.String()) }), status: 200 }, (_, { body }) => ({ hello: body.name ?? "you" })),
    post("/secret", { can: "signed-in", summary: "Needs a person." }, () => ({})),
  ],
});

describe("Routes", () => {
  let host: TestHost;
  before(async () => (host = await testHost({ plugins: [echo] })));
  after(() => host.stop());

  it("answers JSON under the plugin's own path", async () => {
    const answer = await host.request("GET", "/api/v1/echo/hello?name=Ada");
    expect(answer.status).to.equal(200);
    expect(answer.json).to.deep.equal({ hello: "Ada" });
  });

  it("refuses an unknown parameter with a pointer to it", async () => {
    const { status, json } = await host.request("GET", "/api/v1/echo/hello?nmae=Ada");
    expect(status).to.equal(400);
    expect(json).to.deep.include({ code: "invalid_input", errors: [{ pointer: "/query/nmae", code: "additional_properties", message: "is not known here" }] });
  });

  it("never coerces JSON", async () => {
    const { status, json } = await host.request("POST", "/api/v1/echo/count", { body: { from: "3" } });
    expect(status).to.equal(422);
    expect(json).to.have.nested.property("errors[0].pointer", "/from");
  });

  it("answers a guest with 401 where somebody must be signed in", async () => {
    expect((await host.request("POST", "/api/v1/echo/secret")).status).to.equal(401);
  });

  it("tells apart what is not there and what is asked in the wrong way", async () => {
    expect((await host.request("GET", "/api/v1/echo/nothing")).status).to.equal(404);
    const wrong = await host.request("DELETE", "/api/v1/echo/hello");
    expect(wrong.status).to.equal(405);
    expect(wrong.headers.get("allow")).to.contain("GET");
  });

  it("takes no body for a body without needed fields, and says which are needed where there are", async () => {
    const bare = (path: string) => fetch(`${host.url}${path}`, { method: "POST" });
    expect(await (await bare("/api/v1/echo/greet")).json()).to.deep.equal({ hello: "you" });
    const missing = await bare("/api/v1/echo/count");
    expect(missing.status).to.equal(422);
    expect(await missing.json()).to.have.nested.property("errors[0].pointer", "/from");
  });

  it("answers broken JSON, a wrong media type and an oversize body as problems", async () => {
    const send = (body: string, type: string) => fetch(`${host.url}/api/v1/echo/count`, { method: "POST", body, headers: { "Content-Type": type } });
    const answers = await Promise.all([send("{", "application/json"), send("from=1", "text/plain"), send(`{"from":"${"x".repeat(1100000)}"}`, "application/json")]);
    expect(answers.map(({ status }) => status)).to.deep.equal([400, 415, 413]);
    expect(answers.map(({ headers }) => headers.get("content-type"))).to.deep.equal(Array(3).fill("application/problem+json"));
  });
});

describe("Routes that can't be", () => {
  const hostOf = (plugins: Plugin[], optional: string[] = []) => createHost({ engineVersion: "1.0.0", parts: coreParts, plugins, optional, settings: {}, environment: {}, log: createLog({ level: "silent" }) });
  const plugin = (name: string, routes: (build: RouteBuilder) => readonly Route[], more: object = {}) => definePlugin({ name, version: "1.0.0", summary: "Has routes.", routes, ...more }) as Plugin;
  const twice = plugin("twice", ({ get }) => [
    get("/things/:id", { can: "anyone", summary: "Shows one." }, () => ({})),
    get("/things/:name", { can: "anyone", summary: "Shows it again." }, () => ({})),
    get("/secret", { can: "twice.look", summary: "Shows more." }, () => ({})),
  ]);

  it("are told by name, together with all else that is wrong", () => {
    const taken = plugin("taken", ({ page, get }) => [page("/x", { can: "anyone", summary: "Shows." }, () => ({}) as never), get("y", { can: "", summary: "" } as never, () => ({}))], { requires: ["nobody"] });
    const thrower = plugin("thrower", () => {
      throw new Error("no routes today");
    });
    const error = caught(() => hostOf([twice, taken, thrower]));
    expect(error.problems.map(({ pointer, message }) => `${pointer}: ${message}`)).to.deep.equal([
      "twice: routes: GET /api/v1/twice/things/:name is there already, by twice",
      "twice: routes: GET /api/v1/twice/secret needs the permission twice.look, which nobody declares",
      "taken: It requires the plugin nobody, which is not there.",
      'taken: routes: GET /api/v1/takeny must begin with "/"',
      'taken: routes: GET /api/v1/takeny names no permission ("can")',
      "taken: routes: GET /api/v1/takeny has no summary",
      "thrower: routes: no routes today",
    ]);
  });

  it("leave out a plugin that the site can do without", () => {
    expect(hostOf([twice], ["twice"]).leftOut.map(({ plugin: name, problems }) => [name, problems.length])).to.deep.equal([["twice", 2]]);
  });

  it("have schemas that are fit to check by, in the core", () => {
    const routes = placeRoutes(hostOf([]));
    expect(routes.length).to.be.greaterThan(100);
    expect(routes.flatMap(({ method, fullPath, options }) => schemaProblems(options).map((problem) => `${method} ${fullPath} ${problem}`))).to.deep.equal([]);
  });

  it("have schemas that no request could be checked by", () => {
    const posts = plugin("posts", ({ post }) => [
      post("/letters", { can: "anyone", summary: "Takes a letter.", query: t.Object({ at: t.String({ format: "tomorrow" }) }), body: t.Object({ text: t.Unsafe<string>({ type: "text" }) }) }, () => ({})),
    ]);
    expect(() => hostOf([posts])).to.throw(/POST \/api\/v1\/posts\/letters has a schema of its query that can't be used: unknown format "tomorrow"[^]*schema of its body that can't be used: .*type/);
  });
});

function caught(work: () => unknown): CadreError {
  try {
    work();
  } catch (error) {
    if (isCadreError(error)) return error;
    throw error;
  }
  throw new Error("It went well.");
}
