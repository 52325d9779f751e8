/** One figure of ours beside its bare cost in the same run. */
export interface Figure {
  name: string;
  /** Per second. */
  own: number;
  bare: number;
  /** What one of them is. */
  unit: string;
  /** 95th percentile of ours, where one waits for an answer. */
  p95Ms?: number;
}

export const seconds = Number(process.env.CADRE_BENCH_SECONDS ?? 4);

/** Does one thing and answers how many it was. */
export type Work = () => Promise<number>;

/**
 * Runs ours and the bare way by turns, `clients` at once, so that a noisy machine is as noisy for both.
 * The first turn of each warms up and does not count; it is as long as all others together, for node compiles what is hot in its first
 * seconds under load, and whoever waits for a server waits for one that has run for longer.
 */
export async function compare(name: string, unit: string, clients: number, own: Work, bare: Work, turns = 5): Promise<Figure> {
  const totals = [own, bare].map(() => ({ count: 0, ms: 0, waits: [] as number[] }));
  for (let turn = 0; turn <= turns; turn++) {
    for (const [index, work] of [own, bare].entries()) {
      const total = totals[index] as (typeof totals)[number];
      const begun = performance.now();
      const lastsMs = (seconds * 1000) / (turn === 0 ? 1 : turns);
      const waits: number[] = [];
      const counts = await Promise.all(
        Array.from({ length: clients }, async () => {
          let count = 0;
          while (performance.now() - begun < lastsMs) {
            const asked = performance.now();
            count += await work();
            waits.push(performance.now() - asked);
          }
          return count;
        }),
      );
      if (turn === 0) continue;
      total.count += counts.reduce((sum, count) => sum + count, 0);
      total.ms += performance.now() - begun;
      total.waits.push(...waits);
    }
  }
  const [ours, theirs] = totals.map(({ count, ms }) => (count * 1000) / ms);
  return { name, unit, own: ours ?? 0, bare: theirs ?? 0, p95Ms: percentile(totals[0]?.waits ?? [], 0.95) };
}

/** One line: rate, bare rate, their ratio, and how long one in twenty waits at least. */
export function lineOf({ name, unit, own, bare, p95Ms }: Figure): string {
  const rate = (value: number) => value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });
  const waits = p95Ms === undefined ? "" : `  p95 ${p95Ms < 1 ? p95Ms.toFixed(3) : p95Ms.toFixed(1)} ms`;
  return `${name.padEnd(46)} ${rate(own).padStart(11)} ${unit}/s  bare ${rate(bare).padStart(11)}  ratio ${(own / bare).toFixed(2)}${waits}`;
}

function percentile(values: number[], share: number): number {
  const sorted = values.sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0;
}
