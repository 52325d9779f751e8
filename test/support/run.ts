/* Runs every test, in as many processes at once as there are processors (four at most), each with a PostgreSQL of its own; or mocha with what is named. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { longestFirst } from "./order.ts";
import { together, type Results } from "./reporter.ts";
import { endAll, startWorker, type Worker } from "./workers.ts";

const named = process.argv.slice(2);
const everything = ["test", "plugins"]
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)))
  .filter((file) => /\.test\.ts$|^plugins\/[^/]+\/test\.ts$/.test(file));
const folder = mkdtempSync(join(tmpdir(), "cadre-tests-"));
const waiting = longestFirst(everything);
const ended: Results[] = [];
process.on("exit", () => {
  endAll();
  rmSync(folder, { recursive: true });
});
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) process.once(signal, () => process.exit(code));
if (named.length > 0) process.exit(await runMocha());
await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, (_, number) => work(number % 2 ? () => waiting.pop() : () => waiting.shift())));
const { stats: total, failures, unsteady } = together(ended);
for (const { title, error } of failures) console.log(`\n  Failed: ${title}\n${error.replace(/^/gm, "    ")}`);
for (const { title, error } of unsteady) console.log(`\n  Passed only when tried once more: ${title}\n${error.replace(/^/gm, "    ")}`);
console.log(`\n  Together: ${total.passes} passing, ${total.failures} failing, ${total.pending} pending\n`);
if (process.env.CADRE_TEST_RESULTS) writeFileSync(process.env.CADRE_TEST_RESULTS, JSON.stringify({ stats: total, failures, unsteady } satisfies Results));
process.exitCode = total.failures > 0 ? 1 : 0;

/** Mocha with what is named; its words are seen as they come. */
async function runMocha(): Promise<number> {
  const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
  const child = spawn(process.execPath, [mocha, ...named], { stdio: "inherit" });
  process.once("exit", () => child.kill());
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}

/**
 * One process runs file after file until none waits; where it is spent before, another goes on. One begins with what may take long and
 * the other with what is short, so that browsers have room beside them, and they meet among files of middling length and end together.
 */
async function work(next: () => string | undefined): Promise<void> {
  let worker: Worker | undefined;
  for (let file = next(); file; file = next()) {
    if (worker?.isSpent()) ended.push(await worker.end());
    if (!worker || worker.isSpent()) worker = startWorker(folder);
    ended.push(await worker.run(file));
  }
  if (worker) ended.push(await worker.end());
}
