import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect } from "chai";
import { discoverPlugins } from "../../core/kernel/discovery.ts";
import type { Plugin } from "../../core/kernel/plugin.ts";
import { variablesOf } from "../../core/kernel/settings.ts";
import { coreParts } from "../../core/parts.ts";
import { engineVersion } from "../../core/version.ts";
import { gradeQuestion, renderQuestion, type QuestionType } from "../../core/learning/questions.ts";
import { testHost } from "../../core/testing/index.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("README", () => {
  let text: string;
  before(async () => (text = await readFile(join(root, "README.md"), "utf8")));

  it("shows a plugin that runs, grades and draws", async () => {
    const sample = /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
    const folder = join(root, "var", `readme-${process.pid}`);
    await mkdir(folder, { recursive: true });
    try {
      await writeFile(join(folder, "index.ts"), sample);
      const { default: plugin } = (await import(pathToFileURL(join(folder, "index.ts")).href)) as { default: Plugin };
      const host = await testHost({ plugins: [plugin] });
      try {
        const type = host.host.contributions<Record<string, QuestionType>>("questions").find(({ plugin: name }) => name === "question-numeric")?.value.numeric;
        if (!type) throw new Error("The plugin contributes no question type.");
        const made = { body: { prompt: "Ports below?", unit: "ports" }, key: { answer: 1024, tolerance: 1 } };
        expect(gradeQuestion(type, made, 1023)).to.equal(1);
        expect(gradeQuestion(type, made, 1000)).to.equal(0);
        const markup = String(renderQuestion(type, { id: "q1", body: made.body }));
        expect(markup).to.contain("Ports below?").and.not.contain("1024");
      } finally {
        await host.stop();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("names variables that are settings", async () => {
    const { plugins } = await discoverPlugins({ folders: [join(root, "plugins")], site: root, engineVersion });
    const known = new Set([...coreParts, ...plugins].flatMap(({ config }) => variablesOf(config)));
    const named = [...text.matchAll(/^\| (`[A-Z_`, ]+`) \|/gm)].flatMap(([, names = ""]) => names.match(/[A-Z_]+/g) ?? []);
    expect(named).to.have.length.greaterThan(8);
    expect(named.filter((name) => !known.has(name))).to.deep.equal([]);
  });

  it("names commands that there are", async () => {
    const commands = await readFile(join(root, "core/cli/main.ts"), "utf8");
    const named = [...text.matchAll(/npx cadre ([a-z-]+)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !commands.includes(`${name}: () =>`) && !commands.includes(`"${name}": () =>`))).to.deep.equal([]);
  });

  it("names scripts that there are", async () => {
    const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm (?:run )?(start|test|lint|check|bench|build)\b/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !(name in scripts))).to.deep.equal([]);
  });
});
