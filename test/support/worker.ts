/* Runs the files of tests that its parent process names, one after the other, with one PostgreSQL for all; ends when there are no more. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import Mocha from "mocha";
import { mochaHooks } from "../../core/testing/database.ts";
import reporter from "./reporter.ts";

/** A file to run, the file to write its `Results` to, and what to write to the standard output when all is told. */
export interface Task {
  file: string;
  results: string;
  mark: string;
}

const { timeout } = JSON.parse(readFileSync(".mocharc.json", "utf8")) as { timeout: number };

process.on("message", async (task: Task | "end") => {
  if (task === "end") return process.disconnect();
  process.env.CADRE_TEST_RESULTS = task.results;
  const mocha = new Mocha({ timeout, reporter }).addFile(resolve(task.file));
  await mocha.loadFilesAsync();
  mocha.run(() => process.stdout.write(task.mark));
});
process.once("disconnect", () => void mochaHooks.afterAll());
