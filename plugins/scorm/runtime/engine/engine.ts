import { launch2004, outcome2004, type Outcome2004, type Setup2004, type State2004, type Validity } from "../scorm2004/index.ts";
import {
  currentOf,
  dictionary,
  drawAllChildren,
  exceptions,
  firstSequencingState,
  fitted,
  overallSequencing,
  stateOf,
  switchesOf,
  traceInto,
  type Activity,
  type NavigationRequest,
  type Outcome,
  type Refusal,
  type SequencingRun,
  type SequencingSwitches,
  type TraceLog,
} from "../sequencing/index.ts";
import { contentsOf, statusOf, type ActivityStatus, type ContentsEntry } from "./contents.ts";
import { prepare, type Control, type Course2004 } from "./course.ts";
import { setupOf, type LearnerSetup } from "./setup.ts";
import { emptyStore, forgetAll, storeOf, type EngineState, type LearnerStore } from "./state.ts";
import { transfer } from "./transfer.ts";
import { validRequests, type ValidRequests } from "./valid.ts";

/** What an engine is opened with. */
export interface EngineOpening {
  /** What `state()` gave last; null for the first time. */
  state: EngineState | null;
  /** What belongs to the learner beyond this course. */
  store: LearnerStore;
  /** Milliseconds since 1970. */
  nowMs: number;
  /** Any 32-bit integer, for selection and randomization; used the first time only. */
  seed: number;
  switches?: Partial<SequencingSwitches>;
}

/** What a request came to. */
export interface EngineAnswer {
  /** The activity to show; null for none. */
  delivery: string | null;
  /** Whether the session is over. */
  ended: boolean;
  /** Why the request was refused; the current content may have ended all the same. */
  refusal: (Refusal & { reason: string }) | null;
}

/** Content of the current activity: what it was started with, and its state now. */
export interface OpenContent {
  setup: Setup2004;
  state: State2004;
}

/** One learner in one course: sequencer and run-time data together. Nothing outside changes; `state` and `store` are what to keep. */
export interface Engine {
  /** Shows what was left running, resumes what is suspended, or begins. */
  start(): EngineAnswer;
  /** What the learner asks for while no content is open. */
  navigate(request: NavigationRequest): EngineAnswer;
  /** Keeps what content has said so far, while it runs: what a launch after a lost session resumes from. It decides nothing. */
  keep(open: OpenContent): void;
  /**
   * Content has ended, or was taken away: keeps what it left and does what is asked. The learner's request goes before the content's; an exit of
   * "time-out" or "logout" before both. Without any, nothing is delivered and the learner chooses. What content said of an attempt that is abandoned does not count.
   */
  leave(left: OpenContent, request: NavigationRequest | null): EngineAnswer;
  /** The setup and the state with which the current activity's content starts; null where none runs. */
  launch(learner: LearnerSetup): ({ activity: string } & OpenContent) | null;
  /** What would be accepted now; `open` is the content that runs, as it stands. */
  valid(open?: OpenContent): ValidRequests;
  contents(valid: ValidRequests): ContentsEntry[];
  /** The controls that the current activity hides. */
  hiddenControls(): readonly Control[];
  current(): string | null;
  /** The current activity while its attempt goes on. */
  running(): string | null;
  /** How the whole course stands. */
  status(): ActivityStatus;
  state(): EngineState;
  store(): LearnerStore;
  /** The decisions since the engine was opened, the latest 500. */
  trace(): TraceLog;
}

