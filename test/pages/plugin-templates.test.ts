import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { definePlugin } from "../../core/index.ts";
import { createHost } from "../../core/kernel/host.ts";
import { createLog } from "../../core/kernel/log.ts";
import type { Plugin } from "../../core/kernel/plugin.ts";
import type { CadreError } from "../../core/kernel/errors.ts";
import { coreParts } from "../../core/parts.ts";

describe("Templates and slots of plugins", () => {
  let site: string;
  const written = async (path: string, text: string) => {
    await mkdir(join(site, path, ".."), { recursive: true });
    await writeFile(join(site, path), text);
  };
  const plugin = (name: string, more: object) => definePlugin({ name, version: "1.0.0", summary: "Has pages.", templates: pathToFileURL(`${join(site, name)}/`), ...more }) as Plugin;
  const hostOf = (plugins: Plugin[], optional: string[] = []) =>
    createHost({ engineVersion: "1.0.0", parts: coreParts, plugins, optional, site, settings: {}, environment: {}, log: createLog({ level: "silent" }) });
  const told = (plugins: Plugin[]): string[] => {
    try {
      hostOf(plugins);
      return [];
    } catch (error) {
      return (error as CadreError).problems.map(({ pointer, message }) => `${pointer}: ${message.replaceAll(`${site}/`, "")}`);
    }
  };
  const priced = () => plugin("priced", { slots: { "course.aside": { template: "price" } } });

  before(async () => {
    site = await mkdtemp(join(tmpdir(), "cadre-templates-"));
    await written("priced/price.hbs", "<p>{{price}}</p>");
    await written("broken/one.hbs", "<p>\n{{{markup}}}</p>");
    await written("broken/two.hbs", "{{#if}}");
    await written("own/page.hbs", `{{slot "own.aside"}}`);
  });
  afterEach(() => rm(join(site, "templates"), { recursive: true, force: true }));
  after(() => rm(site, { recursive: true, force: true }));

  it("are told with all else that is wrong, before anything runs", () => {
    const lost = plugin("lost", { requires: ["nobody"], templates: pathToFileURL(`${join(site, "nowhere")}/`), slots: { "course.asied": { template: "box" } } });
    const [first, ...others] = told([priced(), lost, plugin("broken", { slots: { "course.aside": {} } })]);
    expect(first).to.equal("lost: It requires the plugin nobody, which is not there.");
    expect(others.filter((each) => !each.includes("two.hbs"))).to.deep.equal([
      "lost: templates: the folder nowhere/ is not there",
      "lost: slots: course.asied is a slot that no page has",
      "lost: slots: course.asied is filled from the template box, which is not there",
      "broken: templates: broken/one.hbs, line 2: unescaped output ({{{ or {{&) is not allowed.",
      "broken: slots: course.aside names no template",
    ]);
    expect(others.find((each) => each.includes("two.hbs"))).to.match(/^broken: templates: broken\/two\.hbs: Parse error on line 1/);
  });

  it("leave out a plugin that the site can do without", () => {
    expect(hostOf([plugin("broken", {})], ["broken"]).leftOut.map(({ plugin: name }) => name)).to.deep.equal(["broken"]);
  });

  it("may fill slots of another plugin's pages, and of those that the site puts in their place", async () => {
    const filling = plugin("priced", { slots: { "own.aside": { template: "price" } } });
    expect(told([filling])).to.deep.equal(["priced: slots: own.aside is a slot that no page has"]);
    expect(told([filling, plugin("own", {})])).to.deep.equal([]);
    await written("templates/overrides/own/page.hbs", "<p>Nothing beside.</p>");
    expect(told([filling, plugin("own", {})])).to.deep.equal(["priced: slots: own.aside is a slot that no page has"]);
    await written("templates/pages/sign-in.hbs", `{{slot "own.aside"}}`);
    expect(told([filling, plugin("own", {})])).to.deep.equal([]);
  });

  it("name the file where what the site puts in their place is broken", async () => {
    await written("templates/overrides/priced/price.hbs", "{{{price}}}");
    await written("templates/pages/sign-in.hbs", "{{& markup}}");
    expect(told([priced()])).to.deep.equal([
      "pages: templates: templates/pages/sign-in.hbs, line 1: unescaped output ({{{ or {{&) is not allowed.",
      "priced: templates: templates/overrides/priced/price.hbs, line 1: unescaped output ({{{ or {{&) is not allowed.",
    ]);
  });
});
