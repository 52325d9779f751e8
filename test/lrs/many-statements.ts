import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { sql } from "../../core/db/sql.ts";
import type { Db } from "../../core/db/database.ts";

/** Rows of `count` statements of about `sizeBytes` each, as if they had been sent; they are found by no key. The store must have taken one before. */
export async function fillStatements(db: Db, count: number, sizeBytes = 1000): Promise<void> {
  const padding = "x".repeat(sizeBytes);
  await db.run(sql`
    insert into statement (store, seq, id, stored, authority, raw)
    select 1, seq, id, timestamptz 'epoch' + seq * interval '1 microsecond', 0,
      '{"id":"' || id || '","actor":{"mbox":"mailto:ann@example.org"},"verb":{"id":"http://example.org/verbs/tried"},"object":{"id":"http://example.org/activities/one"},'
        || '"result":{"response":"' || ${padding}::text || '"},"timestamp":"2026-01-01T00:00:00Z","stored":"2026-01-01T00:00:00Z","version":"1.0.0"}'
    from (select first + number as seq, gen_random_uuid() as id from lrs_take_time(${count}::integer) as first, generate_series(0, ${count}::integer - 1) as number) as made`);
}

/** How much memory is in use beyond what was before, in bytes: the most that is left after collecting garbage whenever `work` looks. */
export async function memoryOf(work: (look: () => void) => Promise<void>): Promise<number> {
  const used = () => {
    // The second waits until the buffers that the first has found are freed, which Node 24 does meanwhile.
    collectGarbage();
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  let most = before;
  await work(() => void (most = Math.max(most, used())));
  return most - before;
}

setFlagsFromString("--expose_gc");
const collectGarbage = runInNewContext("gc") as () => void;
