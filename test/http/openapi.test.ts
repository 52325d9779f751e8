import { Validator } from "@seriousme/openapi-schema-validator";
import { expect } from "chai";
import scorm from "../../plugins/scorm/index.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";

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
