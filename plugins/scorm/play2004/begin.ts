import { attempts, type Context, type launches } from "cadre";
import { playing2004, type Elsewhere } from "../pages-at-once.ts";
import type { EngineAnswer } from "../runtime/engine/index.ts";
import type { Delivery, Situation } from "../playing.ts";
import type { ScormSettings } from "../settings.ts";
import { holdAttempt, noteDecision, openAttempt, rehearsed, saveAttempt, type OpenAttempt } from "./attempt.ts";
import { playedCourse, type PlayedCourse } from "./course.ts";
import { lookedAt } from "./look.ts";
import { comeBack, goTo } from "./policy.ts";
import { aboutAttempt, deliver, runOf, tellInterruption, type Run2004 } from "./runs.ts";
import { situationOf } from "./situation.ts";
import { standingOf } from "./standing.ts";

/** What a player's page of a SCORM 2004 course is made of. */
export interface Page2004 {
  /** Null where the learner is to choose, or nothing can be shown. */
  delivery: Delivery | null;
  situation: Situation;
  /** Why nothing is shown. */
  message: string | null;
  /** Another page that plays this course: this one must ask before it takes its place. */
  elsewhere?: Elsewhere;
}

/** How a page begins: where the learner asked to go, and whether it may take the place of one that plays. */
export interface Beginning {
  unit?: string;
  take?: boolean;
}

/**
 * Begins a player's page: what runs or is suspended goes on from where its last page left it, else the course begins. While another page plays,
 * nothing begins before the learner chose to go on here. Looking without learning (a preview, a review) keeps nothing. @throws scorm_unit_unknown
 */
export async function begin(ctx: Context<ScormSettings>, launch: launches.Launch, token: string, { unit, take }: Beginning = {}): Promise<Page2004> {
  const { attemptId, userId, packageVersionId } = launch;
  const played = await playedCourse(ctx, packageVersionId);
  if (launch.mode !== "normal") return lookedAt(ctx, played, launch, token, unit !== undefined && played.leaves.has(unit) ? unit : undefined);
  return ctx.transact(async (tx) => {
    const open = await openAttempt(tx, await holdAttempt(tx, { attemptId, userId, packageVersionId }), played);
    const { engine, held } = open;
    const last = held.runId === null ? undefined : await runOf(tx, held.runId);
    const elsewhere = take ? undefined : playing2004(tx, last);
    if (elsewhere) return { delivery: null, situation: situationOf(engine, last), message: null, elsewhere };
    const answer = await enter(tx, open, { launchId: launch.id, last, unit });
    const delivery = await deliver(tx, open, played, { asking: launch, token, about: await aboutAttempt(tx, launch) });
    await saveAttempt(tx, open);
    if (delivery && isAsset(played, delivery.activity)) await weigh(tx, open, played, delivery);
    else if (held.decisions === 1) await attempts.record(tx, held.attemptId, standingOf(engine.status(), held.timeMs));
    return { delivery, situation: situationOf(engine), message: answer.refusal?.reason ?? null };
  });
}

/**
 * Brings the learner in: takes up what the page before left running (what it kept, and, for a session that it left open, that it was broken
 * off), and goes where the learner asked to, as far as the sequencer lets them.
 */
async function enter(ctx: Context, open: OpenAttempt, { launchId, last, unit }: { launchId: string; last: Run2004 | undefined; unit?: string | undefined }): Promise<EngineAnswer> {
  const { engine } = open;
  if (last && last.state.seq > 0) await tellInterruption(ctx, last);
  const answer = comeBack(engine, last);
  await noteDecision(ctx, open, { launchId, request: "the learner comes in" }, answer);
  const chosen = unit === undefined ? null : goTo(engine, last, unit);
  if (chosen) await noteDecision(ctx, open, { launchId, request: `choice of ${unit}` }, chosen);
  return chosen ?? answer;
}

/**
 * Records what a course has come to as it stands, with content that still runs: as if it were suspended now, and an asset, which says
 * nothing by itself, as if it were left.
 */
export async function weigh(ctx: Context, open: OpenAttempt, played: PlayedCourse, running: Pick<Delivery, "activity" | "setup" | "state">): Promise<void> {
  const copy = rehearsed(open, played, ctx.now().getTime());
  copy.leave(running, { kind: isAsset(played, running.activity) ? "exit" : "suspendAll" });
  await attempts.record(ctx, open.held.attemptId, standingOf(copy.status(), open.held.timeMs, played.leaves.size === 1 ? running : undefined));
}

function isAsset({ leaves }: PlayedCourse, activity: string): boolean {
  return leaves.get(activity)?.kind === "asset";
}
