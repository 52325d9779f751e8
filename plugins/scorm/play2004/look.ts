import { type Context, type launches, type LearnerRequest, newId, sql } from "cadre";
import { emptyStore, openEngine, type Course2004, type CourseItem, type Engine, type EngineState } from "../runtime/engine/index.ts";
import { defaultSequencing } from "../runtime/sequencing/index.ts";
import { launch2004, parseNavRequest, type Setup2004, type State2004 } from "../runtime/scorm2004/index.ts";
import type { CommitRequest2004, CommitResponse2004 } from "../playing.ts";
import type { ScormSettings } from "../settings.ts";
import { howPlayed } from "./attempt.ts";
import type { Page2004 } from "./begin.ts";
import { playedCourse, type PlayedCourse } from "./course.ts";
import { learnerOf, shownAs } from "./runs.ts";
import { rowsOf, situationOf } from "./situation.ts";

/**
 * A page for who only looks: an engine on a copy, of which nothing is kept. What is shown follows no rules, for whoever looks may see
 * everything: any part may be chosen, and the next and previous ones are those of the table of contents. A review shows what the learner left.
 */
export async function lookedAt(ctx: Context<ScormSettings>, played: PlayedCourse, launch: launches.Launch, token: string, wanted?: string): Promise<Page2004> {
  const others = [...played.leaves.keys()];
  const kept = launch.mode === "review" ? await keptOf(ctx, launch) : null;
  const activity = wanted ?? kept?.sequencing.current ?? kept?.sequencing.suspended ?? others[0] ?? "";
  const engine = openEngine(freely(played.course), { state: null, store: emptyStore(), nowMs: ctx.now().getTime(), seed: 1 });
  engine.navigate({ kind: "choice", target: activity });
  const how = await howPlayed(ctx, played);
  const fresh = engine.launch(learnerOf(launch, how));
  const started = fresh && kept ? await asLeft(ctx, launch, fresh) : fresh;
  const { id: launchId, registration, itemKey } = launch;
  const run = started && { id: newId(ctx.now()), registration, itemKey, unit: started.activity, setup: started.setup, state: started.state };
  const { contents, valid } = situationOf(engine);
  const statuses = kept ? new Map(rowsOf(openEngine(played.course, { state: kept, store: emptyStore(), nowMs: ctx.now().getTime(), seed: 1 })).map(({ identifier, status }) => [identifier, status])) : null;
  const at = others.indexOf(activity);
  return {
    delivery: run && { ...shownAs(ctx, played, token, run), scope: launchId },
    situation: {
      contents: contents.map((row) => ({ ...row, enabled: row.opens, current: row.identifier === activity, ...(statuses && { status: statuses.get(row.identifier) ?? "not-started" }) })),
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

/** Where the learner's attempt stands; null where it was never begun. */
async function keptOf(ctx: Context, { attemptId, packageVersionId }: launches.Launch): Promise<EngineState | null> {
  const kept = await ctx.db.maybe<{ state: string | null }>(sql`select state from scorm.course_state where attempt_id = ${attemptId} and package_version_id = ${packageVersionId}`);
  return kept?.state ? (JSON.parse(kept.state) as EngineState) : null;
}

/** Content with what its last page kept; as it begins where it was never opened. */
async function asLeft(ctx: Context, { attemptId }: launches.Launch, { activity, setup, state }: Started): Promise<Started> {
  const last = await ctx.db.maybe<{ state: string }>(sql`
    select state from scorm.run where attempt_id = ${attemptId} and unit = ${activity} and last_at is not null order by last_at desc limit 1`);
  if (!last) return { activity, setup, state };
  const resumed: Setup2004 = { ...setup, entry: "resume" };
  return { activity, setup: resumed, state: launch2004(resumed, JSON.parse(last.state) as State2004) };
}

type Started = NonNullable<ReturnType<Engine["launch"]>>;

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
