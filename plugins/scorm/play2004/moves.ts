import { attempts, sql, tell, type Context } from "cadre";
import type { CommitRequest2004, CommitResponse2004, Delivery } from "../playing.ts";
import type { EngineAnswer } from "../runtime/engine/index.ts";
import type { NavigationRequest } from "../runtime/sequencing/index.ts";
import type { ScormSettings } from "../settings.ts";
import { uuid5 } from "../statements/uuid5.ts";
import { namespace } from "../statements/telling.ts";
import { noteDecision, openAttempt, rehearsed, saveAttempt, type OpenAttempt } from "./attempt.ts";
import { weigh } from "./begin.ts";
import { playedCourse, type PlayedCourse } from "./course.ts";
import { decided, statusesOf } from "./decided.ts";
import { afterEnd, backTo, comeIn, requestOf, type Session } from "./policy.ts";
import { deliver, nameOf, runOf, shownAs, tellInterruption, type Leave, type LockedRun2004 } from "./runs.ts";
import { situationOf } from "./situation.ts";
import { standingOf } from "./standing.ts";

type Answered = Pick<CommitResponse2004, "move" | "situation">;

/**
 * Ends what runs, or asks the sequencer for something else, and keeps all that follows: rollup, shared objectives, statements of what the
 * sequencer decided, the attempt's standing, the next page. Without a request of the learner's it is the content's own.
 */
export async function move(ctx: Context<ScormSettings>, run: LockedRun2004, session: Session, { token, navigation }: { token: string; navigation: CommitRequest2004["navigation"] }): Promise<Answered> {
  const played = await playedCourse(ctx, run.packageVersionId);
  const open = await openAttempt(ctx, run.held, played);
  const { engine } = open;
  const activities = played.leaves.size;
  const before = statusesOf(engine);
  const late = run.leftBy?.ended === true && engine.current() === null;
  if (late && engine.state().sequencing.suspended !== run.unit) return moveAgain(ctx, run, token);
  if (late) engine.navigate({ kind: "resumeAll" });
  const asked = late ? ({ kind: "suspendAll" } as const) : navigation ? requestOf(engine, navigation.request, activities, session) : afterEnd(activities, session);
  const leaves = navigation?.request.kind === "leave";
  const wanted = leaves && asked?.kind === "suspendAll" && !comesBack(rehearsed(open, played, ctx.now().getTime()), session) ? null : asked;
  if (session.state.session && wanted) await tellInterruption(ctx, { ...run, state: session.state });
  let answer = engine.leave(session, wanted);
  await noteDecision(ctx, open, { launchId: run.asking.id, request: wordsOf(wanted, session) }, answer);
  if (answer.refusal?.exception === "SB.2.1-1" && engine.status().completion === "completed") answer = await endHere(ctx, open, run, answer);
  const again = answer.refusal !== null && !answer.ended && navigation !== undefined && session.state.session === null && engine.current() === run.unit;
  if (again && engine.running() === null) backTo(engine, run.unit);
  const delivery = answer.delivery !== null || again ? await deliver(ctx, open, played, { asking: run.asking, token, about: run.about }) : null;
  const leave: Leave = { number: navigation?.number ?? run.leftBy?.number ?? 0, next: delivery?.launchId ?? null, ended: answer.ended || leaves, message: answer.refusal?.reason ?? null };
  ctx.db.later(sql`update scorm.run set left_by = ${JSON.stringify(leave)}::jsonb where id = ${run.id}`);
  await saveAttempt(ctx, open);
  await conclude(ctx, open, played, { run, session, before, delivery });
  return { move: { delivery, ended: leave.ended, message: leave.message }, situation: situationOf(engine, delivery || leave.ended ? undefined : session) };
}

/** What a page was answered when it was left, once more: for who did not hear it. */
export async function moveAgain(ctx: Context<ScormSettings>, run: LockedRun2004, token: string, number = 0): Promise<Answered> {
  const { leftBy } = run;
  if (!leftBy || (leftBy.next === null && !leftBy.ended && leftBy.number !== number)) return {};
  const played = await playedCourse(ctx, run.packageVersionId);
  const { engine } = await openAttempt(ctx, run.held, played);
  const next = leftBy.next === null ? undefined : await runOf(ctx, leftBy.next);
  return { move: { delivery: next ? shownAs(ctx, played, token, next) : null, ended: leftBy.ended, message: leftBy.message }, situation: situationOf(engine) };
}

/** Starts the page that follows once more, from what an earlier one had left behind. */
export async function resume(ctx: Context<ScormSettings>, run: LockedRun2004, session: Session, token: string): Promise<Answered> {
  const played = await playedCourse(ctx, run.packageVersionId);
  const open = await openAttempt(ctx, run.held, played);
  await tellInterruption(ctx, { ...run, state: session.state });
  open.engine.keep(session);
  if (open.engine.running() === null) await noteDecision(ctx, open, { launchId: run.asking.id, request: "the learner comes in" }, comeIn(open.engine));
  const delivery = await deliver(ctx, open, played, { asking: run.asking, token, about: run.about });
  const leave: Leave = { number: run.leftBy?.number ?? 0, next: delivery?.launchId ?? null, ended: false, message: null };
  await ctx.db.run(sql`update scorm.run set left_by = ${JSON.stringify(leave)}::jsonb where id = ${run.id}`);
  await saveAttempt(ctx, open);
  if (delivery) await weigh(ctx, open, played, delivery);
  return { move: { delivery, ended: false, message: null }, situation: situationOf(open.engine) };
}

/** Whether a suspended activity would be delivered again; one whose attempts are used up may not, and is then left running. */
function comesBack(copy: OpenAttempt["engine"], session: Session): boolean {
  const running = copy.running();
  copy.leave(session, { kind: "suspendAll" });
  return copy.navigate({ kind: "resumeAll" }).delivery === running;
}

/** Before the 4th edition nothing follows a Continue behind the last activity: a course that is complete then ends. */
async function endHere(ctx: Context, open: OpenAttempt, run: LockedRun2004, refused: EngineAnswer): Promise<EngineAnswer> {
  const answer = open.engine.navigate({ kind: "exitAll" });
  await noteDecision(ctx, open, { launchId: run.asking.id, request: "exitAll, for the course is complete" }, answer);
  return answer.ended ? answer : refused;
}

interface Concluded {
  run: LockedRun2004;
  session: Session;
  before: ReturnType<typeof statusesOf>;
  delivery: Delivery | null;
}

async function conclude(ctx: Context, open: OpenAttempt, played: PlayedCourse, { run, session, before, delivery }: Concluded): Promise<void> {
  const { engine, held } = open;
  const id = uuid5(namespace, [held.attemptId, held.packageVersionId, held.decisions].join(" "));
  const told = decided(run.about, { id, before, after: statusesOf(engine), left: { activity: run.unit, session }, nameOf: (activity) => nameOf(played, run.about.item, activity), at: ctx.now() });
  if (told.length > 0) await tell(ctx, told);
  if (delivery && played.leaves.get(delivery.activity)?.kind === "asset") return weigh(ctx, open, played, delivery);
  await attempts.record(ctx, held.attemptId, standingOf(engine.status(), held.timeMs, played.leaves.size === 1 ? session : undefined));
}

function wordsOf(request: NavigationRequest | null, { state }: Session): string {
  if (request) return "target" in request ? `${request.kind} of ${request.target}` : request.kind;
  const said = state.left?.values["adl.nav.request"];
  return said !== undefined && said !== "_none_" ? `the content's ${said}` : "the content has ended";
}
