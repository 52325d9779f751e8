import type { Log } from "../../kernel/context.ts";
import { messageOf } from "../../kernel/errors.ts";
import type { Db } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";

/** When keys were last used, written apart from the requests that use them. */
export interface CredentialUses {
  note(id: string): void;
  /** Writes what was noted; by itself a second after a use, and once a minute at most. */
  flush(): Promise<void>;
  /** The same, and no more by itself. */
  stop(): Promise<void>;
}

const minuteMs = 60_000;
const soonMs = 1000;

export function credentialUses({ db, log, now }: { db: Db; log: Log; now(): Date }): CredentialUses {
  const noted = new Map<string, Date>();
  let timer: NodeJS.Timeout | undefined;
  let flushedAt = -Infinity;
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    flushedAt = performance.now();
    const uses = [...noted];
    noted.clear();
    if (uses.length === 0) return;
    // A row that another process is just writing has its time by that.
    await db.run(sql`
      with used as (select * from unnest(${uses.map(([id]) => id)}::uuid[], ${uses.map(([, at]) => at.toISOString())}::timestamptz[]) as used(id, at)),
      free as (select id from lrs_credential where id in (select id from used) for update skip locked)
      update lrs_credential set last_used_at = greatest(last_used_at, used.at) from used join free using (id) where lrs_credential.id = used.id`);
  };
  const flushOrTell = (): void => void flush().catch((error: unknown) => log.warn({ error }, `when keys were used could not be written: ${messageOf(error)}`));
  return {
    note(id) {
      noted.set(id, now());
      timer ??= setTimeout(flushOrTell, Math.max(soonMs, flushedAt + minuteMs - performance.now())).unref();
    },
    flush,
    stop: () => flush().catch((error: unknown) => log.warn({ error }, `when keys were used could not be written: ${messageOf(error)}`)),
  };
}
