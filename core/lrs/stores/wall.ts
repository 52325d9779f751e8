import type { Context } from "../../kernel/context.ts";
import { messageOf } from "../../kernel/errors.ts";
import { databaseOf } from "../../db/context.ts";
import { openDatabase, type Transactions } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import type { Health } from "../../http/health.ts";

/** Sessions of requests of clients: as a role that PostgreSQL shows the rows of certain stores alone, whatever it is asked. */
export interface Wall {
  /** Sessions that see these stores and no others; the numbers in ascending order. */
  within(stores: readonly number[]): Transactions;
  /** Why stores are held apart by the conditions of our own queries only; null where PostgreSQL holds them apart as well. */
  obstacle: string | null;
  close(): Promise<void>;
}

// One plan for every question whatever it asks for: statements are found by look-ups in a fixed order (see query/query.ts), and planning
// for every partition anew would take longer than they do. Such a plan knows no key's frequency, so it is kept from reading all
// that a key has to sort it.
const prepared = "set plan_cache_mode = force_generic_plan; set enable_sort = off; set enable_bitmapscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off";

/** Puts up the wall (it may be there), and opens a pool of as many sessions as the site's own. Without the right to make the role it goes on without. */
export async function openWall(ctx: Context): Promise<Wall> {
  const { url, pool } = databaseOf(ctx);
  const obstacle = await putUp(ctx);
  if (obstacle !== null) ctx.log.warn({ obstacle }, wallHealth(obstacle).detail);
  const { most } = pool();
  const onError = (error: Error): void => ctx.log.warn({ error }, "A connection of the record store was lost");
  const database = openDatabase({ url, poolSize: most, begin: obstacle === null ? `${prepared}; set role cadre_records` : prepared, onError });
  return { within: (stores) => database.with("cadre.stores", `{${stores.join()}}`), obstacle, close: () => database.close() };
}

async function putUp(ctx: Context): Promise<string | null> {
  try {
    const { obstacle } = await ctx.db.one<{ obstacle: string | null }>(sql`select lrs_wall() as obstacle`);
    if (obstacle !== null) return obstacle;
    await ctx.transact((tx) => tx.db.run(sql`set local role cadre_records`));
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** How it stands with the wall, in a sentence. */
export function wallHealth(obstacle: string | null): Health {
  const detail = obstacle === null ? "PostgreSQL itself holds stores apart." : `Stores are held apart by our own queries alone, not by PostgreSQL as well. ${obstacle}`;
  return { name: "record stores", ok: obstacle === null, detail };
}
