import type { Mode } from "../session-state.ts";
import type { CompletionStatus, SuccessStatus } from "./status.ts";

/** How a package's content is to be taken, by its edition and where the standard and the real world differ. */
export interface Switches2004 {
  /** Characters of suspend_data that are taken: 64,000 in the 4th edition, 4,000 by the letter of the 2nd and 3rd. */
  suspendDataLimit: number;
  /** Whether adl.data exists (4th edition). */
  sharedData: boolean;
  /** Whether a request may jump (4th edition). */
  jump: boolean;
  /** Whether the journal's clock counts the time of a session in which the content set no session_time (see `sessionTimeMs`). */
  elapsedTime: "when content is silent" | "never";
}

/** An objective that exists before the content starts, with what the sequencer reads for it (local, or global through its maps). */
export interface PresetObjective2004 {
  id: string;
  success: SuccessStatus;
  completion: CompletionStatus;
  scaled: number | null;
  raw: number | null;
  min: number | null;
  max: number | null;
  progress: number | null;
}

/** A bucket of shared data (adlcp:map) with what is in it as the SCO starts, "" for nothing yet, and what the SCO may do with it. */
export interface SharedData2004 {
  id: string;
  value: string;
  read: boolean;
  write: boolean;
}

/** An annotation by the LMS; absent parts are not initialized. */
export interface Comment2004 {
  comment?: string;
  location?: string;
  /** ISO 8601. */
  timestamp?: string;
}

/** What the LMS would make of a navigation request just now; "unknown" where that cannot be told yet. */
export type Validity = "true" | "false" | "unknown";

/** The answers to adl.nav.request_valid; of what is not in it the answer is "unknown". */
export interface Valid2004 {
  continue?: Validity;
  previous?: Validity;
  exit?: Validity;
  exitAll?: Validity;
  abandon?: Validity;
  abandonAll?: Validity;
  suspendAll?: Validity;
  /** By the identifier of the target. */
  choice: Record<string, Validity>;
  jump: Record<string, Validity>;
}

/** All that one session of one SCO needs to know beforehand, as plain JSON; the browser and the server must be given the same. */
export interface Setup2004 {
  /** 1 to 4,000 characters, never an e-mail address. */
  learnerId: string;
  /** "Last, First". */
  learnerName: string;
  mode: Mode;
  credit: "credit" | "no-credit";
  /** The sequencer's decision, and what `launch2004` goes by: a new attempt, one that was suspended, or neither. */
  entry: "ab-initio" | "resume" | "";
  /** adlcp:dataFromLMS, "" for none. */
  launchData: string;
  /** imsss:attemptAbsoluteDurationLimit (ISO 8601), "" for none. */
  maxTimeAllowed: string;
  /** adlcp:timeLimitAction; "" for none, which is "continue,no message". */
  timeLimitAction: string;
  /** From 0 to 1; null unless completedByMeasure. */
  completionThreshold: number | null;
  /** From -1 to 1; null unless the primary objective is satisfiedByMeasure. */
  scaledPassingScore: number | null;
  /** In the manifest's order. */
  objectives: PresetObjective2004[];
  /** In the manifest's order. */
  sharedData: SharedData2004[];
  commentsFromLms: Comment2004[];
  valid: Valid2004;
  /** A silence longer than this counts as this long in elapsed time. */
  idleLimitMs: number;
  switches: Switches2004;
}

/** What the editions differ in, as switches; 64,000 characters of suspend_data in all, for real content needs them. */
export function switchesOf(edition: "2nd" | "3rd" | "4th"): Switches2004 {
  const fourth = edition === "4th";
  return { suspendDataLimit: 64_000, sharedData: fourth, jump: fourth, elapsedTime: "when content is silent" };
}

/** A setup with everything unsaid at its default: a first, normal launch for credit under the 4th edition. */
export function setup2004(given: Pick<Setup2004, "learnerId" | "learnerName"> & Partial<Omit<Setup2004, "switches">> & { switches?: Partial<Switches2004> }): Setup2004 {
  return {
    mode: "normal",
    credit: "credit",
    entry: "ab-initio",
    launchData: "",
    maxTimeAllowed: "",
    timeLimitAction: "",
    completionThreshold: null,
    scaledPassingScore: null,
    objectives: [],
    sharedData: [],
    commentsFromLms: [],
    valid: { choice: {}, jump: {} },
    idleLimitMs: 30 * 60_000,
    ...given,
    switches: { ...switchesOf("4th"), ...given.switches },
  };
}

/** An objective of which only the id is known. */
export function presetObjective(id: string): PresetObjective2004 {
  return { id, success: "unknown", completion: "unknown", scaled: null, raw: null, min: null, max: null, progress: null };
}
