import { setTimeout as pause } from "node:timers/promises";

const limitMs = 30_000;
const pauseMs = 20;

/** Waits until an expectation of what comes by itself is met, such as what a browser's page shows; where it never is, fails as the expectation did last. */
export async function eventually(expectation: () => Promise<unknown>): Promise<void> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    try {
      return void (await expectation());
    } catch (error) {
      if (performance.now() > endMs) throw error;
    }
    await pause(pauseMs);
  }
}
