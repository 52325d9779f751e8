import type { Launched, Launcher, LaunchRequest, PlayableUnit, Context } from "cadre";
import type { ScormSettings } from "../settings.ts";
import { emptyStore, openEngine, type Engine } from "../runtime/engine/index.ts";
import { takeUp } from "./begin.ts";
import { holdAttempt, noteDecision, openAttempt, saveAttempt } from "./attempt.ts";
import { playedFrom, type PlayedCourse } from "./course.ts";
import { prepareStore } from "./learner-store.ts";
import { comeIn } from "./policy.ts";
import { runOf } from "./runs.ts";
import { rowsOf } from "./situation.ts";

/** Plays SCORM 2004: the sequencer says what opens, and the player's page makes the run. */
export const scorm2004Launcher: Launcher = {
  label: "SCORM 2004",
  async launch(ctx, request) {
    const played = playedFrom(request.version.id, request.version.structure);
    const engine = request.mode === "normal" ? await opened(ctx as Context<ScormSettings>, played, request) : lookedInto(ctx, played);
    const unit = engine.current();
    const rows = rowsOf(engine);
    return {
      frameHref: `${request.contentUrl}/scorm/${request.token}/course`,
      ...(unit !== null && { unit }),
      units: rows.map(({ enabled, opens, ...row }): PlayableUnit => ({ ...row, playable: opens || enabled, ...(opens && !enabled && !row.current && request.mode === "normal" && { locked: true }) })),
    } satisfies Launched;
  },
};

/** The learner comes in, and goes where they asked to, as far as the sequencer lets them. */
async function opened(ctx: Context, played: PlayedCourse, { launchId, attempt, enrollment, version, unit }: LaunchRequest): Promise<Engine> {
  await prepareStore(ctx, enrollment.userId, played);
  const open = await openAttempt(ctx, await holdAttempt(ctx, { attemptId: attempt.id, userId: enrollment.userId, packageVersionId: version.id }), played);
  const { engine, held } = open;
  await takeUp(ctx, open);
  const answer = comeIn(engine);
  if (unit === undefined || unit === engine.current() || !engine.valid().choice[unit]) return engine;
  await noteDecision(ctx, open, { launchId, request: "the learner comes in" }, answer);
  const last = held.runId === null ? undefined : await runOf(ctx, held.runId);
  const choice = { kind: "choice", target: unit } as const;
  const chosen = last && last.unit === engine.current() ? engine.leave(last, choice) : engine.navigate(choice);
  await noteDecision(ctx, open, { launchId, request: `choice of ${unit}` }, chosen);
  await saveAttempt(ctx, open);
  return engine;
}

function lookedInto(ctx: Context, played: PlayedCourse): Engine {
  const engine = openEngine(played.course, { state: null, store: emptyStore(), nowMs: ctx.now().getTime(), seed: 1 });
  comeIn(engine);
  return engine;
}
