import { Table, type PersonalData } from "../db/table.ts";

/** A person's place in a course: pinned to the version they began, with one xAPI registration for all of it. */
export class Enrollment extends Table {
  static override tableName = "enrollment";
  static override personalData: PersonalData = { subject: "userId", onErase: "delete" };
  declare id: string;
  declare userId: string;
  declare courseId: string;
  declare versionId: string;
  /** The xAPI registration of every statement about this enrollment. */
  declare registration: string;
  declare status: "active" | "completed" | "withdrawn";
  /** 0 to 1; 1 exactly when the course is completed. */
  declare progress: number;
  declare enrolledBy: string | null;
  declare createdAt: Date;
  declare startedAt: Date | null;
  declare completedAt: Date | null;
  declare withdrawnAt: Date | null;
  declare lastActivityAt: Date | null;
}

export type AttemptStatus = "in-progress" | "completed" | "passed" | "failed";

/** One try at an item, numbered from 1. */
export class Attempt extends Table {
  static override tableName = "attempt";
  static override personalData: PersonalData = "none"; // goes with its enrollment
  declare id: string;
  declare enrollmentId: string;
  declare itemKey: string;
  declare number: number;
  declare status: AttemptStatus;
  /** Scaled, -1 to 1. */
  declare score: number | null;
  declare scoreRaw: number | null;
  declare scoreMin: number | null;
  declare scoreMax: number | null;
  declare timeMs: string;
  declare startedAt: Date;
  declare updatedAt: Date;
  declare completedAt: Date | null;
}

/** The best of all attempts at an item: once completed it stays so. */
export class ItemProgressRow extends Table {
  static override tableName = "item_progress";
  static override idColumn = ["enrollmentId", "itemKey"];
  static override personalData: PersonalData = "none"; // goes with its enrollment
  declare enrollmentId: string;
  declare itemKey: string;
  declare status: AttemptStatus;
  declare score: number | null;
  declare timeMs: string;
  declare updatedAt: Date;
  declare completedAt: Date | null;
}

/**
 * Content opened in a player: its token (only its hash is kept) may commit for this attempt and read this package version.
 * A preview, and only that, is in mode `browse` and has no attempt.
 */
export class LaunchRow extends Table {
  static override tableName = "launch";
  static override personalData: PersonalData = { subject: "userId", onErase: "delete", secret: ["tokenHash"] };
  declare id: string;
  declare attemptId: string | null;
  declare userId: string;
  declare courseId: string;
  declare itemKey: string;
  declare tokenHash: Buffer;
  declare packageVersionId: string;
  declare mode: "normal" | "browse" | "review";
  declare createdAt: Date;
  declare expiresAt: Date;
  declare closedAt: Date | null;
}
