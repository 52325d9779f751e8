import { expect } from "chai";
import { Table, type PersonalData } from "../../core/db/table.ts";
import { isCadreError } from "../../core/kernel/errors.ts";
import { definePlugin, type Plugin } from "../../core/kernel/plugin.ts";
import { t } from "../../core/kernel/schema.ts";
import { hostOf, lamps } from "./engine.ts";

const table = (tableName: string, personalData?: PersonalData): typeof Table => Object.assign(class extends Table {}, { tableName, personalData });

const plugin = (fields: object): Plugin => definePlugin({ name: "my-plugin", version: "1.0.0", summary: "Mine.", ...(fields as Partial<Plugin>) } as never);

describe("what a plugin declares about its data is checked at boot", () => {
  const problemsOf = (...plugins: Plugin[]): string[] => {
    try {
      hostOf([lamps, ...plugins]);
      return [];
    } catch (error) {
      if (!isCadreError(error)) throw error;
      return error.problems.map(({ message }) => message);
    }
  };

  const cases: [title: string, fields: object, problems: (string | RegExp)[]][] = [
    ["an event nobody declares", { on: { "lamp.broken": async () => {} } }, ["on: nobody declares the event lamp.broken"]],
    ["a subscriber that is no function", { on: { "lamp.lit": {} } }, ["on: the handler of lamp.lit is no function"]],
    ["tries that make no sense", { on: { "lamp.lit": { attempts: 0, run: async () => {} } } }, ["on: lamp.lit: attempts must be a whole number from 1"]],
    ["jobs that are no function", { jobs: {} }, ["jobs: must be a function: (job) => ({ … })"]],
    ["a job not made by job()", { jobs: () => ({ sweep: async () => {} }) }, ["jobs: sweep is not made by job(schema, run)"]],
    ["a job with a dot in its name", { jobs: (job: (...args: unknown[]) => object) => ({ "a.b": job(t.Object({}), async () => {}) }) }, ['jobs: "a.b" is no camelCase name']],
    ["a table in another's schema", { models: [table("lamps.lamp", "none")] }, ['models: the table lamps.lamp must lie in the plugin\'s own schema: "my_plugin.…"']],
    ["a table in the core's schema", { models: [table("event", "none")] }, ['models: the table event must lie in the plugin\'s own schema: "my_plugin.…"', "models: the table event is database's"]],
    ["a table that does not say what it knows about people", { models: [table("my_plugin.page")] }, ["models: the table my_plugin.page does not say what it knows about people: personalData"]],
    ["anonymising without saying what is left", { models: [table("my_plugin.page", { subject: "userId", onErase: "anonymise" })] }, ["models: the table my_plugin.page does not say what is left of an anonymised row: personalData.anonymised"]],
    ["a model that is no table", { models: [class {}] }, ["models: holds something that is no Table with a tableName"]],
    ["migrations that are not there", { migrations: new URL("./nowhere/", import.meta.url) }, [/^migrations: the folder .*nowhere\/ is not there$/]],
    ["migrations as a path", { migrations: "./migrations/" }, ['migrations: must be a file URL: new URL("./migrations/", import.meta.url)']],
    ["a table of its own that says whose its rows are", { models: [table("my_plugin.page", { subject: "userId", onErase: "delete" })] }, []],
  ];
  for (const [title, fields, problems] of cases) {
    it(title, () => {
      const found = problemsOf(plugin(fields));
      expect(found).to.have.length(problems.length);
      problems.forEach((problem, index) => (typeof problem === "string" ? expect(found[index]).to.equal(problem) : expect(found[index]).to.match(problem)));
    });
  }

  it("and all of it at once", () => {
    const found = problemsOf(plugin({ on: { "lamp.broken": async () => {} }, jobs: {}, models: [table("lamps.lamp")], schedules: { never: { cron: "now", job: "nothing" } }, feeds: { letters: {} } }));
    expect(found).to.have.length(7);
  });
});
