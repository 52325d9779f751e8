import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { CadreError } from "../kernel/errors.ts";
import { nameProblem } from "../kernel/names.ts";
import { engineVersion } from "../version.ts";
import { coreParts } from "../parts.ts";
import { parse } from "./arguments.ts";
import type { Command } from "./main.ts";
import { scaffolds, type ScaffoldKind } from "./scaffolds.ts";
import { isEngineFolder, siteFolder } from "./site.ts";

const usage = "new-plugin <name> [--kind page] [--package]";
const kinds = Object.keys(scaffolds) as ScaffoldKind[];

/** Writes a plugin that works, with tests that pass. */
export default {
  usage,
  summary: `Begin a plugin (${kinds.join(", ")}); --package makes an npm package of it.`,
  async run(args) {
    const { values, words } = parse(usage, args, { kind: { type: "string" }, package: { type: "boolean" } }, 1);
    const [name] = words;
    const { kind = "page", package: asPackage = false } = values;
    if (name === undefined) throw new CadreError("bad_usage", "Name the plugin in kebab-case: cadre new-plugin office-hours");
    const misnamed = nameProblem(name);
    if (misnamed) throw new CadreError("bad_usage", misnamed);
    if (!isKind(kind)) throw new CadreError("bad_usage", `There is no kind "${kind}" of plugin; there are ${kinds.join(", ")}.`);
    if (coreParts.some((part) => part.name === name)) throw new CadreError("bad_usage", `A part of the engine is called ${name}; choose another name.`);
    const site = siteFolder();
    const folder = asPackage ? join(process.cwd(), name) : join(site, "plugins", name);
    if (existsSync(folder)) throw new CadreError("already_there", `${folder} is there already; nothing was written.`);
    const files = { ...scaffolds[kind](name), ...(asPackage && packageFiles(name)) };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text, { flag: "wx" });
    }
    const place = relative(process.cwd(), folder) || ".";
    const tests = isEngineFolder(site) ? `npx mocha ${place}/test.ts` : `npm install --save-dev mocha chai tsx && npx ${mocha} ${place}/test.ts`;
    process.stdout.write(`Wrote ${Object.keys(files).length} files to ${place}.\nNext: ${asPackage ? `cd ${place} && npm install && npm test` : tests}\n`);
    return 0;
  },
} satisfies Command;

// What our own folder's .mocharc says.
const mocha = "mocha --node-option import=tsx --require cadre/testing --timeout 60000";

function isKind(kind: string | undefined): kind is ScaffoldKind {
  return kinds.some((known) => known === kind);
}

function packageFiles(name: string): Record<string, string> {
  const manifest = {
    name,
    version: "1.0.0",
    description: "A plugin for Cadre.",
    type: "module",
    exports: "./dist/index.js",
    files: ["dist"],
    scripts: { build: "tsc && node copy-files.js", prepare: "npm run build", test: `${mocha} test.ts` },
    peerDependencies: { cadre: `^${engineVersion}` },
    devDependencies: { cadre: `^${engineVersion}`, chai: "^6.3.0", mocha: "^12.0.3", tsx: "^4.23.0", typescript: "^6.0.3", "@types/chai": "^5.2.3", "@types/mocha": "^10.0.10", "@types/node": "^20.19.0" },
  };
  const compiler = {
    compilerOptions: {
      target: "ES2023",
      lib: ["ES2023", "DOM"],
      module: "NodeNext",
      strict: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: true,
      skipLibCheck: true,
      outDir: "dist",
      types: ["node"],
    },
    include: ["*.ts", "migrations"],
    exclude: ["test.ts"],
  };
  return {
    "package.json": `${JSON.stringify(manifest, null, 2)}\n`,
    "tsconfig.json": `${JSON.stringify(compiler, null, 2)}\n`,
    "copy-files.js": `import { cpSync, existsSync } from "node:fs";\n\nif (existsSync("templates")) cpSync("templates", "dist/templates", { recursive: true });\n`,
    ".gitignore": "node_modules\ndist\n",
    "README.md": `# ${name}\n\nA plugin for Cadre. Install it into a site and name it in the site's package.json:\n\n    npm install ${name}\n\n    "cadre": { "plugins": ["${name}"] }\n`,
  };
}
