import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** Mocha's spec reporter, which also writes its counts as JSON to the file that CADRE_TEST_RESULTS names. */
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.once("end", () => {
      if (process.env.CADRE_TEST_RESULTS) writeFileSync(process.env.CADRE_TEST_RESULTS, JSON.stringify({ stats: this.stats }));
    });
  }
}
