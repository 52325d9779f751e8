import type { Site } from "./context.ts";

/** What a process remembers of things that never change, for each site apart. */
export interface Memory<Value> {
  get(site: Site, key: string): Value | undefined;
  set(site: Site, key: string, value: Value): void;
  forget(site: Site, key: string): void;
}

/** A memory of so many things; what came first goes first. */
export function memoryOf<Value>(atMost: number): Memory<Value> {
  const known = new WeakMap<Site, Map<string, Value>>();
  return {
    get: (site, key) => known.get(site)?.get(key),
    set(site, key, value) {
      const own = known.get(site) ?? new Map<string, Value>();
      known.set(site, own);
      const [first] = own.keys();
      if (own.size >= atMost && first !== undefined) own.delete(first);
      own.set(key, value);
    },
    forget: (site, key) => void known.get(site)?.delete(key),
  };
}
