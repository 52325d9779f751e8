import { expect } from "chai";
import { isCadreError } from "../../core/kernel/errors.ts";
import { definePlugin, type Plugin } from "../../core/kernel/plugin.ts";
import { refuse } from "../../core/kernel/errors.ts";
import { t } from "../../core/kernel/schema.ts";
import { checkResponse, gradeQuestion, question, questionType, renderQuestion, type QuestionType } from "../../core/learning/questions.ts";
import type { Check } from "../../core/testing/checks.ts";
import { conformanceChecks } from "../../core/testing/conformance.ts";
import { conformance, testHost, testQuestion } from "../../core/testing/index.ts";
import { questionChecks } from "../../core/testing/question.ts";

const numeric = question({
  interaction: "numeric",
  body: t.Object({ prompt: t.String(), unit: t.Optional(t.String()) }),
  key: t.Object({ answer: t.Number(), tolerance: t.Number({ minimum: 0, default: 0 }) }),
  response: t.Number(),
  grade: ({ key }, response) => (Math.abs(response - key.answer) <= key.tolerance ? 1 : 0),
  template: `<label for="{{id}}">{{body.prompt}}</label> <input id="{{id}}" name="{{name}}" type="number" step="any" value="{{response}}" required>`,
});
const declaration = { name: "question-numeric", version: "1.0.0", summary: "Questions answered with a number." };
const plugin = definePlugin({ ...declaration, questions: { numeric } });
const pi = { body: { prompt: "What is π?" }, key: { answer: 3.14, tolerance: 0.01 } };

conformance(plugin);
testQuestion(plugin, "numeric", pi, { right: [3.14, 3.15], wrong: [3, 0, -3.14], invalid: ["3.14", null, undefined, [3.14], NaN] });

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "nothing was thrown";
  } catch (error) {
    return isCadreError(error) ? error.code : String(error);
  }
};

describe("Questions", () => {
  it("fill in the defaults of a key, and take text of a form for a number", () => {
    expect(gradeQuestion(numeric, { body: { prompt: "2 + 2" }, key: { answer: 4 } }, 4)).to.equal(1);
    expect(checkResponse(numeric, "4.5", "form")).to.equal(4.5);
    expect(codeOf(() => checkResponse(numeric, "four", "form"))).to.equal("invalid_input");
  });

  it("refuse a question that does not fit", () => {
    expect(codeOf(() => gradeQuestion(numeric, { body: {}, key: pi.key }, 3))).to.equal("invalid_input");
    expect(codeOf(() => gradeQuestion(numeric, { body: pi.body, key: { answer: 3, tolerance: -1 } }, 3))).to.equal("invalid_input");
  });

  for (const [title, grade] of [["throws", () => { throw new Error("no"); }], ["gives more than 1", () => 1.5], ["gives less than 0", () => -1], ["gives no number", () => "1"], ["gives NaN", () => NaN]] as const) {
    it(`names the plugin's fault when grading ${title}`, () => {
      const broken = { ...numeric, grade } as unknown as QuestionType;
      expect(codeOf(() => gradeQuestion(broken, pi, 3))).to.equal("plugin_failed");
    });
  }

  it("never let the key into a template, whatever it asks for", () => {
    const curious = { ...numeric, template: `<input aria-label="x" value="{{key.answer}}{{body.key.answer}}{{@root.key.answer}}{{lookup this "key"}}">` } as QuestionType;
    expect(renderQuestion(curious, { id: "q1", body: pi.body })).to.equal('<input aria-label="x" value="">');
    expect(codeOf(() => renderQuestion(numeric, { id: "q1", body: { ...pi.body, key: pi.key } }))).to.equal("invalid_input");
  });

  it("show body and answer as text", () => {
    const html = renderQuestion(numeric, { id: "q1", name: "answers[3]", body: { prompt: "<b>bold?</b>" }, response: '"><script>' });
    expect(html).to.equal('<label for="q1">&lt;b&gt;bold?&lt;/b&gt;</label> <input id="q1" name="answers[3]" type="number" step="any" value="&quot;&gt;&lt;script&gt;" required>');
  });

  it("are found by their name, of whichever plugin", async () => {
    const host = await testHost({ plugins: [plugin] });
    try {
      expect(questionType(host.host, "numeric")).to.equal(numeric);
      expect(questionType(host.host, "toString")).to.equal(undefined);
    } finally {
      await host.stop();
    }
  });

  it("stop the boot when they can't work, each reason named", async () => {
    const broken = definePlugin({ ...declaration, name: "broken", questions: { Bad: { ...numeric, interaction: "guess" as never, template: "{{{body.prompt}}}", grade: undefined as never } } });
    const error = await testHost({ plugins: [broken] }).then(() => undefined, (reason: unknown) => reason);
    expect(String(error)).to.contain('"Bad" is no kebab-case name').and.to.contain("the interaction of Bad").and.to.contain('no function "grade"').and.to.contain("unescaped output");
  });
});

