import { type Context, type launches, newId, sql } from "cadre";
import { openEngine, type Engine, type EngineState } from "../runtime/engine/index.ts";
import { emptyStore } from "../runtime/engine/index.ts";
import { parseNavRequest } from "../runtime/scorm2004/index.ts";
import type { CommitRequest2004, CommitResponse2004, LearnerRequest } from "../runtime/playing.ts";
import type { ScormSettings } from "../settings.ts";
import type { Page2004 } from "./begin.ts";
import { playedCourse, type PlayedCourse } from "./course.ts";
import { comeIn } from "./policy.ts";
import { learnerOf, shownAs } from "./runs.ts";
import { situationOf } from "./situation.ts";

/**
 * A page for who only looks: an engine on a copy, of which nothing is kept. What is shown follows no rules, for whoever looks may see
 * everything: any part may be chosen, and the next and previous ones are those of the table of contents.
 */
export async function lookedAt(ctx: Context<ScormSettings>, played: PlayedCourse, launch: launches.Launch, token: string, wanted?: string): Promise<Page2004> {
  const engine = await copyOf(ctx, played, launch);
  const activity = wanted ?? comeIn(engine).delivery ?? [...played.leaves.keys()][0] ?? "";
  const others = [...played.leaves.keys()];
  if (engine.current() !== activity) show(engine, activity);
  const started = engine.launch(learnerOf(ctx, launch));
  const { id: launchId, registration, itemKey } = launch;
  const run = started && { id: newId(ctx.now()), registration, itemKey, unit: started.activity, setup: started.setup, state: started.state };
  const { contents, valid } = situationOf(engine);
  const at = others.indexOf(activity);
  return {
    delivery: run && { ...shownAs(ctx, played, token, run), scope: launchId },
    situation: {
      contents: contents.map((row) => ({ ...row, enabled: row.opens, current: row.identifier === activity })),
      controls: { continue: at >= 0 && at < others.length - 1, previous: at > 0, exitAll: false, leave: true },
      valid,
    },
    message: run ? null : "This part cannot be shown without going through the course.",
  };
}

/** A commit of who only looks: taken note of and forgotten; a request to see something else is followed. */
export async function look(ctx: Context<ScormSettings>, launch: launches.Launch, token: string, request: CommitRequest2004): Promise<CommitResponse2004> {
  const { entries, fromSeq, navigation, activity = "" } = request;
  const answer = { ackSeq: entries.reduce((last, [seq]) => Math.max(last, seq), fromSeq - 1), savedAt: ctx.now().toISOString() };
  const ends = entries.some(([, , kind]) => kind === "finish");
  const said = entries.findLast((entry) => entry[2] === "set" && entry[3] === "adl.nav.request")?.[4];
  const asked = navigation?.request ?? (ends && said !== undefined ? parseNavRequest(said) : null);
  if (!asked) return answer;
  const played = await playedCourse(ctx, launch.packageVersionId);
  const target = targetOf([...played.leaves.keys()], activity, asked as LearnerRequest);
  if (target === undefined) return { ...answer, move: { delivery: null, ended: true, message: null } };
  const { delivery, situation, message } = await lookedAt(ctx, played, launch, token, target);
  return { ...answer, move: { delivery, ended: false, message }, situation };
}

async function copyOf(ctx: Context, played: PlayedCourse, { mode, attemptId, packageVersionId }: launches.Launch): Promise<Engine> {
  const kept = mode === "review" ? await ctx.db.maybe<{ state: string | null }>(sql`select state from scorm.course_state where attempt_id = ${attemptId} and package_version_id = ${packageVersionId}`) : undefined;
  const state = kept?.state ? (JSON.parse(kept.state) as EngineState) : null;
  return openEngine(played.course, { state, store: emptyStore(), nowMs: ctx.now().getTime(), seed: 1, switches: { jump: true } });
}

/** By choice, or where the course does not allow that, by a jump. */
function show(engine: Engine, target: string): void {
  if (engine.navigate({ kind: "choice", target }).delivery === target) return;
  engine.navigate({ kind: "jump", target });
}

function targetOf(leaves: readonly string[], activity: string, request: LearnerRequest | { kind: string; target?: string }): string | undefined {
  if ("target" in request && request.target !== undefined) return leaves.includes(request.target) ? request.target : leaves[0];
  const at = leaves.indexOf(activity);
  return request.kind === "continue" ? leaves[at + 1] : request.kind === "previous" ? leaves[at - 1] : undefined;
}
