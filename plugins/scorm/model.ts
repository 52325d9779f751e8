import { Table, type PersonalData } from "cadre";
import type { UnitOutcomes } from "./outcome.ts";

/** What is a learner's, and goes with them. */
abstract class LearnersOwn extends Table {
  static override personalData: PersonalData = { subject: "userId", onErase: "delete" };
  declare userId: string;
}

/** Where every unit of an attempt stands. Its row is locked by whoever changes anything of the attempt's runs. */
export class Outcome extends LearnersOwn {
  static override tableName = "scorm.outcome";
  static override idColumn = "attemptId";
  declare attemptId: string;
  declare units: UnitOutcomes;
}

/** What one player page did: the setup and state of the run-time, and how far its journal is taken in. */
export class Run extends LearnersOwn {
  static override tableName = "scorm.run";
  declare id: string;
  declare launchId: string;
  declare attemptId: string;
  declare registration: string;
  declare itemKey: string;
  /** The identifier of the manifest's item. */
  declare unit: string;
  /** `Setup12` as JSON. */
  declare setup: string;
  /** `RunAbout` as JSON. */
  declare about: string;
  /** `State12` as JSON; text, for content may write what `jsonb` refuses. */
  declare state: string;
  /** `seq` of the last entry that is taken in; 0 before the first. */
  declare seq: number;
  /** The version that is played; null in SCORM 1.2. */
  declare packageVersionId: string | null;
  /** `Leave` as JSON: what the sequencer last answered this page; null before, and in SCORM 1.2. */
  declare leftBy: object | null;
  /** When the last entry happened, by our clock. */
  declare lastAt: Date | null;
  declare createdAt: Date;
  /** When the page began to play; null while it only asks whether it may. */
  declare heldAt: Date | null;
  /** When another page took its place. */
  declare takenAt: Date | null;
  /** When the page was last heard of; null once it was left. */
  declare seenAt: Date | null;
}

/** The entries of one commit, as they came; never changed. */
export class JournalPiece extends Table {
  static override tableName = "scorm.journal";
  static override idColumn = ["runId", "fromSeq"];
  static override personalData: PersonalData = "none"; // goes with its run
  declare runId: string;
  declare fromSeq: number;
  /** `Entry[]` as JSON. */
  declare entries: string;
  /** `ApiCall[]` as JSON; null for none. */
  declare calls: string | null;
  /** `Divergence[]` as JSON; null for none. */
  declare divergences: string | null;
  declare receivedAt: Date;
}

/** Where a learner's attempt on a SCORM 2004 course stands, for each version of its package that was played. */
export class CourseState extends LearnersOwn {
  static override tableName = "scorm.course_state";
  static override idColumn = ["attemptId", "packageVersionId"];
  declare attemptId: string;
  declare packageVersionId: string;
  /** The page that plays now; null before the first. */
  declare runId: string | null;
  /** Of all sessions so far. */
  declare timeMs: string;
  /** Counts the decisions of the sequencer. */
  declare decisions: number;
  /** `EngineState` as JSON; text, for content may write what `jsonb` refuses. Null before the course was opened. */
  declare state: string | null;
  declare createdAt: Date;
}

/** What a learner achieved in an objective that their courses share. */
export class GlobalObjective extends LearnersOwn {
  static override tableName = "scorm.global_objective";
  static override idColumn = ["userId", "objectiveId"];
  declare objectiveId: string;
  /** `ObjectiveStatus`. */
  declare status: object;
}

/** A bucket of data that a learner's courses share. */
export class SharedBucket extends LearnersOwn {
  static override tableName = "scorm.shared_data";
  static override idColumn = ["userId", "bucketId"];
  declare bucketId: string;
  /** A string as JSON. */
  declare value: string;
}

/** One answer of the sequencer with its reasons. */
export class Decision extends Table {
  static override tableName = "scorm.decision";
  static override idColumn = ["attemptId", "packageVersionId", "number"];
  static override personalData: PersonalData = "none"; // goes with its attempt
  declare attemptId: string;
  declare packageVersionId: string;
  declare number: number;
  declare launchId: string;
  /** What was asked, in words. */
  declare request: string;
  declare cameTo: string;
  /** `TraceEntry[]`. */
  declare trace: object[];
  declare at: Date;
}
