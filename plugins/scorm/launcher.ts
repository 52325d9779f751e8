import type { Launched, Launcher } from "cadre";
import { requireOpen } from "./openings.ts";
import { outcomesOf, withAssetOpened } from "./outcomes.ts";
import { contentsOf, nextUnit, unitOf } from "./units.ts";

/** Plays SCORM 1.2: chooses the unit and points the frame at the player's page, which is what makes the run and changes anything. */
export const scorm12Launcher: Launcher = {
  label: "SCORM 1.2",
  async launch(ctx, request) {
    const { structure } = request.version;
    const outcomes = request.mode === "browse" ? {} : await outcomesOf(ctx, request.attempt.id, structure);
    const unit = unitOf(structure, request.unit ?? nextUnit(structure, outcomes)?.identifier ?? "");
    if (request.mode === "normal") requireOpen(structure, outcomes, unit);
    const after = request.mode === "normal" && unit.kind === "asset" ? withAssetOpened(outcomes, unit, ctx.now()) : outcomes;
    return {
      frameHref: `${request.contentUrl}/scorm/${request.token}/player?unit=${encodeURIComponent(unit.identifier)}`,
      unit: unit.identifier,
      units: contentsOf(structure, after).map(({ locked, ...each }) => ({ ...each, ...(locked && request.mode === "normal" && { locked }) })).map((each) => (each.identifier === unit.identifier && each.status === "not-started" ? { ...each, status: "in-progress" } : each)),
    } satisfies Launched;
  },
};
