import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";

/** Keeps partitions ahead of the clock where statements are stored. */
export interface Room {
  /** Sees that statements of these stores have where to go; asks the database about a store once in weeks. Before the transaction, or in it. */
  ensure(db: Db, stores: Iterable<number>): Promise<void>;
  /** Runs `work` with room for these stores; once more when the database finds none after all, as when its clock was set forward. */
  with<T>(db: Db, stores: readonly number[], work: () => Promise<T>): Promise<T>;
}

const weekMs = 7 * 86_400_000;

export function createRoom(): Room {
  /** Until when there is room, by store, less a week. */
  const known = new Map<number, number>();
  const ensure: Room["ensure"] = async (db, stores) => {
    for (const store of new Set(stores)) {
      if ((known.get(store) ?? 0) > Date.now()) continue;
      known.set(store, Date.now() + (await makeRoom(db, store)) - weekMs);
    }
  };
  return {
    ensure,
    async with(db, stores, work) {
      await ensure(db, stores);
      try {
        return await work();
      } catch (error) {
        if ((error as { code?: string } | null)?.code !== noPartition) throw error;
        for (const store of stores) known.delete(store);
        await ensure(db, stores);
        return work();
      }
    },
  };
}

/** Makes the store's partitions up to the month after next; how many milliseconds there is room for from now on. */
export async function makeRoom(db: Db, store: number): Promise<number> {
  const { ms } = await db.one<{ ms: number }>(sql`select extract(epoch from lrs_make_room(${store}))::float8 * 1000 as ms`);
  return ms;
}

/** check_violation, which "no partition of relation … found for row" is as well. */
const noPartition = "23514";
