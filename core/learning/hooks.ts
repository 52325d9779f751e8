import { event, filter, guard, type DeclaredIn } from "../kernel/catalogue.ts";
import { t } from "../kernel/schema.ts";

/** Somebody is about to be enrolled. */
export interface EnrollmentCreating {
  userId: string;
  courseId: string;
  versionId: string;
  /** Who enrolls them; themselves, when it is the same id. */
  enrolledBy: string | null;
}

export interface EnrollmentWithdrawing {
  enrollmentId: string;
  userId: string;
  courseId: string;
}

export interface AttemptStarting {
  enrollmentId: string;
  userId: string;
  courseId: string;
  itemKey: string;
  /** 1 for the first try. */
  number: number;
}

/** What the player's frame is about to show. */
export interface AttemptLaunching {
  attemptId: string;
  /** Address of the frame, on the content origin. */
  frameHref: string;
}

/** What an attempt is about to be worth. */
export interface AttemptGrading {
  attemptId: string;
  enrollmentId: string;
  itemKey: string;
  status: "in-progress" | "completed" | "passed" | "failed";
  /** Scaled, -1 to 1. */
  score: number | null;
}

export const learningHooks = {
  "enrollment.creating": guard<EnrollmentCreating>("May this person be enrolled in this course?"),
  "enrollment.withdrawing": guard<EnrollmentWithdrawing>("May this person leave this course?"),
  "attempt.starting": guard<AttemptStarting>("May this person begin a try at this item?"),
  "attempt.launching": filter<AttemptLaunching>("Changes what the player's frame shows."),
  "attempt.grading": filter<AttemptGrading>("Changes what an attempt is worth, before it is kept."),
};

const enrolled = { enrollmentId: t.Id(), userId: t.Id(), courseId: t.Id() };
const attempted = { ...enrolled, attemptId: t.Id(), itemKey: t.Id() };

export const learningEvents = {
  "enrollment.created": event("Somebody was enrolled in a course.", t.Object({ ...enrolled, versionId: t.Id() })),
  "enrollment.withdrawn": event("Somebody left a course, or was taken out of it.", t.Object(enrolled)),
  "attempt.started": event("A try at an item began.", t.Object({ ...attempted, number: t.Integer() })),
  "attempt.graded": event("A try has another score, or was passed or failed.", t.Object({ ...attempted, status: t.String(), score: t.Nullable(t.Number()) })),
  "attempt.completed": event("A try was completed; told once.", t.Object({ ...attempted, status: t.String() })),
  "course.completed": event("Somebody completed a course; told once for each enrollment.", t.Object(enrolled)),
};

declare module "../kernel/catalogue.ts" {
  interface HookCatalogue extends DeclaredIn<typeof learningHooks> {}
  interface EventCatalogue extends DeclaredIn<typeof learningEvents> {}
}
