import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { assemble } from "../../core/assembly.ts";
import { definePlugin } from "../../core/index.ts";
import type { CadreError } from "../../core/kernel/errors.ts";
import { createLog } from "../../core/kernel/log.ts";
import type { Plugin } from "../../core/kernel/plugin.ts";
import { testHost } from "../../core/testing/index.ts";

describe("Scripts and styles of plugins", () => {
  let site: string;
  const plugin = (name: string, more: object = {}) => definePlugin({ name, version: "1.0.0", summary: "Has scripts.", browser: pathToFileURL(`${join(site, name)}/`), ...more }) as Plugin;
  const failure = (work: Promise<unknown>) => work.then(() => expect.fail("It started."), (error: CadreError) => error.problems.map(({ pointer, code, message }) => `${pointer}: ${message.replaceAll(`${site}/`, "")} [${code}]`));

  before(async () => {
    site = await mkdtemp(join(tmpdir(), "cadre-scripts-"));
    const files = { "fine/page.ts": "export const one: number = 1;", "broken/page.ts": "const one = ;", "broken/style.css": "p { color: red }", "lost/page.js": 'import "./nowhere.js";\n\nimport { two } from "./also-nowhere.js";\ntwo();' };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(site, path, ".."), { recursive: true });
      await writeFile(join(site, path), text);
    }
  });
  after(() => rm(site, { recursive: true, force: true }));

  it("that can't be read stop the start, each with its plugin, file and line", async () => {
    expect(await failure(testHost({ plugins: [plugin("fine"), plugin("broken"), plugin("lost")] }))).to.deep.equal([
      'broken: broken/page.ts, line 1: Unexpected ";" [bad_script]',
      'lost: lost/page.js, line 1: Could not resolve "./nowhere.js" [bad_script]',
      'lost: lost/page.js, line 3: Could not resolve "./also-nowhere.js" [bad_script]',
    ]);
  });

  it("are told with all else that is wrong, in one message", async () => {
    const log = createLog({ level: "silent" });
    expect(await failure(assemble({ site, plugins: [plugin("broken"), plugin("fine", { requires: ["nobody"] })], log }))).to.deep.equal([
      'broken: broken/page.ts, line 1: Unexpected ";" [bad_script]',
      "fine: It requires the plugin nobody, which is not there. [missing_requirement]",
    ]);
  });

  it("leave out a plugin that the site can do without, and the site starts", async () => {
    const host = await testHost({ plugins: [plugin("fine"), plugin("broken")], settings: { site: { optional: ["broken"] } } });
    try {
      expect(host.context.site.host.leftOut.map(({ plugin: name, problems }) => [name, problems.map(({ code }) => code)])).to.deep.equal([["broken", ["bad_script"]]]);
      expect([...host.context.site.assets.keys()].filter((name) => name.includes("/"))).to.deep.equal(["fine/page.js"]);
    } finally {
      await host.stop();
    }
  });
});
