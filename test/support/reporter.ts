import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** What one run of mocha came to. */
export interface Results {
  stats: { passes: number; failures: number; pending: number };
  failures: { title: string; error: string }[];
}

/** Mocha's spec reporter, which also writes its counts and failures as JSON (`Results`) to the file that CADRE_TEST_RESULTS names. */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.once("end", () => {
      const failures = this.failures.map((test) => ({ title: test.fullTitle(), error: String(test.err?.stack ?? test.err) }));
      if (process.env.CADRE_TEST_RESULTS) writeFileSync(process.env.CADRE_TEST_RESULTS, JSON.stringify({ stats: this.stats, failures }));
    });
  }
}
