/**
 * One asking of `lrs_consistent_through()` for all who want it within some milliseconds. What was true then is true later, if less than
 * could be said; `forget` when statements were stored, so that whoever stored them finds them within the time.
 */
export function sharedConsistency(forMs = 20): { through(ask: () => Promise<number>): Promise<number>; forget(): void } {
  let asked: { time: Promise<number>; until: number } | undefined;
  return {
    through(ask) {
      const now = performance.now();
      if (asked && asked.until > now) return asked.time;
      const time = ask();
      const own = (asked = { time, until: now + forMs });
      time.catch(() => {
        if (asked === own) asked = undefined;
      });
      return time;
    },
    forget: () => void (asked = undefined),
  };
}
