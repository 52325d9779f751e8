import { activitiesOf, itemIri, launches, memoryOf, newId, sql, tell, type Context } from "cadre";
import { lastFirst, type RunAbout } from "../runs.ts";
import type { Delivery } from "../playing.ts";
import type { Setup2004, State2004 } from "../runtime/scorm2004/index.ts";
import type { Played2004, ScormSettings } from "../settings.ts";
import { interruption2004 } from "../statements2004.ts";
import { contentHref } from "../units.ts";
import type { HeldAttempt, OpenAttempt } from "./attempt.ts";
import type { PlayedCourse } from "./course.ts";

/** What the statements of an attempt name, whichever activity runs. */
export type AttemptAbout = Omit<RunAbout, "sco"> & { item: { id: string; name: string } };

/** What a run needs to know of the launch that makes it. */
export type Asking = Pick<launches.Launch, "id" | "attemptId" | "userId" | "userName" | "courseId" | "itemKey" | "registration" | "mode" | "expiresAt" | "closedAt">;

/** What the sequencer last answered a page. */
export interface Leave {
  /** Of the learner's last request on this page; 0 where the content's end was answered. */
  number: number;
  /** The run that followed. */
  next: string | null;
  ended: boolean;
  message: string | null;
}

/** A page of an activity's content, as it is worked with. */
export interface Run2004 {
  id: string;
  launchId: string;
  attemptId: string;
  packageVersionId: string;
  registration: string;
  itemKey: string;
  unit: string;
  setup: Setup2004;
  about: RunAbout & AttemptAbout;
  state: State2004;
  lastAt: Date | null;
  /** When the page was last heard of; null once it was left. */
  seenAt: Date | null;
  leftBy: Leave | null;
}

/** Makes the run of the activity that the sequencer delivered, which is the page that plays from now on; null where none is delivered. */
export async function deliver(ctx: Context<ScormSettings>, { engine, held, how }: OpenAttempt, played: PlayedCourse, { asking, token, about }: { asking: Asking; token: string; about: AttemptAbout }): Promise<Delivery | null> {
  const started = engine.launch(learnerOf(asking, how));
  if (!started) return null;
  const { activity, setup, state } = started;
  const id = newId(ctx.now());
  const sco = nameOf(played, about.item, activity);
  await ctx.db.run(sql`
    insert into scorm.run (id, launch_id, attempt_id, package_version_id, user_id, registration, item_key, unit, setup, about, state, created_at, held_at)
    values (${id}, ${asking.id}, ${held.attemptId}, ${held.packageVersionId}, ${held.userId}, ${asking.registration}, ${asking.itemKey}, ${activity},
      ${JSON.stringify(setup)}, ${JSON.stringify({ ...about, sco })}, ${JSON.stringify(state)}, ${ctx.now()}, ${ctx.now()})`);
  held.runId = id;
  return shownAs(ctx, played, token, { id, registration: asking.registration, itemKey: asking.itemKey, unit: activity, setup, state });
}

/** A run as its page is given it. */
export function shownAs(ctx: Context, played: PlayedCourse, token: string, run: Pick<Run2004, "id" | "registration" | "itemKey" | "unit" | "setup" | "state">): Delivery {
  const { id, registration, itemKey, unit, setup, state } = run;
  const leaf = played.leaves.get(unit);
  const scoUrl = leaf?.launch ? contentHref(launches.contentUrlOf(ctx.site, run), token, { launch: leaf.launch }) : null;
  return { launchId: id, scope: `${registration}/${itemKey}`, activity: unit, title: leaf?.title ?? played.course.title, scoUrl, setup, state };
}

/** What of a setup is the learner's and the site's to say. */
export function learnerOf({ userId, userName, mode }: Pick<Asking, "userId" | "userName" | "mode">, { content, idleLimitMs }: Played2004) {
  return { learnerId: userId, learnerName: lastFirst(userName), mode, idleLimitMs, switches: content };
}

/** How statements name an activity: the course's root, and the only activity of a course, as the item itself. */
export function nameOf({ course, leaves }: PlayedCourse, item: { id: string; name: string }, activity: string): { id: string; name: string } {
  if (activity === course.identifier || leaves.size === 1) return item;
  const find = (items: typeof course.items): string | undefined => items.map(({ identifier, title, children }) => (identifier === activity ? title : find(children))).find((title) => title !== undefined);
  return { id: `${item.id}/units/${encodeURIComponent(activity)}`, name: leaves.get(activity)?.title ?? find(course.items) ?? activity };
}

