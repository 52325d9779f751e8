import { Table, type PersonalData } from "cadre";
import type { UnitOutcomes } from "./outcome.ts";

/** Where every unit of an attempt stands. Its row is locked by whoever changes anything of the attempt's runs. */
export class Outcome extends Table {
  static override tableName = "scorm.outcome";
  static override idColumn = "attemptId";
  static override personalData: PersonalData = { subject: "userId", onErase: "delete" };
  declare attemptId: string;
  declare userId: string;
  declare units: UnitOutcomes;
}

/** What one player page did: the setup and state of the run-time, and how far its journal is taken in. */
export class Run extends Table {
  static override tableName = "scorm.run";
  static override personalData: PersonalData = { subject: "userId", onErase: "delete" };
  declare id: string;
  declare launchId: string;
  declare attemptId: string;
  declare userId: string;
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
  /** When the last entry happened, by our clock. */
  declare lastAt: Date | null;
  declare createdAt: Date;
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
  declare receivedAt: Date;
}
