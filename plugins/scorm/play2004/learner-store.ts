import { sql, type Context, type Sql } from "cadre";
import { emptyStore, type LearnerStore } from "../runtime/engine/index.ts";
import type { PlayedCourse } from "./course.ts";

type Named = Pick<PlayedCourse, "objectives" | "buckets">;

/** Makes the rows that a course's shared objectives and data are kept in, so that they can be locked from now on. */
export async function prepareStore(ctx: Context, userId: string, { objectives, buckets }: Named): Promise<void> {
  if (objectives.length > 0) await ctx.db.run(sql`insert into scorm.global_objective (user_id, objective_id) select ${userId}::uuid, id from unnest(${objectives}::text[]) id on conflict do nothing`);
  if (buckets.length > 0) await ctx.db.run(sql`insert into scorm.shared_data (user_id, bucket_id) select ${userId}::uuid, id from unnest(${buckets}::text[]) id on conflict do nothing`);
}

/** What a course reads and writes beyond itself; the rows are locked, in the order of their ids, to the end of the transaction. */
export const lockStore = (ctx: Context, userId: string, course: Named): Promise<LearnerStore> => storeOf(ctx, userId, course, sql.raw("for update"));

/** The same for who changes nothing: no row is locked. */
export const readStore = (ctx: Context, userId: string, course: Named): Promise<LearnerStore> => storeOf(ctx, userId, course, sql.raw(""));

async function storeOf(ctx: Context, userId: string, { objectives, buckets }: Named, lock: Sql): Promise<LearnerStore> {
  const store = emptyStore();
  if (objectives.length > 0) {
    const rows = await ctx.db.rows<{ objectiveId: string; status: LearnerStore["objectives"][string] }>(sql`
      select objective_id, status from scorm.global_objective where user_id = ${userId} and objective_id = any(${objectives}::text[]) order by objective_id ${lock}`);
    for (const { objectiveId, status } of rows) if (Object.keys(status).length > 0) store.objectives[objectiveId] = status;
  }
  if (buckets.length > 0) {
    const rows = await ctx.db.rows<{ bucketId: string; value: string }>(sql`
      select bucket_id, value from scorm.shared_data where user_id = ${userId} and bucket_id = any(${buckets}::text[]) order by bucket_id ${lock}`);
    for (const { bucketId, value } of rows) if (value !== '""') store.sharedData[bucketId] = JSON.parse(value) as string;
  }
  return store;
}

/** Writes what differs between two stores. */
export async function saveStore(ctx: Context, userId: string, before: LearnerStore, after: LearnerStore): Promise<void> {
  const objectives = changed(before.objectives, after.objectives, (status = {}) => status);
  if (objectives.length > 0) {
    await ctx.db.run(sql`
      update scorm.global_objective set status = new.value from jsonb_to_recordset(${JSON.stringify(objectives)}::jsonb) as new (id text, value jsonb)
      where user_id = ${userId} and objective_id = new.id`);
  }
  const buckets = changed(before.sharedData, after.sharedData, (value = "") => JSON.stringify(value));
  if (buckets.length > 0) {
    await ctx.db.run(sql`
      update scorm.shared_data set value = new.value from unnest(${buckets.map(({ id }) => id)}::text[], ${buckets.map(({ value }) => value)}::text[]) as new (id, value)
      where user_id = ${userId} and bucket_id = new.id`);
  }
}

function changed<Value, Written>(before: Record<string, Value>, after: Record<string, Value>, written: (value: Value | undefined) => Written): { id: string; value: Written }[] {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return ids.filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id])).map((id) => ({ id, value: written(after[id]) }));
}
