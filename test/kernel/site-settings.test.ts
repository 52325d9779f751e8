import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "chai";
import { assemble } from "../../core/assembly.ts";
import { discoverPlugins } from "../../core/kernel/discovery.ts";
import { messageOf } from "../../core/kernel/errors.ts";
import { createLog } from "../../core/kernel/log.ts";
import { engineVersion } from "../../core/version.ts";

describe("The settings of a site", () => {
  let site: string;
  beforeEach(async () => (site = await mkdtemp(join(tmpdir(), "cadre-settings-"))));
  afterEach(() => rm(site, { recursive: true }));

  /** What boot says of the site's package.json, or of its cadre.json. */
  async function problemsWith(file: string, content: unknown): Promise<string[]> {
    await writeFile(join(site, file), JSON.stringify(content));
    const { problems } = await discoverPlugins({ folders: [], site, engineVersion });
    const refusal = await assemble({ site, log: createLog({ level: "silent" }) }).then(() => undefined, messageOf);
    return [...problems.map(({ pointer, code, message }) => `${basename(pointer)}: ${message} [${code}]`), ...(refusal === undefined ? [] : [refusal])];
  }

  const list = `must be a list of names, such as ["office-hours"].`;
  const wrong: [string, unknown, string][] = [
    ["package.json", { cadre: { plugins: "polls" } }, `package.json: Its "cadre": { "plugins": … } ${list} [bad_settings]`],
    ["package.json", { cadre: { plugins: ["polls", 3] } }, `package.json: Its "cadre": { "plugins": … } ${list} [bad_settings]`],
    ["package.json", { cadre: ["polls"] }, 'package.json: Its "cadre" must be an object, such as { "plugins": ["office-hours"] }. [bad_settings]'],
    ["package.json", { cadre: null }, 'package.json: Its "cadre" must be an object, such as { "plugins": ["office-hours"] }. [bad_settings]'],
    ["cadre.json", { site: { plugins: "polls" } }, `The settings' "site": { "plugins": … } ${list}`],
    ["cadre.json", { site: { optional: { polls: true } } }, `The settings' "site": { "optional": … } ${list}`],
    ["cadre.json", { site: [], http: 3000, pages: {} }, `cadre.json can't be used: "site", "http" must be an object of settings.`],
    ["cadre.json", [], "cadre.json can't be used: it holds no JSON object."],
  ];
  for (const [file, content, says] of wrong) {
    it(`that hold ${JSON.stringify(content)} in ${file} are refused, and it is said what they must be`, async () => {
      const problems = await problemsWith(file, content);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.include(says);
    });
  }

  it("that name packages which are not installed are told of each by its whole name", async () => {
    const problems = await problemsWith("package.json", { cadre: { plugins: ["polls", "votes"] } });
    expect(problems).to.deep.equal(["polls", "votes"].map((name) => `${name}: The plugin package ${name} is named but not installed; run npm install ${name}. [plugin_missing]`));
  });

  it("may say nothing of plugins", async () => {
    for (const content of [{ cadre: {} }, { name: "mine" }]) expect(await problemsWith("package.json", content)).to.deep.equal([]);
    expect(await problemsWith("cadre.json", { site: {}, nobody: {} })).to.deep.equal([]);
  });
});
