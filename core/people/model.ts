import type { PersonalData } from "../db/table.ts";
import { Table } from "../db/table.ts";

/** Somebody's account. Erased ones stay as nameless rows, so that records keep their shape. */
export class User extends Table {
  static override tableName = "user_account";
  static override personalData: PersonalData = {
    subject: "id",
    onErase: "anonymise",
    anonymised: { name: "Erased person", email: null, passwordHash: null, timeZone: "UTC", lastSeenAt: null },
    secret: ["passwordHash"],
  };
  declare id: string;
  declare name: string;
  declare email: string;
  declare passwordHash: string | null;
  declare timeZone: string;
  /** Counts edits, for ETag. */
  declare version: number;
  declare createdAt: Date;
  declare lastSeenAt: Date | null;
  declare erasedAt: Date | null;
}

/** A role somebody holds; `scope` null is the whole site, else a course's id. */
export class RoleAssignment extends Table {
  static override tableName = "role_assignment";
  static override personalData: PersonalData = { subject: "userId", onErase: "delete" };
  declare id: string;
  declare userId: string;
  declare role: string;
  declare scope: string | null;
  declare givenBy: string | null;
  declare givenAt: Date;
}

/** A browser that is signed in; `id` is the digest of what its cookie holds. */
export class Session extends Table {
  static override tableName = "session";
  static override personalData: PersonalData = { subject: "userId", onErase: "delete", secret: ["id", "previousId"] };
  declare id: string;
  declare userId: string;
  declare createdAt: Date;
  declare lastSeenAt: Date;
  declare expiresAt: Date;
  declare ip: string;
  declare userAgent: string;
}

/** A personal API token; its text is not kept, only the digest. */
export class ApiToken extends Table {
  static override tableName = "api_token";
  static override personalData: PersonalData = { subject: "userId", onErase: "delete", secret: ["digest"] };
  declare id: string;
  declare userId: string;
  declare label: string;
  declare scopes: string[];
  declare createdAt: Date;
  declare expiresAt: Date | null;
  declare lastUsedAt: Date | null;
}

/** A link that was mailed and works once. */
export class OneTimeLink extends Table {
  static override tableName = "one_time_link";
  static override idColumn = "digest";
  static override personalData: PersonalData = { subject: "userId", onErase: "delete", secret: ["digest"] };
}

/** Who somebody is elsewhere, by the strategy that told. */
export class Identity extends Table {
  static override tableName = "identity";
  static override idColumn = ["strategy", "subject"];
  static override personalData: PersonalData = { subject: "userId", onErase: "delete" };
}

/** Failed tries to sign in, by a digest of the address, whoever's it is. */
export class SignInTry extends Table {
  static override tableName = "sign_in_try";
  static override idColumn = "account";
  static override personalData: PersonalData = "none";
}

/** One line of the audit: it names people by id alone, so that erasing somebody leaves it true and nameless. */
export class AuditEntry extends Table {
  static override tableName = "audit_entry";
  static override personalData: PersonalData = "none";
}
