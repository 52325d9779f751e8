/** The in-process twin of Redis: values and counters that end by themselves. */
export interface Memory {
  get(key: string): string | undefined;
  set(key: string, value: string, ttlMs: number): void;
  delete(key: string): void;
  count(key: string, ttlMs: number, by: number): number;
  /** Keeps the token if there is none. */
  take(key: string, token: string, ttlMs: number): boolean;
  /** Deletes the token if it is still this one. */
  release(key: string, token: string): void;
}

const keysAtMost = 100_000;

/** An empty one. When it is full, the keys that were written longest ago go. */
export function createMemory(now: () => Date): Memory {
  const kept = new Map<string, { value: string; until: number }>();
  const live = (key: string) => {
    const found = kept.get(key);
    return found && found.until > now().getTime() ? found : undefined;
  };
  const keep = (key: string, value: string, until: number): void => {
    kept.delete(key);
    kept.set(key, { value, until });
    for (const oldest of kept.keys()) {
      if (kept.size <= keysAtMost) break;
      kept.delete(oldest);
    }
  };
  return {
    get: (key) => live(key)?.value,
    set: (key, value, ttlMs) => keep(key, value, now().getTime() + ttlMs),
    delete: (key) => void kept.delete(key),
    count(key, ttlMs, by) {
      const found = live(key);
      const value = Number(found?.value ?? 0) + by;
      keep(key, String(value), found?.until ?? now().getTime() + ttlMs);
      return value;
    },
    take(key, token, ttlMs) {
      if (live(key)) return false;
      keep(key, token, now().getTime() + ttlMs);
      return true;
    },
    release: (key, token) => void (kept.get(key)?.value === token && kept.delete(key)),
  };
}
