import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect } from "chai";

const mostBytes = 40_000;
const scripts = ["../../core/pages/browser/player.ts", "browser/player.ts", "browser/course.ts"].map((path) => fileURLToPath(new URL(path, import.meta.url)));

describe("The player's scripts", () => {
  for (const own of scripts.slice(1)) {
    it(`take at most 40 KB, compressed, with the page around ${own.split("/").at(-1)}`, async () => {
      const { outputFiles } = await build({ entryPoints: [scripts[0] ?? "", own], outdir: "/", write: false, bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "none", conditions: ["source"] });
      const sizeBytes = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
      expect(sizeBytes).to.be.above(1000).and.at.most(mostBytes);
    });
  }
});