/** Whom and what the statements of a launch name. */
export async function aboutAttempt(ctx: Context, launch: launches.Launch): Promise<AttemptAbout> {
  const { actor, course, item } = await activitiesOf(ctx, launch);
  return { actor, registration: launch.registration, course, item: { ...item, id: itemIri(ctx, launch.courseId, launch.itemKey) }, platform: ctx.site.name };
}

/** A run by its id. */
export async function runOf(ctx: Context, id: string): Promise<Run2004 | undefined> {
  const row = await ctx.db.maybe<RunRow>(sql`
    select id, launch_id, attempt_id, package_version_id, registration, item_key, unit, setup, about, state, last_at, seen_at, left_by from scorm.run where id = ${id}`);
  return row && parsed(row);
}

/** A run with its attempt, both held (that first) to the end of the transaction so that commits of an attempt follow one another, and the launch that asks for it. */
export interface LockedRun2004 extends Run2004 {
  held: HeldAttempt;
  asking: Asking;
}

/** In one question with the launch of this token; undefined where one of them is unknown. */
export async function lockRun(ctx: Context, token: string, id: string): Promise<LockedRun2004 | undefined> {
  type Joined = RunRow & { ownerId: string; currentRunId: string | null; spentMs: number; decisions: number } & { [Key in keyof Asking as `asking${Capitalize<Key>}`]: Asking[Key] };
  const known = fixedOf.get(ctx.site, id);
  const row = await ctx.db.maybe<Joined>(sql.prepared(sql`
    with launch as (${launches.ofToken(token)})
    select run.id, run.launch_id, run.attempt_id, run.package_version_id, run.registration, run.item_key, run.unit, run.state, run.last_at, run.seen_at, run.left_by,
      case when ${known === undefined} then run.setup end as setup, case when ${known === undefined} then run.about end as about,
      course_state.user_id as owner_id, course_state.run_id as current_run_id, course_state.time_ms::float8 as spent_ms, course_state.decisions,
      launch.id as asking_id, launch.attempt_id as asking_attempt_id, launch.user_id as asking_user_id, launch.user_name as asking_user_name, launch.course_id as asking_course_id,
      launch.item_key as asking_item_key, launch.registration as asking_registration, launch.mode as asking_mode, launch.expires_at as asking_expires_at, launch.closed_at as asking_closed_at
    from launch, scorm.run join scorm.course_state using (attempt_id, package_version_id) where run.id = ${id} for update of course_state, run`));
  if (!row) return undefined;
  const { ownerId: userId, currentRunId: runId, spentMs: timeMs, decisions, attemptId, packageVersionId } = row;
  const asking: Asking = {
    id: row.askingId, attemptId: row.askingAttemptId, userId: row.askingUserId, userName: row.askingUserName, courseId: row.askingCourseId, itemKey: row.askingItemKey,
    registration: row.askingRegistration, mode: row.askingMode, expiresAt: row.askingExpiresAt, closedAt: row.askingClosedAt,
  };
  const fixed = known ?? fixedIn(row);
  if (!known) fixedOf.set(ctx.site, id, fixed);
  return { ...withState(row, { ...fixed, setup: { ...fixed.setup } }), held: { attemptId, packageVersionId, userId, runId, timeMs, decisions }, asking };
}

/** What of a run never changes. */
type Fixed = Pick<Run2004, "setup" | "about">;

/** The setup of a large course takes longer to read than everything else of a commit, so it is remembered for the runs that were last at work. */
const fixedOf = memoryOf<Fixed>(500);

/** "Suspended", for a session that was left without Terminate: with the time it was last heard of, so that repeating it says the same. */
export async function tellInterruption(ctx: Context, { id, about, setup, state, lastAt }: Run2004): Promise<void> {
  if (!state.session || !lastAt) return;
  await tell(ctx, interruption2004({ ...about, launchId: id, sentAtMs: state.session.lastMs, receivedAtMs: lastAt.getTime() }, setup, state));
}

type RunRow = Omit<Run2004, "setup" | "about" | "state"> & { setup: string; about: string; state: string };

const parsed = (row: RunRow): Run2004 => withState(row, fixedIn(row));

const fixedIn = ({ setup, about }: RunRow): Fixed => ({ setup: JSON.parse(setup) as Setup2004, about: JSON.parse(about) as Run2004["about"] });

function withState({ id, launchId, attemptId, packageVersionId, registration, itemKey, unit, state, lastAt, seenAt, leftBy }: RunRow, { setup, about }: Fixed): Run2004 {
  return { id, launchId, attemptId, packageVersionId, registration, itemKey, unit, lastAt, seenAt, leftBy, setup, about, state: JSON.parse(state) as State2004 };
}
