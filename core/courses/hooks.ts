import { event, guard, step, survey } from "../kernel/catalogue.ts";
import { t } from "../kernel/schema.ts";

/** How many people learn in one version of a course. */
export interface LearnerCount {
  courseId: string;
  versionId: string;
  learners: number;
  completed: number;
}

/** What a plugin adds to a course's card in the catalogue, for the person who looks. */
export interface CatalogueNote {
  courseId: string;
  /** That person's own; `progress` is 0 to 1. */
  enrollment?: { status: "not-started" | "in-progress" | "completed"; progress: number };
  /** As text with its currency: "$49". */
  price?: string;
}

/** Who of those that learn an earlier version goes on with a new one: nobody, who has not begun, or everybody, all with what they have achieved. */
export const followers = ["nobody", "who has not begun", "everybody"] as const;
export type Followers = (typeof followers)[number];

export const courseHooks = {
  "course.publishing": guard<{ courseId: string; versionId: string; number: number; title: string }>("May this draft become the version that new learners begin?"),
  "course.moving": step<{ courseId: string; versionId: string; followers: Followers }>("Moves those who learn an earlier version and are to go on with the one just published."),
  "course.counting": survey<{ courseIds: readonly string[] }, readonly LearnerCount[]>("How many people learn in these courses, version by version?"),
  "catalogue.listing": survey<{ courseIds: readonly string[] }, readonly CatalogueNote[]>("What else should the catalogue say of these courses to this person?"),
};

export const courseEvents = {
  "course.published": event("A version of a course was published.", t.Object({ courseId: t.Id(), versionId: t.Id(), number: t.Integer(), slug: t.String(), title: t.String() })),
  "course.archived": event("A course left the catalogue.", t.Object({ courseId: t.Id() })),
  "course.restored": event("A course was taken out of the archive.", t.Object({ courseId: t.Id(), status: t.Enum(["draft", "published"] as const) })),
};

type Hooks = typeof courseHooks;
type Events = typeof courseEvents;
declare module "../kernel/catalogue.ts" {
  interface HookCatalogue {
    "course.publishing": Hooks["course.publishing"];
    "course.moving": Hooks["course.moving"];
    "course.counting": Hooks["course.counting"];
    "catalogue.listing": Hooks["catalogue.listing"];
  }
  interface EventCatalogue {
    "course.published": Events["course.published"];
    "course.archived": Events["course.archived"];
    "course.restored": Events["course.restored"];
  }
}
