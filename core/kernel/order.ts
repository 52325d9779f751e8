import type { HookOrder } from "./catalogue.ts";

/** The places in a row that can be asked for, as numbers to sort by. */
export const ranks: Record<HookOrder, number> = { first: -1, normal: 0, last: 1 };

/** A thing that must come after the things it requires. */
export interface Orderable {
  name: string;
  requires?: readonly string[];
}

/**
 * Requirements first; among those that are free, the lower `rank`, then the given order.
 * Names that are not in the list are passed over. A cycle is broken where it is met: `cyclesIn` tells of it.
 */
export function inOrder<T extends Orderable>(items: readonly T[], rank: (item: T) => number = () => 0): T[] {
  const waiting = [...items].sort((a, b) => rank(a) - rank(b));
  const ordered: T[] = [];
  while (waiting.length > 0) {
    const free = waiting.findIndex((item) => !item.requires?.some((name) => name !== item.name && waiting.some((other) => other.name === name)));
    ordered.push(...waiting.splice(Math.max(free, 0), 1));
  }
  return ordered;
}

/** Every requirement cycle, as the names along it. */
export function cyclesIn(items: readonly Orderable[]): string[][] {
  const byName = new Map(items.map((item) => [item.name, item]));
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (name: string, path: string[]): void => {
    const at = path.indexOf(name);
    if (at >= 0) return void cycles.push(path.slice(at));
    if (done.has(name)) return;
    for (const next of byName.get(name)?.requires ?? []) visit(next, [...path, name]);
    done.add(name);
  };
  for (const { name } of items) visit(name, []);
  return cycles;
}

/** Everything `name` requires, directly or through others. */
export function requirementsOf(name: string, items: readonly Orderable[]): Set<string> {
  const byName = new Map(items.map((item) => [item.name, item]));
  const found = new Set<string>();
  const visit = (current: string): void => {
    for (const next of byName.get(current)?.requires ?? []) {
      if (!found.has(next)) {
        found.add(next);
        visit(next);
      }
    }
  };
  visit(name);
  return found;
}
