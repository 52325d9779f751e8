import { attempts, type Context, type launches } from "cadre";
import type { Delivery, Situation } from "../runtime/playing.ts";
import type { ScormSettings } from "../settings.ts";
import { holdAttempt, noteDecision, openAttempt, rehearsed, saveAttempt, type OpenAttempt } from "./attempt.ts";
import { playedCourse, type PlayedCourse } from "./course.ts";
import { lookedAt } from "./look.ts";
import { comeIn } from "./policy.ts";
import { aboutAttempt, deliver, runOf, tellInterruption } from "./runs.ts";
import { situationOf } from "./situation.ts";
import { standingOf } from "./standing.ts";

/** What a player's page of a SCORM 2004 course is made of. */
export interface Page2004 {
  /** Null where the learner is to choose, or nothing can be shown. */
  delivery: Delivery | null;
  situation: Situation;
  /** Why nothing is shown. */
  message: string | null;
}

/**
 * Begins a player's page: what runs or is suspended goes on from where its last page left it, else the course begins. Looking without learning
 * (a preview, a review) keeps nothing. @throws scorm_unit_unknown
 */
export async function begin(ctx: Context<ScormSettings>, launch: launches.Launch, token: string): Promise<Page2004> {
  const { attemptId, userId, packageVersionId } = launch;
  const played = await playedCourse(ctx, packageVersionId);
  if (launch.mode !== "normal") return lookedAt(ctx, played, launch, token);
  return ctx.transact(async (tx) => {
    const open = await openAttempt(tx, await holdAttempt(tx, { attemptId, userId, packageVersionId }), played);
    const { engine, held } = open;
    await takeUp(tx, open);
    const answer = comeIn(engine);
    await noteDecision(tx, open, { launchId: launch.id, request: "the learner comes in" }, answer);
    const delivery = await deliver(tx, open, played, { asking: launch, token, about: await aboutAttempt(tx, launch) });
    await saveAttempt(tx, open);
    if (delivery && isAsset(played, delivery.activity)) await weigh(tx, open, played, delivery);
    else if (held.decisions === 1) await attempts.record(tx, held.attemptId, standingOf(engine.status(), held.timeMs));
    return { delivery, situation: situationOf(engine), message: answer.refusal?.reason ?? null };
  });
}

/** Takes up what the page before left running: what it kept, and, for a session that it left open, that it was broken off. */
export async function takeUp(ctx: Context, { engine, held }: OpenAttempt): Promise<void> {
  const last = held.runId === null ? undefined : await runOf(ctx, held.runId);
  if (!last || last.state.seq === 0) return;
  await tellInterruption(ctx, last);
  if (last.unit === engine.current()) engine.keep(last);
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
