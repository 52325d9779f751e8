import { activitiesOf, newId, packageSettingsOf, packageVersionOf, refuse, sql, tell, launches, type Context, type CourseStructure } from "cadre";
import { launch12, setup12, type Setup12, type State12 } from "./runtime/scorm12/index.ts";
import { interruption12, type StatementContext } from "./statements.ts";
import { requireOpen } from "./openings.ts";
import { playingElsewhere, type Elsewhere } from "./pages-at-once.ts";
import type { UnitOutcomes } from "./outcome.ts";
import { holdOutcomes, openAsset } from "./outcomes.ts";
import { switchesOf, type PackageSettings, type ScormSettings } from "./settings.ts";
import { unitOf, unitsOf, type Unit } from "./units.ts";

/** What the statements of a run name; kept with it, so that they say the same however late they are told. */
export type RunAbout = Omit<StatementContext, "launchId" | "sentAtMs" | "receivedAtMs">;

/** A run as it is worked with. */
export interface RunState {
  id: string;
  launchId: string;
  attemptId: string;
  registration: string;
  itemKey: string;
  unit: string;
  setup: Setup12;
  about: RunAbout;
  state: State12;
  lastAt: Date | null;
}

/** What a player page is made of. */
export interface Start {
  runId: string;
  unit: Unit;
  /** The same for all runs of one learner's registration of one unit. */
  scope: string;
  setup: Setup12;
  state: State12;
  /** Another page that plays this unit: this one must ask before it takes its place. */
  elsewhere?: Elsewhere;
}

/**
 * Begins a run for one player page: from where the unit's last run left off, closing what that one left open. Looking without learning
 * (a preview, a review) keeps nothing: such a run has an id that names nothing. @throws scorm_unit_unknown, scorm_unit_locked
 */
export async function begin(ctx: Context<ScormSettings>, launch: launches.Launch, identifier: string): Promise<Start> {
  return ctx.transact(async (tx) => {
    const version = await packageVersionOf(tx.db, launch.packageVersionId);
    if (!version) throw refuse("scorm_unit_unknown", "The package is not there any more.", { status: 404 });
    const unit = unitOf(version.structure, identifier);
    const outcomes = launch.mode === "normal" ? await holdOutcomes(tx, launch, version.structure) : {};
    if (launch.mode === "normal") requireOpen(version.structure, outcomes, unit);
    const setup = setupOf({ ...tx.config, ...((await packageSettingsOf(tx.db, version.id)) as PackageSettings) }, launch, unit);
    const runId = newId(tx.now());
    const scope = `${launch.registration}/${launch.itemKey}/${identifier}`;
    const previous = launch.mode === "browse" ? undefined : await previousOf(tx, launch.attemptId, identifier);
    const state = launch12(setup, previous?.state ?? null);
    if (launch.mode !== "normal") return { runId, unit, scope, setup, state };
    const elsewhere = await playingElsewhere(tx, launch.attemptId, identifier);
    if (previous && !elsewhere) await tellInterruption(tx, previous);
    const about = await aboutUnit(tx, launch, version.structure, unit);
    if (unit.kind === "asset") await openAsset(tx, launch, outcomes, unit, about);
    await tx.db.run(sql`
      insert into scorm.run (id, launch_id, attempt_id, user_id, registration, item_key, unit, setup, about, state, created_at, held_at)
      values (${runId}, ${launch.id}, ${launch.attemptId}, ${launch.userId}, ${launch.registration}, ${launch.itemKey}, ${identifier},
        ${JSON.stringify(setup)}, ${JSON.stringify(about)}, ${JSON.stringify(state)}, ${tx.now()}, ${elsewhere ? null : tx.now()})`);
    return { runId, unit, scope, setup, state, elsewhere };
  });
}

/** Whom and what the statements of a unit name: a package with one unit is told of as the course's item itself. */
async function aboutUnit(ctx: Context, place: Parameters<typeof activitiesOf>[1] & { registration: string }, structure: CourseStructure, { identifier, title }: Unit): Promise<RunAbout> {
  const { actor, course, item } = await activitiesOf(ctx, place);
  const sco = unitsOf(structure).length === 1 ? item : { id: `${item.id}/units/${encodeURIComponent(identifier)}`, name: title };
  return { actor, registration: place.registration, course, sco, platform: ctx.site.name };
}