/** The titles of the checks that fail. */
async function failing(checks: readonly Check[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { title, run } of checks) await Promise.resolve().then(run).catch(() => failed.push(title));
  return failed;
}

describe("testQuestion", () => {
  const cases = { right: [3.14], wrong: [3], invalid: ["3"] };
  const bad = (change: Partial<QuestionType>): Plugin => definePlugin({ ...declaration, questions: { numeric: { ...numeric, ...change } } });

  it("finds nothing wrong with a right one", async () => expect(await failing(questionChecks(plugin, "numeric", pi, cases))).to.deep.equal([]));

  for (const [title, change, found] of [
    ["a grade that is wrong", { grade: () => 1 }, ["grades 3 with 0"]],
    ["a schema that takes anything", { response: t.Any() }, ['refuses "3"']],
    ["a control without a label", { template: `<input name="response" value="{{response}}">` }, ["shows controls that have a label, empty and answered"]],
    ["a question without a control", { template: `<p>{{body.prompt}}</p>` }, ["shows controls that have a label, empty and answered"]],
  ] as const) {
    it(`finds ${title}`, async () => expect(await failing(questionChecks(bad(change as Partial<QuestionType>), "numeric", pi, cases))).to.deep.equal(found));
  }

  it("finds a type that is not there", async () => expect(await failing(questionChecks(plugin, "other", pi, cases))).to.have.lengthOf(6));
});

describe("conformance", () => {
  const base = { name: "sample", version: "1.0.0", summary: "For the tests." };
  const found = async (sample: Plugin, options = {}): Promise<string[]> => {
    const { checks, end } = conformanceChecks(sample, options);
    return failing(checks).finally(end);
  };

  it("finds nothing wrong with a plugin that keeps the contract", async () => {
    const right = definePlugin({
      ...base,
      permissions: { "sample.use": { label: "Use it", roles: ["user"] } },
      routes: ({ get, post, page, form }) => [
        get("/open", { can: "anyone", summary: "Open." }, () => ({})),
        get("/:id", { can: "sample.use", summary: "One.", params: t.Object({ id: t.Id() }) }, () => ({})),
        post("/", { can: "sample.use", summary: "New.", body: t.Object({ name: t.String() }) }, () => ({})),
        post("/open", { can: "anyone", summary: "Open.", body: t.Object({ name: t.String() }) }, () => ({})),
        page("/", { can: "signed-in", summary: "A page." }, () => refuse("forbidden", "No.")),
        form("/", { can: "sample.use", summary: "A form." }, () => ({})),
      ],
    });
    expect(await found(right)).to.deep.equal([]);
  });

  it("finds a plugin that was not made by definePlugin, or is for another version", async () => {
    expect(await found({ ...base })).to.deep.equal(["is frozen, named, versioned, and for this version of Cadre"]);
    expect(await found(definePlugin({ ...base, engine: "^99" }))).to.include("is frozen, named, versioned, and for this version of Cadre").and.to.include("starts with its requirements and default settings");
  });

  it("finds a route that fails, and a summary that is none", async () => {
    const failingRoute = definePlugin({ ...base, routes: ({ get }) => [get("/broken", { can: "anyone", summary: "broken" }, () => { throw new Error("no"); })] });
    expect(await found(failingRoute)).to.deep.equal(["names a permission and a summary for each route", "lets a guest do what guests may and nothing else, and fails for nobody", "has logged no error"]);
  });

  it("finds a table that no model speaks of", async () => {
    const silent = definePlugin({ ...base, migrations: new URL("../../plugins/xapi-forward/migrations/", import.meta.url) });
    expect(await found(silent)).to.deep.equal(["says of each table what it knows about people"]);
  });

  it("finds a plugin that does not start or stop", async () => {
    const stuck = definePlugin({ ...base, stop: () => Promise.reject(new Error("it can't stop")) });
    const { checks, end } = conformanceChecks(stuck, {});
    expect(await failing(checks)).to.deep.equal(["starts again on the same database, migrates nothing twice, and stops"]);
    expect(await end().catch((error: unknown) => String(error))).to.contain("it can't stop");
    expect(await found(definePlugin({ ...base, requires: ["missing"] }))).to.include("starts with its requirements and default settings");
  });
});
