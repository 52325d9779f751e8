import { type Context, type launches, type LearnerRequest, newId, sql } from "cadre";
import { emptyStore, openEngine, type Course2004, type CourseItem, type EngineState } from "../runtime/engine/index.ts";
import { defaultSequencing } from "../runtime/sequencing/index.ts";
import { parseNavRequest } from "../runtime/scorm2004/index.ts";
import type { CommitRequest2004, CommitResponse2004 } from "../runtime/playing.ts";
import type { ScormSettings } from "../settings.ts";
import type { Page2004 } from "./begin.ts";
import { playedCourse, type PlayedCourse } from "./course.ts";
import { learnerOf, shownAs } from "./runs.ts";
import { situationOf } from "./situation.ts";

/**
 * A page for who only looks: an engine on a copy, of which nothing is kept. What is shown follows no rules, for whoever looks may see
 * everything: any part may be chosen, and the next and previous ones are those of the table of contents.
 */
export async function lookedAt(ctx: Context<ScormSettings>, played: PlayedCourse, launch: launches.Launch, token: string, wanted?: string): Promise<Page2004> {
  const others = [...played.leaves.keys()];
  const activity = wanted ?? (await runningIn(ctx, launch)) ?? others[0] ?? "";
  const engine = openEngine(freely(played.course), { state: null, store: emptyStore(), nowMs: ctx.now().getTime(), seed: 1 });
  engine.navigate({ kind: "choice", target: activity });
  const started = engine.launch(learnerOf(ctx, launch));
  const { id: launchId, registration, itemKey } = launch;
  const run = started && { id: newId(ctx.now()), registration, itemKey, unit: started.activity, setup: started.setup, state: started.state };
  const { contents, valid } = situationOf(engine);
  const at = others.indexOf(activity);
  return {
    delivery: run && { ...shownAs(ctx, played, token, run), scope: launchId },
    situation: {
      contents: contents.map((row) => ({ ...row, enabled: row.opens, current: row.identifier === activity })),
      controls: { continue: at >= 0 && at < others.length - 1, previous: at > 0 },
      valid,
    },
    message: run ? null : "This course has nothing to show.",
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

/** In a review, the activity that the learner has open or left for later. */
async function runningIn(ctx: Context, { mode, attemptId, packageVersionId }: launches.Launch): Promise<string | null> {
  if (mode !== "review") return null;
  const kept = await ctx.db.maybe<{ state: string | null }>(sql`select state from scorm.course_state where attempt_id = ${attemptId} and package_version_id = ${packageVersionId}`);
  const { sequencing } = JSON.parse(kept?.state ?? "{}") as Partial<EngineState>;
  return sequencing?.current ?? sequencing?.suspended ?? null;
}

/** The course without anything that holds a learner back; what its content is told of objectives stays. */
function freely(course: Course2004): Course2004 {
  const plain = defaultSequencing();
  const free = ({ objectives, rollup, completion }: Course2004["sequencing"]) => ({ ...plain, controlMode: { ...plain.controlMode, flow: true }, objectives, rollup, completion });
  const freed = (item: CourseItem): CourseItem => ({ ...item, sequencing: free(item.sequencing), children: item.children.map(freed) });
  return { ...course, sequencing: free(course.sequencing), items: course.items.map(freed) };
}

function targetOf(leaves: readonly string[], activity: string, request: LearnerRequest | { kind: string; target?: string }): string | undefined {
  if ("target" in request && request.target !== undefined) return leaves.includes(request.target) ? request.target : leaves[0];
  const at = leaves.indexOf(activity);
  return request.kind === "continue" ? leaves[at + 1] : request.kind === "previous" ? leaves[at - 1] : undefined;
}
