import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { CadreError } from "../kernel/errors.ts";
import { engineVersion } from "../version.ts";
import type { Command } from "./main.ts";
import { scaffolds, type ScaffoldKind } from "./scaffolds.ts";
import { siteFolder } from "./site.ts";

const kinds = Object.keys(scaffolds) as ScaffoldKind[];

/** Writes a plugin that works, with tests that pass. */
export default {
  usage: "new-plugin <name> [--kind page] [--package]",
  summary: `Begin a plugin (${kinds.join(", ")}); --package makes an npm package of it.`,
  async run(args) {
    const [name, ...options] = args;
    const kindAt = options.indexOf("--kind");
    const kind = kindAt < 0 ? "page" : options[kindAt + 1];
    if (name === undefined || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) throw new CadreError("bad_usage", "Name the plugin in kebab-case: cadre new-plugin office-hours");
    if (!isKind(kind)) throw new CadreError("bad_usage", `There is no kind "${kind}" of plugin; there are ${kinds.join(", ")}.`);
    const asPackage = options.includes("--package");
    const folder = asPackage ? join(process.cwd(), name) : join(siteFolder(), "plugins", name);
    if (existsSync(folder)) throw new CadreError("already_there", `${folder} is there already; nothing was written.`);
    const files = { ...scaffolds[kind](name), ...(asPackage && packageFiles(name)) };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text, { flag: "wx" });
    }
    const place = relative(process.cwd(), folder) || ".";
    process.stdout.write(`Wrote ${Object.keys(files).length} files to ${place}.\n${asPackage ? `Next: cd ${place} && npm install && npm test` : `Next: npx mocha ${place}/test.ts`}\n`);
    return 0;
  },
} satisfies Command;

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
    scripts: { build: "tsc && node copy-files.js", prepare: "npm run build", test: "mocha --node-option import=tsx --require cadre/testing test.ts" },
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
