import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** What one run of mocha came to. */
export interface Results {
  stats: { passes: number; failures: number; pending: number };
  failures: Failure[];
  /** What failed, and passed when it was tried once more. */
  unsteady: Failure[];
}

export interface Failure {
  title: string;
  error: string;
}

/** Mocha's spec reporter, which also writes its counts and failures as JSON (`Results`) to the file that CADRE_TEST_RESULTS names. */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const unsteady: Failure[] = [];
    runner.on(Mocha.Runner.constants.EVENT_TEST_RETRY, (test: Mocha.Test, error: Error) => unsteady.push(failureOf(test, error)));
    runner.once("end", () => {
      const failures = this.failures.map((test) => failureOf(test, test.err));
      const results: Results = { stats: this.stats, failures, unsteady: unsteady.filter(({ title }) => failures.every((one) => one.title !== title)) };
      if (process.env.CADRE_TEST_RESULTS) writeFileSync(process.env.CADRE_TEST_RESULTS, JSON.stringify(results));
    });
  }
}

const failureOf = (test: Mocha.Test, error?: Error): Failure => ({ title: test.fullTitle(), error: String(error?.stack ?? error) });

/** What something came to that could not tell its results itself. */
export function failed(title: string, error: string): Results {
  return { stats: { passes: 0, failures: 1, pending: 0 }, failures: [{ title, error }], unsteady: [] };
}

export function together(all: readonly Results[]): Results {
  const sum = (count: "passes" | "failures" | "pending") => all.reduce((total, { stats }) => total + stats[count], 0);
  return { stats: { passes: sum("passes"), failures: sum("failures"), pending: sum("pending") }, failures: all.flatMap((one) => one.failures), unsteady: all.flatMap((one) => one.unsteady) };
}
