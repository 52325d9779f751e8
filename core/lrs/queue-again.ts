import type { Context } from "../kernel/context.ts";
import { sql } from "../db/sql.ts";

/** What is carried on in steps by a job, each by its table. */
const jobs = { lrs_import: "records.importStatements", record_privacy: "records.carryPrivacy" } as const;

/** Queues what is carried on in steps again, when it failed or was given up; false where it is done or not there. */
export function queueAgain(ctx: Context, table: keyof typeof jobs, id: string): Promise<boolean> {
  return ctx.transact(async (tx) => {
    const queued = await tx.db.run(sql`update ${sql.id(table)} set state = 'waiting', error = null where id = ${id} and state <> 'done'`);
    if (queued > 0) await tx.enqueue(jobs[table], { id });
    return queued > 0;
  });
}