/**
 * The state from which the last page of this launch shall start, after an earlier run has grown: made anew while that page has not
 * sent anything yet. The attempt must be locked. Undefined where the launch has no page.
 */
export async function restart(ctx: Context, launchId: string): Promise<State12 | undefined> {
  const current = await read(ctx, sql`select * from scorm.run where launch_id = ${launchId} order by id desc limit 1`);
  if (!current || current.state.seq > 0) return current?.state;
  const previous = await previousOf(ctx, current.attemptId, current.unit);
  if (!previous) return current.state;
  await tellInterruption(ctx, previous);
  const state = launch12(current.setup, previous.state);
  await ctx.db.run(sql`update scorm.run set state = ${JSON.stringify(state)} where id = ${current.id}`);
  return state;
}

/** A run with where all of its attempt's units stand, held (those first) until the transaction ends, so that commits of an attempt follow one another. */
export interface LockedRun extends RunState {
  units: UnitOutcomes;
  /** Whether a page that came later plays in its place. */
  takenOver: boolean;
  /** The launch that asks for it; an earlier launch of the same registration may have made the run. */
  asking: Pick<launches.Launch, "id" | "registration" | "itemKey" | "mode" | "expiresAt" | "closedAt">;
}

/** In one question with the launch of this token; undefined where one of the two is unknown. */
export async function lock(ctx: Context, token: string, runId: string): Promise<LockedRun | undefined> {
  type Asking = { askingId: string; askingRegistration: string; askingItemKey: string; mode: launches.LaunchMode; expiresAt: Date; closedAt: Date | null };
  const found = (await read(ctx, sql.prepared(sql`
    with launch as (${launches.ofToken(token)})
    select run.*, outcome.units, exists (select 1 from scorm.run later where later.attempt_id = run.attempt_id and later.unit = run.unit and later.held_at > run.held_at) as taken_over, launch.id as asking_id, launch.registration as asking_registration, launch.item_key as asking_item_key, launch.mode, launch.expires_at, launch.closed_at
    from launch, scorm.run join scorm.outcome using (attempt_id) where run.id = ${runId} for update of outcome, run`))) as (LockedRun & Asking) | undefined;
  if (!found) return undefined;
  const { askingId: id, askingRegistration: registration, askingItemKey: itemKey, mode, expiresAt, closedAt, ...run } = found;
  return { ...run, asking: { id, registration, itemKey, mode, expiresAt, closedAt } };
}

/** The run of a unit that was last at work, whenever it came to us; one whose place was taken was so until then. */
function previousOf(ctx: Context, attemptId: string, unit: string): Promise<RunState | undefined> {
  return read(ctx, sql`select * from scorm.run where attempt_id = ${attemptId} and unit = ${unit} and last_at is not null order by least(last_at, taken_at) desc limit 1`);
}

/** "Suspended", for a session that was left without LMSFinish: told with the time it was last heard of, so that repeating it says the same. */
async function tellInterruption(ctx: Context, { id, about, setup, state, lastAt }: RunState): Promise<void> {
  if (!state.session || !lastAt) return;
  await tell(ctx, interruption12({ ...about, launchId: id, sentAtMs: state.session.lastMs, receivedAtMs: lastAt.getTime() }, setup, state));
}

async function read(ctx: Context, query: ReturnType<typeof sql>): Promise<RunState | undefined> {
  const row = await ctx.db.maybe<Omit<RunState, "setup" | "about" | "state"> & { setup: string; about: string; state: string }>(query);
  return row && { ...row, setup: JSON.parse(row.setup) as Setup12, about: JSON.parse(row.about) as RunAbout, state: JSON.parse(row.state) as State12 };
}

function setupOf(config: ScormSettings, launch: launches.Launch, { data }: Unit): Setup12 {
  return setup12({
    learnerId: launch.userId,
    learnerName: lastFirst(launch.userName),
    mode: launch.mode,
    launchData: data.dataFromLms,
    masteryScore: data.masteryScore,
    maxTimeAllowed: data.maxTimeAllowed,
    timeLimitAction: data.timeLimitAction,
    idleLimitMs: config.idleLimitMinutes * 60_000,
    switches: switchesOf(config),
  });
}

/** "Lovelace, Ada", as SCORM wants names; a name of one word stays. */
export function lastFirst(name: string): string {
  const words = name.trim().split(/\s+/);
  const last = words.pop() ?? "";
  return words.length === 0 ? last : `${last}, ${words.join(" ")}`;
}
