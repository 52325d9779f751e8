import { attempts, sql, tell, type Context, type CourseStructure } from "cadre";
import { opened, rolledUp, untouched, type UnitOutcomes } from "./outcome.ts";
import { assetOpened } from "./statements.ts";
import { untouchedUnits, type Unit } from "./units.ts";

/**
 * Where an attempt's units stand, for who changes nothing: no row is locked, for commits lock an attempt's outcomes before its enrollment,
 * and whoever launches has the enrollment locked already.
 */
export async function outcomesOf(ctx: Context, attemptId: string, structure: CourseStructure): Promise<UnitOutcomes> {
  const found = await ctx.db.maybe<{ units: UnitOutcomes }>(sql`select units from scorm.outcome where attempt_id = ${attemptId}`);
  return { ...untouchedUnits(structure), ...found?.units };
}

/** The same, with a row that knows every unit of this version of the package, held to the end of the transaction. */
export async function holdOutcomes(ctx: Context, { attemptId, userId }: { attemptId: string; userId: string }, structure: CourseStructure): Promise<UnitOutcomes> {
  const { units } = await ctx.db.one<{ units: UnitOutcomes }>(sql`
    insert into scorm.outcome (attempt_id, user_id, units) values (${attemptId}, ${userId}, ${JSON.stringify(untouchedUnits(structure))}::jsonb)
    on conflict (attempt_id) do update set units = excluded.units || outcome.units returning units`);
  return units;
}

/** Where everything stands once an asset was opened, which completes it, for it says nothing by itself. Pure. */
export function withAssetOpened(outcomes: UnitOutcomes, { identifier }: Unit, at: Date): UnitOutcomes {
  const place = outcomes[identifier] ?? untouched;
  return place.status === "completed" || place.status === "passed" ? outcomes : { ...outcomes, [identifier]: opened(place, at.getTime()) };
}

/** Keeps that an asset was opened, the first time, and tells of it. The outcomes must be held. */
export async function openAsset(ctx: Context, { attemptId, attemptNumber }: { attemptId: string; attemptNumber: number }, before: UnitOutcomes, unit: Unit, about: Parameters<typeof assetOpened>[0]): Promise<void> {
  const after = withAssetOpened(before, unit, ctx.now());
  if (after === before) return;
  await ctx.db.run(sql`update scorm.outcome set units = ${JSON.stringify(after)}::jsonb where attempt_id = ${attemptId}`);
  if (attemptNumber === 1) await tell(ctx, [assetOpened(about, ctx.now())]);
  await attempts.record(ctx, attemptId, rolledUp(after));
}
