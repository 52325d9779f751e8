/**
 * Runs both batteries of the ADL LRS conformance suite (adlnet/lrs-conformance-test-suite, with its dependencies installed, in the
 * folder CADRE_ADL_SUITE) against an engine of its own, and counts the suite's log: its exit code is the number of failures modulo
 * 256, and tests that never ran are in neither of its sums.
 *
 * node -C source --import tsx test/conformance/adl-lrs.ts [1.0.3|2.0.0] [only tests whose title has this]
 */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { sql } from "../../core/db/sql.ts";
import * as credentials from "../../core/lrs/credentials/commands.ts";
import { forgetStores } from "../../core/lrs/stores/store.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { mochaHooks } from "../../core/testing/database.ts";

/** How many tests each battery had when it was last looked at; fewer means that some were lost. */
const batteries = { "1.0.3": 1365, "2.0.0": 1442 };
type Version = keyof typeof batteries;

/** A suite or, without tests of its own, a test in the log. */
interface Logged {
  title: string;
  status: string;
  error?: string;
  tests: Logged[];
}

const folder = process.env.CADRE_ADL_SUITE;
const [only, grep] = process.argv.slice(2);

if (!folder) {
  console.log("Set CADRE_ADL_SUITE to a folder with adlnet/lrs-conformance-test-suite and its dependencies.");
  process.exitCode = 2;
} else {
  const host = await testHost();
  try {
    for (const version of Object.keys(batteries) as Version[]) if (only === undefined || only === version) await runBattery(host, folder, version);
  } finally {
    await host.stop();
    await mochaHooks.afterAll();
  }
}

/** Runs one battery against a store that is asked in this version by default. */
async function runBattery(host: TestHost, folder: string, version: Version): Promise<void> {
  await host.database.run(sql`update lrs_store set default_version = ${version}`);
  forgetStores(host.context);
  const { key, secret } = await credentials.create(host.context, { label: `ADL ${version}`, scopes: ["all"], expiresInDays: null });
  const options = ["-e", `${host.url}/xapi`, "-a", "-u", key, "-p", secret, "-x", version, ...(grep ? ["-g", grep] : [])];
  const { output, exit } = await run(folder, ["bin/console_runner.js", ...options]);
  const [, path] = /Full run log written to (\S+)/.exec(output) ?? [];
  if (!path) throw new Error(`The suite ended with ${exit} and left no log:\n${output.slice(-2000)}`);
  const { log, summary } = JSON.parse(await readFile(path, "utf8")) as { log: Logged; summary: { total: number } };
  const tests = testsOf(log, "");
  const failed = tests.filter(({ status }) => status === "failed");
  const passed = tests.filter(({ status }) => status === "passed").length;
  const neverRan = summary.total - passed - failed.length;
  for (const { title, error } of failed) console.log(`FAILED ${title}\n       ${error ?? ""}`);
  console.log(`xAPI ${version}: ${passed} passed, ${failed.length} failed, ${neverRan} never ran, of ${summary.total}`);
  if (failed.length > 0 || neverRan > 0 || (!grep && passed < batteries[version])) process.exitCode = 1;
}

function testsOf({ title, status, error, tests }: Logged, within: string): { title: string; status: string; error?: string }[] {
  const full = `${within} ${title}`.trim();
  return tests.length === 0 ? [{ title: full, status, error }] : tests.flatMap((test) => testsOf(test, full));
}

function run(cwd: string, args: string[]): Promise<{ output: string; exit: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (exit) => resolve({ output, exit }));
  });
}
