/** One thing that is held, as a sentence. */
export interface Check {
  title: string;
  run(): Promise<void> | void;
}

interface TestRunner {
  describe(title: string, define: () => void): void;
  it(title: string, run: () => Promise<void> | void): void;
  after(run: () => Promise<void>): void;
}

/** Defines checks as tests of the runner at hand: mocha, or another one that has `describe`, `it` and `after`. */
export function defineChecks(title: string, checks: readonly Check[], end: () => Promise<void> = async () => {}): void {
  const { describe, it, after } = globalThis as unknown as TestRunner;
  describe(title, () => {
    for (const check of checks) it(check.title, () => check.run());
    after(end);
  });
}
