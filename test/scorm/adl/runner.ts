import { createSession2004, type Setup2004, type State2004 } from "../../../plugins/scorm/runtime/scorm2004/index.ts";
import { emptyStore, openEngine, type ContentsEntry, type Engine, type EngineAnswer, type EngineState, type LearnerStore } from "../../../plugins/scorm/runtime/engine/index.ts";
import type { NavigationRequest } from "../../../plugins/scorm/runtime/sequencing/index.ts";
import { disagreement } from "./compare.ts";
import type { AdlCase, Delivery } from "./cases.ts";
import { pageOf, type AdlPackage } from "./packages.ts";

/** The one learner of a run: what the LMS keeps of them, over packages. */
export interface Testtaker {
  store: LearnerStore;
  states: Map<string, EngineState>;
}

/** What a run of one case needs from outside. */
export interface CaseWorld {
  learner: Testtaker;
  packageOf(id: string): Promise<AdlPackage>;
}

const learnerSetup = { learnerId: "testtaker-1", learnerName: "Testtaker, John" };
const nowMs = Date.UTC(2026, 0, 1);

/** A learner who has done nothing yet. */
export function newTesttaker(): Testtaker {
  return { store: emptyStore(), states: new Map() };
}

/** Runs a case from its first launch to its last exit and gives a line for each thing that is not as it must be; ends at a wrong delivery. */
export async function runCase(adlCase: AdlCase, world: CaseWorld): Promise<string[]> {
  const player = new Player(world, firstPackage(adlCase.id));
  await player.open();
  player.start();
  for (const delivery of adlCase.activities) {
    player.expects(delivery);
    if (!player.shows(delivery)) return player.wrong;
    await player.play(delivery);
  }
  player.end();
  return player.wrong;
}

function firstPackage(caseId: string): string {
  return caseId === "DDM" ? "DDMa" : caseId;
}

/** The learner at the player's page, with the content in it. */
class Player {
  readonly wrong: string[] = [];
  engine!: Engine;
  private readonly world: CaseWorld;
  private packageId: string;
  private pack!: AdlPackage;
  private ended = false;
  private startedEmpty = false;
  private shown: string | null = null;

  constructor(world: CaseWorld, packageId: string) {
    this.world = world;
    this.packageId = packageId;
  }

  async open(): Promise<void> {
    const { learner, packageOf } = this.world;
    this.pack = await packageOf(this.packageId);
    this.engine = openEngine(this.pack.course, { state: learner.states.get(this.packageId) ?? null, store: learner.store, nowMs, seed: 7 });
    this.ended = false;
    this.shown = null;
  }

  /** Whether the delivery that must come is there; says what is there instead. */
  shows({ key, act }: Delivery): boolean {
    const shown = this.ended ? null : this.shownAct();
    if (shown === act) return true;
    const trace = this.engine.trace().entries.slice(-6).map(({ process, activity, reason }) => `${process} ${activity ?? ""}: ${reason}`);
    this.wrong.push(`${key}: ${shown === null ? (this.ended ? "the session has ended" : "nothing") : `activity ${shown}`} is there [${trace.join("; ")}]`);
    return false;
  }

  async play(delivery: Delivery): Promise<void> {
    const { key, ui, steps, cui } = delivery;
    for (const question of ui) if (this.answer(question) !== question.expect) this.wrong.push(`${key}: ${question.q} ${question.target ?? ""} is not ${question.expect}`);
    const launch = this.engine.launch(learnerSetup);
    if (!launch) throw new Error(`${key}: nothing can be launched`);
    const session = createSession2004(launch.setup, launch.state, () => nowMs);
    for (const step of steps) {
      const found = step.ignored ? null : disagreement(step, session, learnerSetup.learnerId);
      if (found) this.wrong.push(`${key}: ${found}`);
    }
    const onUnload = pageOf(this.pack, launch.activity).onUnload;
    if (onUnload) session.setValue("adl.nav.request", onUnload);
    session.terminate("");
    await this.act(key, cui, { setup: launch.setup, state: session.state() });
    this.save();
  }

