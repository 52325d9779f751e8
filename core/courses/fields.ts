import { t } from "../kernel/schema.ts";
import { completionRuleSchema } from "./completion.ts";
import { followers } from "./hooks.ts";
import { courseStatuses } from "./model.ts";
import { slugPattern } from "./slugs.ts";

const line = (maxLength: number, description: string) => t.String({ maxLength, pattern: "^[^\\p{Cc}]*$", description });

/** One line; may be empty while a draft, not when published. */
export const titleField = line(200, "One line. A draft may leave it empty, a published version not.");
export const newTitleField = t.String({ minLength: 1, maxLength: 200, pattern: "^[^\\p{Cc}]*[^\\p{Cc}\\s][^\\p{Cc}]*$", description: "One line." });
export const summaryField = t.String({ maxLength: 2000, pattern: "^[^\\u0000]*$", description: "One or two sentences for the catalogue." });
export const slugField = t.String({ minLength: 1, maxLength: 100, pattern: slugPattern, description: "The last part of the course's address." });
export const capacityField = t.Nullable(t.Integer({ minimum: 1, maximum: 1_000_000 }), { description: "Seats; null is no limit." });
/** Who goes on with a version that is published. */
export const followersField = t.Enum(followers, { description: "Who of those that learn an earlier version goes on with this one, with all that they have achieved; the rest stay on theirs." });

export const noteField = line(200, "What is new.");
export const searchField = t.String({ maxLength: 200, pattern: "^[^\\p{Cc}]*$", description: "Words that title and summary must hold." });
export const positionField = t.Integer({ minimum: 0, maximum: 10_000, description: "From 0; past the end is the end." });
export const durationField = t.Nullable(t.Integer({ minimum: 1, maximum: 36_000_000 }), { description: "How long it usually takes, in milliseconds." });
export const requiresField = t.Array(t.Id(), { maxItems: 50, description: "Ids of the courses that must be completed first." });
export const contentField = t.Object({}, { additionalProperties: true, description: "As the item's kind wants it." });

export const prerequisiteShape = t.Object({ id: t.Id(), slug: t.String(), title: t.String(), status: t.Enum(courseStatuses) });

/** A course as lists show it. */
export const courseShape = t.Object({
  id: t.Id(),
  slug: t.String(),
  status: t.Enum(courseStatuses),
  title: t.String(),
  summary: t.String(),
  capacity: t.Nullable(t.Integer()),
  version: t.Nullable(t.Integer(), { description: "The number of the published version; null before the first." }),
  changed: t.Boolean({ description: "Whether there is a draft that differs from the published version." }),
  items: t.Integer({ description: "How many items it has." }),
  durationMs: t.Nullable(t.Integer({ description: "What its items take together, as far as they say." })),
  createdAt: t.Time(),
  updatedAt: t.Time(),
});

/** A course by itself; its staff sees the draft, everybody else the published version. */
export const courseDetailShape = t.Object({ ...courseShape.properties, completion: completionRuleSchema, requires: t.Array(prerequisiteShape) });

export const itemShape = t.Object({
  key: t.Id({ description: "The same in every version." }),
  kind: t.String(),
  title: t.String(),
  required: t.Boolean(),
  durationMs: t.Nullable(t.Integer()),
  content: contentField,
});
export const moduleSummaryShape = t.Object({ key: t.Id({ description: "The same in every version." }), title: t.String(), position: t.Integer() });
const moduleShape = t.Object({ key: t.Id({ description: "The same in every version." }), title: t.String(), items: t.Array(itemShape) });
export const contentShape = t.Object({ modules: t.Array(moduleShape) });

export const versionShape = t.Object({
  number: t.Integer(),
  title: t.String(),
  note: t.Nullable(t.String()),
  publishedAt: t.Time(),
  publishedBy: t.Nullable(t.Id()),
});

export const problemShape = t.Object({ pointer: t.String(), code: t.String(), message: t.String() });
