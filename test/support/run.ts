/* Runs every test, or the files named: in as many processes as there are processors (four at most), each with a PostgreSQL of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { Results } from "./reporter.ts";

const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
const named = process.argv.slice(2);
const everything = ["test", "plugins"]
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)))
  .filter((file) => /\.test\.ts$|^plugins\/[^/]+\/test\.ts$/.test(file));
const shares = named.length > 0 ? [named] : shared(everything, Math.min(availableParallelism(), 4));
const folder = mkdtempSync(join(tmpdir(), "cadre-tests-"));
const ended = await Promise.all(shares.map(runShare));
for (const { output } of ended.slice(1)) process.stdout.write(output);
const total = ended.map(({ stats }) => stats).reduce((sum, { passes, failures, pending }) => ({ passes: sum.passes + passes, failures: sum.failures + failures, pending: sum.pending + pending }));
const failures = ended.flatMap((share) => share.failures);
if (shares.length > 1) {
  for (const { title, error } of failures) console.log(`\n  Failed: ${title}\n${error.replace(/^/gm, "    ")}`);
  console.log(`\n  Together: ${total.passes} passing, ${total.failures} failing, ${total.pending} pending\n`);
}
if (process.env.CADRE_TEST_RESULTS) writeFileSync(process.env.CADRE_TEST_RESULTS, JSON.stringify({ stats: total, failures } satisfies Results));
rmSync(folder, { recursive: true });
process.exitCode = Math.max(...ended.map(({ code }) => code));

/** Runs one share; the first one's words are seen as they come, those of others when all have ended. */
async function runShare(files: string[], index: number): Promise<Results & { code: number; output: string }> {
  const results = join(folder, `${index}.json`);
  const child = spawn(process.execPath, [mocha, ...files], { env: { ...process.env, CADRE_TEST_RESULTS: results }, stdio: ["inherit", index === 0 ? "inherit" : "pipe", "inherit"] });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(child, "close")) as [number | null];
  // A share that did not get as far as its results has failed, whatever else it says.
  const { stats, failures } = ((): Results => {
    try {
      return JSON.parse(readFileSync(results, "utf8")) as Results;
    } catch {
      return { stats: { passes: 0, failures: 1, pending: 0 }, failures: [{ title: `share ${index + 1} ended early`, error: `It wrote no results; its exit code was ${code}.` }] };
    }
  })();
  return { code: code ?? 1, stats, failures, output };
}

/** Files in `count` shares of about the same size, the large ones spread first. */
function shared(files: string[], count: number): string[][] {
  const parts = Array.from({ length: count }, () => ({ files: [] as string[], bytes: 0 }));
  const sizes = files.map((file) => ({ file, bytes: statSync(file).size })).sort((one, other) => other.bytes - one.bytes);
  for (const { file, bytes } of sizes) {
    const smallest = parts.reduce((least, part) => (part.bytes < least.bytes ? part : least));
    smallest.files.push(file);
    smallest.bytes += bytes;
  }
  return parts.map(({ files: own }) => own.sort());
}