  /** Does what the case has the learner do when the content is done. */
  private async act(key: string, cui: Delivery["cui"], left: { setup: Setup2004; state: State2004 }): Promise<void> {
    const [argument = ""] = cui?.args ?? [];
    const leave = (request: NavigationRequest | null) => this.take(this.engine.leave(left, request));
    const mustHaveEnded = () => {
      if (!this.ended) this.wrong.push(`${key}: the session has not ended`);
    };
    const choose = (title: string): NavigationRequest => ({ kind: "choice", target: this.targetOf(key, title) });
    const [, relaunched] = /^ReLaunch(DDM\w)$/.exec(cui?.key ?? "") ?? [];
    const [, test, number] = /^(API|DMI)t(\d+)$/.exec(cui?.key ?? "") ?? [];
    switch (cui?.key) {
      case undefined:
        return leave(null);
      case "Continue":
        this.mustOffer(key, "continue");
        return leave({ kind: "continue" });
      case "Previous":
        this.mustOffer(key, "previous");
        return leave({ kind: "previous" });
      case "Choice":
        return leave(choose(argument));
      case "ChoiceExit":
        leave(choose(argument));
        return mustHaveEnded();
      case "Exit":
      case "TRIGExitAll":
        return leave({ kind: "exitAll" });
      case "AutoTest":
      case "HasEnded":
        leave(null);
        return mustHaveEnded();
      case "DMBxAct":
        return this.relaunch(left, null, "Data Model Behavior Test 1");
      case "RelaunchCM10":
        return this.relaunch(left, null, "Activity 4");
      case "ContinueExitCM8":
        leave({ kind: "continue" });
        mustHaveEnded();
        return this.reopen();
      case "SuspendCM09ca":
        leave({ kind: "suspendAll" });
        return this.reopen();
      case "RootSX4b":
        leave(null);
        if (this.shownAct() !== null) this.wrong.push(`${key}: the content is still there`);
        return this.take(this.engine.navigate({ kind: "choice", target: this.pack.course.identifier }));
      case "exitlaunch":
      case "autoendrelaunch":
        return this.relaunch(left, argument);
      default:
        if (test) return leave(choose(`${test === "API" ? "API" : "Data Model"} Implementation Test ${number}`));
        return this.relaunch(left, relaunched ?? null);
    }
  }

  /** Exits what still runs and opens the package (or another one) again. */
  private async relaunch(left: { setup: Setup2004; state: State2004 }, packageId: string | null, title?: string): Promise<void> {
    this.take(this.engine.leave(left, null));
    await this.reopen(packageId, title);
  }

  private async reopen(packageId: string | null = null, title?: string): Promise<void> {
    if (!this.ended) this.take(this.engine.navigate({ kind: "exitAll" }));
    this.save();
    this.packageId = packageId ?? this.packageId;
    await this.open();
    this.start();
    if (title === undefined || !this.startedEmpty) return;
    this.startedEmpty = false;
    this.take(this.engine.navigate({ kind: "choice", target: this.targetOf("relaunch", title) }));
  }

  start(): void {
    this.take(this.engine.start());
    this.startedEmpty = this.shown === null;
  }

  /** Where Start showed nothing, the learner picks what must come from the table of contents. */
  expects({ act }: Delivery): void {
    if (!this.startedEmpty) return;
    this.startedEmpty = false;
    const target = [...this.pack.pages].find(([, page]) => page.act === act)?.[0] ?? "";
    this.take(this.engine.navigate({ kind: "choice", target }));
  }

  end(): void {
    if (!this.ended) this.take(this.engine.navigate({ kind: "exitAll" }));
    this.save();
  }

  private take({ delivery, ended }: EngineAnswer): void {
    this.ended = ended;
    this.shown = delivery;
  }

  private save(): void {
    this.world.learner.states.set(this.packageId, this.engine.state());
    this.world.learner.store = this.engine.store();
  }

  /** The number of the activity that is shown. */
  private shownAct(): string | null {
    return this.shown === null ? null : pageOf(this.pack, this.shown).act;
  }

  private answer({ q, target }: Delivery["ui"][number]): boolean {
    const valid = this.engine.valid();
    const hidden = this.engine.hiddenControls();
    const shown = this.engine.contents(valid).filter(({ visible }) => visible);
    const entry = target === undefined ? undefined : shown.find((one) => this.isMeant(one, target));
    switch (q) {
      case "continue.enabled":
      case "previous.enabled":
        return valid[q === "continue.enabled" ? "continue" : "previous"] && !hidden.includes(q === "continue.enabled" ? "continue" : "previous");
      case "continue.disabled":
        return !this.answer({ q: "continue.enabled", expect: true });
      case "previous.disabled":
        return !this.answer({ q: "previous.enabled", expect: true });
      case "toc.enabled":
        return shown.some(({ enabled, current }) => enabled && !current);
      case "toc.enabled.selectable":
        return entry?.enabled === true;
      case "toc.visible":
        return entry !== undefined;
      case "click.button":
        return true;
    }
  }

  /** The learner can only click what is there and enabled. */
  private mustOffer(key: string, control: "continue" | "previous"): void {
    if (!this.engine.valid()[control] || this.engine.hiddenControls().includes(control)) this.wrong.push(`${key}: there is no ${control} to click`);
  }

  private targetOf(key: string, title: string): string {
    const found = this.engine.contents(this.engine.valid()).find((entry) => this.isMeant(entry, title));
    if (!found?.visible || !found.enabled) this.wrong.push(`${key}: there is no ${title} to choose`);
    return found?.identifier ?? "";
  }

  private isMeant({ title, level }: ContentsEntry, meant: string): boolean {
    return meant.startsWith("the activity that corresponds to the root of") ? level === 0 : title === meant;
  }
}
