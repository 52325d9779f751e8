import { Validator } from "@seriousme/openapi-schema-validator";
import { expect } from "chai";
import scorm from "../../plugins/scorm/index.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { person, publishedCourse, testHost, type TestHost } from "../../core/testing/index.ts";

describe("/api/openapi.json", () => {
  let host: TestHost;
  before(async () => (host = await testHost({ plugins: [scorm] })));
  after(() => host.stop());

  it("is valid OpenAPI 3.1 and holds every JSON route", async () => {
    const { json } = await host.request("GET", "/api/openapi.json");
    const document = json as { openapi: string; paths: Record<string, Record<string, object>> };
    const { valid, errors } = await new Validator().validate(document);
    expect(errors ?? []).to.deep.equal([]);
    expect(valid).to.equal(true);
    expect(document.openapi).to.equal("3.1.0");
    const told = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    const placed = host.context.site.routes.filter(({ kind }) => kind === "api").map(({ method, fullPath }) => `${method} ${fullPath.replace(/:(\w+)/g, "{$1}")}`);
    expect(told.sort()).to.deep.equal(placed.sort());
    expect(told).to.have.length.greaterThan(40);
  });

  it("names If-Match where an edit is refused without it, and where an edit has none asks for none", async () => {
    const { paths } = (await host.request("GET", "/api/openapi.json")).json as { paths: Record<string, Record<string, { parameters: { $ref?: string }[] }>> };
    const edits = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).flatMap(([method, operation]) => (["patch", "put"].includes(method) ? [{ path, method: method.toUpperCase(), operation }] : [])));
    const somebody = await person(host, { roles: ["administrator"] });
    const course = await publishedCourse(host);
    const { json: content } = await somebody.api<{ modules: { key: string }[] }>("GET", `/courses/${course.id}/content`);
    const ids = { courseId: course.id, moduleKey: content.modules[0]?.key ?? "", itemKey: course.items[0] ?? "" };
    const bodies: Record<string, object> = { "/modules/{moduleKey}": { title: "New" }, "/prerequisites": { requires: [] } };
    const told = edits.filter(({ operation }) => operation.parameters.some(({ $ref }) => $ref === "#/components/parameters/IfMatch"));
    expect(told.map(({ path }) => path)).to.have.length(7);
    for (const { path, method } of told) {
      const own = { ...ids, id: path.includes("/stores/") ? "1" : somebody.id };
      const at = path.replace("/api/v1", "").replace(/\{(\w+)\}/g, (_, name: keyof typeof own) => own[name]);
      const [, body = {}] = Object.entries(bodies).find(([end]) => path.endsWith(end)) ?? [];
      expect((await somebody.api(method, at, body)).status, at).to.equal(428);
      if (!("get" in (paths[path] ?? {}))) continue;
      const tag = (await somebody.api("GET", at)).headers.get("etag") ?? "";
      expect((await somebody.api(method, at, body, { "If-Match": tag })).status, at).to.equal(200);
    }
    const silent = edits.filter((edit) => !told.includes(edit)).map(({ path }) => path.replace("/api/v1", ""));
    expect(silent).to.have.members(["/users/{id}/roles", "/records/credentials/{id}", "/packages/{packageId}"]);
  });

  it("names Idempotency-Key on every POST of JSON, Link on every list, and what is left on every answer", async () => {
    const { paths } = (await host.request("GET", "/api/openapi.json")).json as { paths: Record<string, Record<string, { parameters: { $ref?: string; name?: string }[]; requestBody?: { content: object }; responses: Record<string, { headers: object }> }>> };
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { parameters, requestBody, responses }] of Object.entries(methods)) {
        const takesFile = "multipart/form-data" in (requestBody?.content ?? {});
        expect(parameters.some(({ $ref }) => $ref?.endsWith("/IdempotencyKey")), `${method} ${path}`).to.equal(method === "post" && !takesFile);
        const answers = Object.values(responses);
        expect(answers.some(({ headers }) => "Link" in headers), `${method} ${path}`).to.equal(parameters.some(({ name }) => name === "cursor"));
        for (const { headers } of answers) expect(headers).to.include.keys("RateLimit", "RateLimit-Policy");
      }
    }
  });
});

describe("/docs", () => {
  let host: TestHost;
  before(async () => (host = await testHost({ plugins: [definePlugin({ name: "garden", version: "1.0.0", summary: "Grows.", verbs: { watered: { id: "https://garden.example/watered", display: { en: "watered" } } } })] })));
  after(() => host.stop());

  for (const [list, shown] of [["hooks", "attempt.grading"], ["events", "attempt.graded"], ["errors", "invalid_input"], ["permissions", "courses.edit"], ["verbs", "http://adlnet.gov/expapi/verbs/completed"], ["verbs", "https://garden.example/watered"]]) {
    it(`lists ${list} of the running site, ${shown} among them`, async () => {
      const { status, text } = await host.request("GET", `/docs/${list}`, { headers: { accept: "text/html" } });
      expect(status).to.equal(200);
      expect(text).to.include(shown).and.to.include('href="/docs/verbs"');
    });
  }

  it("tells what the record store costs as it grows, with what was measured and when", async () => {
    const { status, text } = await host.request("GET", "/docs/scale", { headers: { accept: "text/html" } });
    expect(status).to.equal(200);
    expect(text).to.include("1,000,000 statements").and.to.include("22 November 2026").and.to.include("Citus");
  });
});
