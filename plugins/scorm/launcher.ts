import { attempts, sql, tell, type Context, type Launched, type Launcher, type LaunchRequest } from "cadre";
import { requireOpen } from "./openings.ts";
import { opened, rolledUp, untouched, type UnitOutcomes } from "./outcome.ts";
import { aboutUnit } from "./runs.ts";
import { assetOpened } from "./statements.ts";
import { contentsOf, nextUnit, unitOf, untouchedUnits, type Unit } from "./units.ts";

/** Plays SCORM 1.2: chooses the unit and points the frame at the player's page, which makes the run. */
export const scorm12Launcher: Launcher = {
  label: "SCORM 1.2",
  async launch(ctx, request) {
    const { structure } = request.version;
    const outcomes = request.mode === "browse" ? {} : await outcomesOf(ctx, request);
    const unit = unitOf(structure, request.unit ?? nextUnit(structure, outcomes)?.identifier ?? "");
    if (request.mode === "normal") requireOpen(structure, outcomes, unit);
    const after = request.mode === "normal" && unit.kind === "asset" ? await openAsset(ctx, request, unit, outcomes) : outcomes;
    return {
      frameHref: `${request.contentUrl}/scorm/${request.token}/player?unit=${encodeURIComponent(unit.identifier)}`,
      unit: unit.identifier,
      units: contentsOf(structure, after).map(({ locked, ...each }) => ({ ...each, ...(locked && request.mode === "normal" && { locked }) })).map((each) => (each.identifier === unit.identifier && each.status === "not-started" ? { ...each, status: "in-progress" } : each)),
    } satisfies Launched;
  },
};

/** Where the attempt's units stand; the row is made at the first launch, and locked until the launch is told. */
async function outcomesOf(ctx: Context, { attempt, enrollment, version }: LaunchRequest): Promise<UnitOutcomes> {
  const { units } = await ctx.db.one<{ units: UnitOutcomes }>(sql`
    insert into scorm.outcome (attempt_id, user_id, units) values (${attempt.id}, ${enrollment.userId}, ${JSON.stringify(untouchedUnits(version.structure))}::jsonb)
    on conflict (attempt_id) do update set units = excluded.units || outcome.units returning units`);
  return units;
}

/** An asset says nothing by itself, so opening it is what completes it, the first time. */
async function openAsset(ctx: Context, { attempt, enrollment, version }: LaunchRequest, unit: Unit, before: UnitOutcomes): Promise<UnitOutcomes> {
  const place = before[unit.identifier] ?? untouched;
  if (place.status === "completed" || place.status === "passed") return before;
  const units = { ...before, [unit.identifier]: opened(place, ctx.now().getTime()) };
  await ctx.db.run(sql`update scorm.outcome set units = ${JSON.stringify(units)}::jsonb where attempt_id = ${attempt.id}`);
  const { id: enrollmentId, courseId, userId, registration } = enrollment;
  const about = await aboutUnit(ctx, { enrollmentId, courseId, userId, registration, itemKey: attempt.itemKey }, version.structure, unit);
  if (attempt.number === 1) await tell(ctx, [assetOpened(about, ctx.now())]);
  await attempts.record(ctx, attempt.id, rolledUp(units));
  return units;
}
