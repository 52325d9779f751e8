import type { Context } from "../kernel/context.ts";
import { CadreError, refuse } from "../kernel/errors.ts";
import { newId } from "../kernel/ids.ts";
import { isUniqueViolation } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { CompletionRule } from "./completion.ts";
import { readContent } from "./content.ts";
import { lockCourse, openDraft, readVersion, touch } from "./drafts.ts";
import type { Course, CourseVersion, Row } from "./model.ts";
import { blockersOf, setPrerequisites } from "./publishing.ts";
import { slugOf } from "./slugs.ts";
import { welcomeCreator } from "./staff.ts";

export interface NewCourse {
  title: string;
  /** Made from the title unless told. */
  slug?: string;
  summary?: string;
}

/** What may be changed of a course. Title, summary and completion wait in the draft; slug and seats change at once. */
export interface CourseChanges {
  title?: string;
  summary?: string;
  completion?: CompletionRule;
  slug?: string;
  capacity?: number | null;
}
