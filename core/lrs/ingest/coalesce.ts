import { setImmediate as turn } from "node:timers/promises";

/** How many items go together at most, and how many groups may be under way at once. */
export interface CoalesceOptions {
  maximum: number;
  flushers: number;
}

/**
 * A front that gathers items which arrive in the same turn of the event loop, and while earlier ones are under way, so that one
 * transaction serves many. Where a group fails, each of its items is tried alone, so that one cannot spoil another's.
 */
export function coalescer<Item, Result>(
  flush: (items: Item[]) => Promise<Result[]>,
  { maximum, flushers }: CoalesceOptions,
): (item: Item) => Promise<Result> {
  type Waiting = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };
  const waiting: Waiting[] = [];
  let underWay = 0;
  let gathering = false;

  const settle = async (group: Waiting[]): Promise<void> => {
    try {
      const results = await flush(group.map(({ item }) => item));
      group.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      const [only] = group;
      if (group.length === 1) only!.reject(error);
      else for (const one of group) await settle([one]);
    }
  };

  const work = async (): Promise<void> => {
    underWay++;
    do {
      await turn(); // in which the senders of the group before have their answers, and perhaps the next requests are there
      gathering = false;
      if (waiting.length > 0) await settle(waiting.splice(0, maximum));
    } while (waiting.length > 0);
    underWay--;
  };

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (gathering || underWay >= flushers) return;
      gathering = true;
      void work();
    });
}
