import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { discoverPlugins } from "../core/kernel/discovery.ts";
import { coreParts } from "../core/parts.ts";
import { engineVersion } from "../core/version.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const order = ["kernel", "db", "http", "pages", "people", "lrs", "courses", "learning"];
/** http and pages stand side by side. */
const rank = (folder: string): number => (folder === "pages" ? order.indexOf("http") : order.indexOf(folder));
const wrapped = ["tapable", "objection", "knex", "koa", "@koa/router", "ajv", "pg-boss", "pg"];

interface Import {
  file: string;
  from: string;
  typeOnly: boolean;
}

const files = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : /\.(ts|hbs|css)$/.test(entry.name) ? [join(folder, entry.name)] : [],
  );
const core = files("core").filter((file) => file.endsWith(".ts"));
const plugins = files("plugins").filter((file) => file.endsWith(".ts"));

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const found = [...text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)"/gm), ...text.matchAll(/\bimport\((type\s)?"([^"]+)"\)/g)];
  return found.map(([, typeOnly, from = ""]) => ({ file, from, typeOnly: typeOnly !== undefined }));
}

const importsAlone = (file: string): string[] => [...readFileSync(join(root, file), "utf8").matchAll(/^import "([^"]+)";/gm)].map(([, from = ""]) => from);

describe("Architecture", () => {
  it("lets each folder of the core import only from those before it", () => {
    const wrong = core.flatMap(importsOf).flatMap(({ file, from }) => {
      if (!from.startsWith(".")) return [];
      const folder = file.split("/")[1] ?? "";
      const target = relative(root, resolve(root, dirname(file), from)).split("/")[1] ?? "";
      if (!order.includes(folder) || folder === target) return [];
      return order.includes(target) && rank(target) <= rank(folder) ? [] : [`${file} imports ${from}`];
    });
    expect(wrong).to.deep.equal([]);
  });

  it("lets a plugin import only cadre, its own folder and packages the core does not wrap", () => {
    const wrong = plugins.flatMap(importsOf).filter(({ file, from, typeOnly }) => {
      const home = file.split("/").slice(0, 2).join("/");
      if (!from.startsWith(".")) return wrapped.includes(from.split("/").slice(0, from.startsWith("@") ? 2 : 1).join("/"));
      const target = relative(root, resolve(root, dirname(file), from));
      return !target.startsWith(`${home}/`) && !(typeOnly && /^plugins\/[^/]+\/contract\.ts$/.test(target));
    });
    expect(wrong.map(({ file, from }) => `${file} imports ${from}`)).to.deep.equal([]);
  });

  it("touches tapable in one file, and pg-boss and objection where the database is", () => {
    const importers = (name: string) => [...core, ...plugins].filter((file) => importsOf(file).some(({ from }) => from === name || from.startsWith(`${name}/`)));
    expect(importers("tapable")).to.deep.equal(["core/kernel/hooks.ts"]);
    expect(importers("pg-boss").filter((file) => !file.startsWith("core/db/"))).to.deep.equal([]);
    expect(importers("objection").filter((file) => !file.startsWith("core/db/"))).to.deep.equal([]);
    expect(importers("koa").filter((file) => !file.startsWith("core/http/"))).to.deep.equal([]);
  });

  it("has no template that lets markup through", () => {
    const wrong = [...files("templates"), ...files("plugins")].filter((file) => file.endsWith(".hbs") && /\{\{(\{|~?&)/.test(readFileSync(join(root, file), "utf8")));
    expect(wrong).to.deep.equal([]);
  });

  it("declares every error code that is refused with", async () => {
    const { plugins: found } = await discoverPlugins({ folders: [join(root, "plugins")], site: root, engineVersion });
    const declared = new Set([...coreParts, ...found].flatMap(({ errors }) => Object.keys(errors ?? {})));
    const refused = [...core, ...plugins]
      .filter((file) => !/(^|\/|\.)test\.ts$/.test(file))
      .flatMap((file) => [...readFileSync(join(root, file), "utf8").matchAll(/\brefuse\(\s*"([a-z0-9_]+)"/g)].map(([, code = ""]) => ({ file, code })));
    expect(refused.filter(({ code }) => !declared.has(code)).map(({ file, code }) => `${code} in ${file}`)).to.deep.equal([]);
  }).timeout(60_000); // imports every plugin

  it("lists every file that declares by merging, for the built package's types", () => {
    const listed = importsAlone("core/declarations.ts");
    const merging = core.filter((file) => /^declare module "\.\.?\//m.test(readFileSync(join(root, file), "utf8"))).map((file) => `./${relative("core", file)}`);
    expect(merging.filter((file) => !listed.includes(file))).to.deep.equal([]);
  });

  it("reports files that have grown long", function () {
    const long = [...core, ...plugins].map((file) => ({ file, lines: readFileSync(join(root, file), "utf8").split("\n").length })).filter(({ lines }) => lines > 250);
    for (const { file, lines } of long) console.log(`      ${file}: ${lines} lines; is it two things?`);
    expect(long.filter(({ lines }) => lines > 400)).to.deep.equal([]);
  });

  it("keeps the top level as it was given", () => {
    const given = ["package.json", "package-lock.json", "tsconfig.json", "eslint.config.js", "core", "plugins", "content-packages", "templates", "migrations", "test", "docker-compose.yml", "Dockerfile", "README.md", "LICENSE"];
    const made = ["node_modules", "dist", "var"];
    const found = readdirSync(root).filter((name) => !name.startsWith(".") && !(made.includes(name) && (statSync(join(root, name)).isDirectory())));
    expect(found.filter((name) => !given.includes(name))).to.deep.equal([]);
  });
});
