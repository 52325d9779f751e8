import { Table, type PersonalData } from "../db/table.ts";
import type { CompletionRule } from "./completion.ts";

export const courseStatuses = ["draft", "published", "archived"] as const;
export type CourseStatus = (typeof courseStatuses)[number];

/** A table's columns alone, as SQL answers them. */
export type Row<T extends Table> = Omit<T, keyof Table>;

/**
 * A course: what stays the same across its versions. `publishedVersionId` is what new learners begin;
 * `draftVersionId` is there while the draft differs from it. `revision` grows with every change and is the ETag.
 */
export class Course extends Table {
  static override tableName = "course";
  static override personalData: PersonalData = { subject: "createdBy", onErase: "anonymise", anonymised: { createdBy: null } };
  declare id: string;
  declare slug: string;
  declare status: CourseStatus;
  /** Seats; null is no limit. */
  declare capacity: number | null;
  declare publishedVersionId: string | null;
  declare draftVersionId: string | null;
  declare createdBy: string | null;
  declare createdAt: Date;
  declare updatedAt: Date;
  declare revision: number;
}

/** One state of a course's content. `number` is null for the working draft; a numbered version never changes. */
export class CourseVersion extends Table {
  static override tableName = "course_version";
  static override jsonAttributes = ["completion"];
  static override personalData: PersonalData = { subject: "publishedBy", onErase: "anonymise", anonymised: { publishedBy: null } };
  declare id: string;
  declare courseId: string;
  declare number: number | null;
  declare title: string;
  declare summary: string;
  declare completion: CompletionRule;
  /** What is new, in the publisher's words. */
  declare note: string | null;
  declare createdAt: Date;
  declare publishedAt: Date | null;
  declare publishedBy: string | null;
}

/** A named run of items. `key` is the same in every version; `position` counts from 0 without gaps. */
export class CourseModule extends Table {
  static override tableName = "module";
  static override personalData: PersonalData = "none";
  declare id: string;
  declare versionId: string;
  declare key: string;
  declare position: number;
  declare title: string;
}

/** One thing to do in a course. `key` is the same in every version: progress is kept by it. */
export class CourseItem extends Table {
  static override tableName = "item";
  static override jsonAttributes = ["content"];
  static override personalData: PersonalData = "none";
  declare id: string;
  declare versionId: string;
  declare moduleId: string;
  declare key: string;
  /** In its module, from 0 without gaps. */
  declare position: number;
  /** A name among the item kinds: `page`, `package`, a plugin's. */
  declare kind: string;
  declare title: string;
  /** Fits the kind's `content` schema. */
  declare content: Record<string, unknown>;
  /** Whether it counts under the rule "all required". */
  declare required: boolean;
  /** How long it usually takes; null when nobody said. */
  declare durationMs: number | null;
  declare createdAt: Date;
}

/** `courseId` can be begun only by those who completed `requiresCourseId`. */
export class CoursePrerequisite extends Table {
  static override tableName = "course_prerequisite";
  static override personalData: PersonalData = "none";
  static override idColumn = ["courseId", "requiresCourseId"];
  declare courseId: string;
  declare requiresCourseId: string;
}

/** A sample course that was installed once, so that it is not installed again. */
export class SampleCourse extends Table {
  static override tableName = "sample_course";
  static override personalData: PersonalData = "none";
  static override idColumn = "name";
  declare name: string;
  declare installedAt: Date;
}
