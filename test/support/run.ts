/* Runs every test, or the files named: in as many processes at once as there are processors (four at most), each with a PostgreSQL of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
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
/** How long a share may say nothing: no test and no hook takes as long, and what has told its results is about to end. */
const limits = { testing: { minutes: 10, says: "It said nothing" }, ending: { minutes: 2, says: "Its tests were over and it did not end" } };
const running = new Set<ChildProcess>();
process.on("exit", () => {
  running.forEach(end);
  rmSync(folder, { recursive: true });
});
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) process.once(signal, () => process.exit(code));
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) ended.push(await runShare(...next));
  }),
);
const { stats: total, failures, unsteady } = together(ended);
if (shares.length > 1) {
  for (const { title, error } of failures) console.log(`\n  Failed: ${title}\n${error.replace(/^/gm, "    ")}`);
  for (const { title, error } of unsteady) console.log(`\n  Passed only when tried once more: ${title}\n${error.replace(/^/gm, "    ")}`);
  console.log(`\n  Together: ${total.passes} passing, ${total.failures} failing, ${total.pending} pending\n`);
}
if (process.env.CADRE_TEST_RESULTS) writeFileSync(process.env.CADRE_TEST_RESULTS, JSON.stringify({ stats: total, failures, unsteady } satisfies Results));
process.exitCode = Math.max(...ended.map(({ code }) => code));

/** Runs one share; its words are seen as they come if it is the only one, otherwise when it has ended. */
async function runShare(index: number, files: string[]): Promise<Results & { code: number }> {
  const results = join(folder, `${index}.json`);
  const child = spawn(process.execPath, [mocha, ...files], { detached: true, env: { ...process.env, CADRE_TEST_RESULTS: results }, stdio: ["ignore", shares.length === 1 ? "inherit" : "pipe", "inherit"] });
  running.add(child);
  let output = "";
  let heardAt = Date.now();
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    heardAt = Date.now();
  });
  let silence: string | undefined;
  const patience = setInterval(() => {
    const limit = existsSync(results) ? limits.ending : limits.testing;
    if (!child.stdout || Date.now() - heardAt < limit.minutes * 60_000) return;
    silence = `${limit.says} for ${limit.minutes} minutes; its files are ${files.join(", ")}, and the last it said was\n${output.trimEnd().split("\n").slice(-3).join("\n")}`;
    end(child);
  }, 1000);
  child.once("exit", () => end(child)); // whatever its tests have left running holds its words open
  const [code] = (await once(child, "close")) as [number | null];
  clearInterval(patience);
  running.delete(child);
  process.stdout.write(output);
  // A share that did not get as far as its results has failed, whatever else it says; so has one that did not end.
  const told = toldIn(results) ?? failed(`share ${index + 1} ended early`, silence ?? `It wrote no results; its exit code was ${code}.`);
  return { code: code ?? 1, ...(silence && existsSync(results) ? together([told, failed(`share ${index + 1} did not end`, silence)]) : told) };
}

/** Ends a share, and every process that its tests have started and left in its group. */
function end(child: ChildProcess): void {
  try {
    process.kill(-child.pid!, "SIGKILL");
  } catch {
    // all are gone
  }
}

function toldIn(file: string): Results | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Results;
  } catch {
    return undefined;
  }
}

function failed(title: string, error: string): Results {
  return { stats: { passes: 0, failures: 1, pending: 0 }, failures: [{ title, error }], unsteady: [] };
}

function together(all: readonly Results[]): Results {
  const sum = (count: "passes" | "failures" | "pending") => all.reduce((total, { stats }) => total + stats[count], 0);
  return { stats: { passes: sum("passes"), failures: sum("failures"), pending: sum("pending") }, failures: all.flatMap((one) => one.failures), unsteady: all.flatMap((one) => one.unsteady) };
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
