import { parseNavRequest, type NavRequest2004 } from "./navigation.ts";
import type { PresetObjective2004, Setup2004 } from "./setup.ts";
import { sessionTimeMs, type State2004 } from "./state.ts";
import { completionOf, numberOf, successOf, type CompletionStatus, type Judged, type SuccessStatus } from "./status.ts";

/** What an attempt says of one objective; null and "unknown" where nothing is known. */
export interface ObjectiveOutcome2004 extends Omit<PresetObjective2004, "id"> {
  /** The members the content set itself in this attempt, as against those that were preset: "success_status", "score.scaled" and so on. */
  touched: string[];
}

/** What the sequencer transfers when a SCO's session or attempt ends (SN, UP.4 and TB.2.3 with the run-time's data). */
export interface Outcome2004 {
  completionStatus: Judged<CompletionStatus>;
  successStatus: Judged<SuccessStatus>;
  /** score.scaled, from -1 to 1. */
  measure: number | null;
  raw: number | null;
  min: number | null;
  max: number | null;
  /** From 0 to 1. */
  progressMeasure: number | null;
  /** By id, those without one left out. */
  objectives: Record<string, ObjectiveOutcome2004>;
  /** What this launch wrote to shared data, by the bucket's id. */
  sharedData: Record<string, string>;
  /** What the content asked for; null for nothing. */
  navRequest: NavRequest2004 | null;
  /** "" where the content set none. */
  exit: "" | "suspend" | "normal" | "logout" | "time-out";
  sessionTimeMs: number;
}

/** Reads a state for the sequencer, with the session that ended in this launch or is still open. Browsing and reviewing have written nothing. */
export function outcome2004(setup: Setup2004, state: State2004): Outcome2004 {
  const { cmi, session, left } = state;
  const said = session?.values ?? left?.values ?? {};
  const objectives = Array.from({ length: state.counts["cmi.objectives"] ?? 0 }, (_, n) => `cmi.objectives.${n}`);
  return {
    completionStatus: completionOf(setup, state),
    successStatus: successOf(setup, state),
    measure: numberOf(cmi["cmi.score.scaled"]),
    raw: numberOf(cmi["cmi.score.raw"]),
    min: numberOf(cmi["cmi.score.min"]),
    max: numberOf(cmi["cmi.score.max"]),
    progressMeasure: numberOf(cmi["cmi.progress_measure"]),
    objectives: present(objectives.map((row) => [cmi[`${row}.id`], objectiveOutcome(state, row)])),
    sharedData: present(setup.sharedData.map(({ id }, n) => [id, cmi[`adl.data.${n}.store`]])),
    navRequest: parseNavRequest(said["adl.nav.request"] ?? ""),
    exit: (said["cmi.exit"] ?? "") as Outcome2004["exit"],
    sessionTimeMs: session ? (session.scratch ? 0 : sessionTimeMs(setup, session)) : (left?.timeMs ?? 0),
  };
}

function objectiveOutcome({ cmi, touched }: State2004, row: string): ObjectiveOutcome2004 {
  return {
    success: (cmi[`${row}.success_status`] ?? "unknown") as SuccessStatus,
    completion: (cmi[`${row}.completion_status`] ?? "unknown") as CompletionStatus,
    scaled: numberOf(cmi[`${row}.score.scaled`]),
    raw: numberOf(cmi[`${row}.score.raw`]),
    min: numberOf(cmi[`${row}.score.min`]),
    max: numberOf(cmi[`${row}.score.max`]),
    progress: numberOf(cmi[`${row}.progress_measure`]),
    touched: Object.keys(touched).flatMap((name) => (name.startsWith(`${row}.`) ? [name.slice(row.length + 1)] : [])),
  };
}

function present<Value>(entries: [key: string | undefined, value: Value | undefined][]): Record<string, Value> {
  return Object.fromEntries(entries.filter((entry): entry is [string, Value] => entry[0] !== undefined && entry[1] !== undefined));
}
