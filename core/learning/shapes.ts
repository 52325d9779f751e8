import { t } from "../kernel/schema.ts";
import { enrollmentStates, type EnrollmentView } from "./reading.ts";

const score = t.Nullable(t.Number(), { description: "Scaled, -1 to 1; null without." });
const ratio = t.Number({ minimum: 0, maximum: 1, description: "0 to 1; 1 exactly when the course is completed." });
const itemStatus = t.Enum(["not-started", "in-progress", "completed", "passed", "failed"] as const);

/** An enrollment as the API answers it. */
export const enrollmentShape = t.Object({
  id: t.Id(),
  user: t.Object({ id: t.Id(), name: t.String() }),
  course: t.Object({ id: t.Id(), slug: t.String(), title: t.String(), version: t.Integer({ description: "The number of the version they are on." }) }),
  registration: t.Id({ description: "The xAPI registration of every statement about it." }),
  status: t.Enum(enrollmentStates),
  progress: ratio,
  score,
  timeMs: t.Number(),
  createdAt: t.Time(),
  startedAt: t.Nullable(t.Time()),
  completedAt: t.Nullable(t.Time()),
  withdrawnAt: t.Nullable(t.Time()),
  lastActivityAt: t.Nullable(t.Time()),
});

export const showEnrollment = ({ id, userId, userName, courseId, slug, title, version, registration, status, progress, score, timeMs, createdAt, startedAt, completedAt, withdrawnAt, lastActivityAt }: EnrollmentView) => ({
  id,
  user: { id: userId, name: userName },
  course: { id: courseId, slug, title, version },
  registration,
  status,
  progress,
  score,
  timeMs,
  createdAt,
  startedAt,
  completedAt,
  withdrawnAt,
  lastActivityAt,
});

const attemptShape = t.Object({
  number: t.Integer({ minimum: 1 }),
  status: itemStatus,
  score,
  scoreRaw: t.Nullable(t.Number()),
  timeMs: t.Number(),
  startedAt: t.Time(),
  completedAt: t.Nullable(t.Time()),
});

/** An item with what came of it. */
export const itemProgressShape = t.Object({
  key: t.Id({ description: "The same in every version." }),
  title: t.String(),
  kind: t.String(),
  module: t.String({ description: "The title of its module." }),
  required: t.Boolean(),
  status: itemStatus,
  score,
  timeMs: t.Number(),
  completedAt: t.Nullable(t.Time()),
  attempts: t.Array(attemptShape),
});

/** What completing an item answers. */
export const achievementShape = t.Object({ status: itemStatus, score, completedAt: t.Nullable(t.Time()) });

/** Content that has been opened. */
export const launchShape = t.Object({
  launchId: t.Id(),
  frameHref: t.String({ description: "Address on the content origin; whoever has it may act in this launch." }),
  mode: t.Enum(["normal", "browse", "review"] as const),
  unit: t.Nullable(t.String()),
  units: t.Array(t.Object({ identifier: t.String(), title: t.String(), level: t.Integer(), playable: t.Boolean(), status: itemStatus, locked: t.Optional(t.Boolean()) })),
});