/** Opens a course for a learner. A state of another version of the course is taken as far as ids agree (see `fitted`). */
export function openEngine(course: Course2004, opening: EngineOpening): Engine {
  const ready = prepare(course);
  const { state, seed, store } = opening;
  const kept: EngineState = {
    version: 1,
    sequencing: state ? fitted(ready.tree, state.sequencing) : firstSequencingState(ready.tree, seed),
    own: storeOf(state?.own ?? emptyStore()),
    kept: dictionary(structuredClone(state?.kept ?? {})),
  };
  const learners = storeOf(store);
  const objectives = course.objectivesGlobalToSystem ? learners : kept.own;
  const { sharedData } = course.sharedDataGlobalToSystem ? learners : kept.own;
  const log: TraceLog = { entries: [], dropped: 0 };
  const run: SequencingRun = {
    tree: ready.tree,
    state: kept.sequencing,
    shared: objectives.objectives,
    sharedUntilRetried: !course.objectivesGlobalToSystem,
    switches: { ...switchesOf(course.edition), ...opening.switches },
    nowMs: opening.nowMs,
    written: new Set(),
    trace: traceInto(log),
  };
  if (!state) drawAllChildren(run);

  function answer(outcome: Outcome): EngineAnswer {
    const refusal = "exception" in outcome ? { ...outcome, reason: exceptions[outcome.exception] } : null;
    return { delivery: "delivered" in outcome ? outcome.delivered.id : null, ended: "ended" in outcome, refusal };
  }

  /** What a course keeps to itself is forgotten when a new attempt on it begins. */
  function perform(request: NavigationRequest): EngineAnswer {
    const { begun, suspended } = stateOf(run, ready.tree.root);
    if (request.kind === "start" && begun > 0 && !suspended && run.state.current === null) forgetAll(kept.own);
    const outcome = overallSequencing(run, request);
    if (stateOf(run, ready.tree.root).begun > begun) forgetAll(kept.own);
    return answer(outcome);
  }

  /** Keeps what the content of an activity left, and reads it; null where none runs. */
  function keep({ setup, state }: OpenContent): { activity: Activity; outcome: Outcome2004 } | null {
    const activity = currentOf(run);
    if (!activity || !stateOf(run, activity).active) return null;
    const outcome = outcome2004(setup, state);
    Object.assign(sharedData, outcome.sharedData);
    kept.kept[activity.id] = { attempt: stateOf(run, activity).begun, state };
    return { activity, outcome };
  }

  const valid = (open?: OpenContent) => validRequests(run, open ? outcome2004(open.setup, open.state) : null);

  return {
    start() {
      const running = currentOf(run);
      if (running && stateOf(run, running).active) return answer({ delivered: running });
      return perform({ kind: run.state.suspended === null ? "start" : "resumeAll" });
    },

    navigate: perform,

    keep: (open) => void keep(open),

    leave(left, request) {
      const ended = keep(left);
      if (!ended) return request ? perform(request) : answer({ nothing: true });
      const { activity, outcome } = ended;
      const over = outcome.exit === "time-out" || outcome.exit === "logout";
      const wanted: NavigationRequest | null = over ? { kind: "exitAll" } : (request ?? outcome.navRequest);
      if (wanted?.kind !== "abandon" && wanted?.kind !== "abandonAll") transfer(run, activity, outcome);
      return wanted ? perform(wanted) : answer({ nothing: true });
    },

    launch(learner) {
      const activity = currentOf(run);
      const item = activity && ready.items.get(activity.id);
      if (!activity || !item || !stateOf(run, activity).active) return null;
      const before = kept.kept[activity.id];
      const entry = before?.attempt === stateOf(run, activity).begun ? "resume" : "ab-initio";
      const setup = setupOf(run, course, activity, item, { entry, valid: told(valid()), sharedData }, learner);
      return { activity: activity.id, setup, state: launch2004(setup, before?.state ?? null) };
    },

    valid,
    contents: (accepted) => contentsOf(run, ready, accepted),
    hiddenControls: () => ready.items.get(run.state.current ?? "")?.hiddenControls ?? [],
    current: () => run.state.current,
    running() {
      const activity = currentOf(run);
      return activity && stateOf(run, activity).active ? activity.id : null;
    },
    status: () => statusOf(run, ready.tree.root),
    state: () => ({ ...kept, sequencing: fitted(ready.tree, kept.sequencing), own: storeOf(kept.own), kept: structuredClone(kept.kept) }),
    store: () => structuredClone(learners),
    trace: () => structuredClone(log),
  };
}

/** The table as content reads it in adl.nav.request_valid. */
export function told(valid: ValidRequests): Setup2004["valid"] {
  const word = (accepted: boolean): Validity => (accepted ? "true" : "false");
  const words = (table: Record<string, boolean>) => Object.fromEntries(Object.entries(table).map(([id, accepted]) => [id, word(accepted)]));
  return {
    continue: word(valid.continue),
    previous: word(valid.previous),
    exit: word(valid.exit),
    exitAll: word(valid.exitAll),
    abandon: word(valid.abandon),
    abandonAll: word(valid.abandonAll),
    suspendAll: word(valid.suspendAll),
    choice: words(valid.choice),
    jump: words(valid.jump),
  };
}
