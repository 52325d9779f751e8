import { Table, type PersonalData } from "cadre";
import type { StatementFilter } from "./filter.ts";

/** Somewhere statements are sent: another record store, or a webhook. */
export class Target extends Table {
  static override tableName = "xapi_forward.target";
  static override personalData: PersonalData = "none";
  declare id: string;
  declare kind: "store" | "webhook";
  declare label: string;
  /** A store's endpoint, without `/statements`; a webhook's address. */
  declare url: string;
  /** The version of xAPI a store is spoken to in. */
  declare version: "1.0.3" | "2.0.0";
  /** A store's key; empty for webhooks. */
  declare username: string;
  /** Encrypted: the store's secret, or what webhooks are signed with. */
  declare secret: string;
  declare filter: StatementFilter;
  declare paused: boolean;
  /** Tries in a row that failed. */
  declare failures: number;
  declare error: string | null;
  declare retryAt: Date | null;
  /** Whoever is sending has until then. */
  declare leasedUntil: Date | null;
  /** Statements that arrived. */
  declare sent: string;
  declare sentAt: Date | null;
  declare createdAt: Date;
}

/** A statement that waits for its turn, in the order of `position`. */
export class Waiting extends Table {
  static override tableName = "xapi_forward.waiting";
  static override idColumn = ["targetId", "position"];
  static override personalData: PersonalData = "none"; // names a statement by its place; what it says goes with the statement
  declare targetId: string;
  declare position: string;
  declare store: number;
  declare seq: string;
}

/** A statement that a target would not take, and why. */
export class Buried extends Table {
  static override tableName = "xapi_forward.buried";
  static override idColumn = ["targetId", "position"];
  static override personalData: PersonalData = "none"; // the same; `reason` is without people (words.ts)
  declare targetId: string;
  declare position: string;
  declare store: number;
  declare seq: string;
  declare statementId: string;
  declare reason: string;
  declare at: Date;
}
