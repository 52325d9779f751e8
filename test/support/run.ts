/* Runs every test, or the files named: in as many processes at once as there are processors (four at most), each with a PostgreSQL of its own. */
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
const atOnce = Math.min(availableParallelism(), 4);
// More shares than processes: whichever is done first takes the next, so that all end at about the same time.
const shares = named.length > 0 ? [named] : shared(everything, atOnce * 5);
const folder = mkdtempSync(join(tmpdir(), "cadre-tests-"));
const waiting = [...shares.entries()];
const ended: (Results & { code: number })[] = [];
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) ended.push(await runShare(...next));
  }),
);
const total = ended.map(({ stats }) => stats).reduce((sum, { passes, failures, pending }) => ({ passes: sum.passes + passes, failures: sum.failures + failures, pending: sum.pending + pending }));
const failures = ended.flatMap((share) => share.failures);
if (shares.length > 1) {
  for (const { title, error } of failures) console.log(`\n  Failed: ${title}\n${error.replace(/^/gm, "    ")}`);
  console.log(`\n  Together: ${total.passes} passing, ${total.failures} failing, ${total.pending} pending\n`);
}
if (process.env.CADRE_TEST_RESULTS) writeFileSync(process.env.CADRE_TEST_RESULTS, JSON.stringify({ stats: total, failures } satisfies Results));
rmSync(folder, { recursive: true });
process.exitCode = Math.max(...ended.map(({ code }) => code));

/** Runs one share; its words are seen as they come if it is the only one, otherwise when it has ended. */
async function runShare(index: number, files: string[]): Promise<Results & { code: number }> {
  const results = join(folder, `${index}.json`);
  const child = spawn(process.execPath, [mocha, ...files], { env: { ...process.env, CADRE_TEST_RESULTS: results }, stdio: ["inherit", shares.length === 1 ? "inherit" : "pipe", "inherit"] });
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(child, "close")) as [number | null];
  process.stdout.write(output);
  // A share that did not get as far as its results has failed, whatever else it says.
  const { stats, failures } = ((): Results => {
    try {
      return JSON.parse(readFileSync(results, "utf8")) as Results;
    } catch {
      return { stats: { passes: 0, failures: 1, pending: 0 }, failures: [{ title: `share ${index + 1} ended early`, error: `It wrote no results; its exit code was ${code}.` }] };
    }
  })();
  return { code: code ?? 1, stats, failures };
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
