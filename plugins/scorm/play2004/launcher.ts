import type { Launched, Launcher, LaunchRequest, PlayableUnit, Context } from "cadre";
import type { ScormSettings } from "../settings.ts";
import { playing2004 } from "../pages-at-once.ts";
import { emptyStore, openEngine, type Engine } from "../runtime/engine/index.ts";
import { foreseeAttempt } from "./attempt.ts";
import { playedFrom, type PlayedCourse } from "./course.ts";
import { prepareStore } from "./learner-store.ts";
import { comeBack, comeIn, goTo } from "./policy.ts";
import { runOf } from "./runs.ts";
import { rowsOf } from "./situation.ts";

/** Plays SCORM 2004: the sequencer says what opens, and the player's page makes the run. */
export const scorm2004Launcher: Launcher = {
  label: "SCORM 2004",
  async launch(ctx, request) {
    const played = playedFrom(request.version.id, request.version.structure);
    const engine = request.mode === "normal" ? await ahead(ctx as Context<ScormSettings>, played, request) : lookedInto(ctx, played);
    const unit = engine.current();
    const rows = rowsOf(engine);
    return {
      frameHref: `${request.contentUrl}/scorm/${request.token}/course${request.unit === undefined ? "" : `?unit=${encodeURIComponent(request.unit)}`}`,
      ...(unit !== null && { unit }),
      units: rows.map(({ enabled, opens, ...row }): PlayableUnit => ({ ...row, playable: opens || enabled, ...(opens && !enabled && !row.current && request.mode === "normal" && { locked: true }) })),
    } satisfies Launched;
  },
};

/** The course as it will stand once the learner's page has begun, which is what changes anything; while another page plays, as it is. */
async function ahead(ctx: Context<ScormSettings>, played: PlayedCourse, { attempt, enrollment, version, unit }: LaunchRequest): Promise<Engine> {
  await prepareStore(ctx, enrollment.userId, played);
  const { engine, held } = await foreseeAttempt(ctx, { attemptId: attempt.id, userId: enrollment.userId, packageVersionId: version.id }, played);
  const last = held.runId === null ? undefined : await runOf(ctx, held.runId);
  if (playing2004(ctx, last)) return engine;
  comeBack(engine, last);
  if (unit !== undefined) goTo(engine, last, unit);
  return engine;
}

function lookedInto(ctx: Context, played: PlayedCourse): Engine {
  const engine = openEngine(played.course, { state: null, store: emptyStore(), nowMs: ctx.now().getTime(), seed: 1 });
  comeIn(engine);
  return engine;
}
