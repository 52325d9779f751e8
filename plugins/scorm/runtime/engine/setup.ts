import { setup2004, switchesOf, type PresetObjective2004, type Setup2004, type Valid2004 } from "../scorm2004/index.ts";
import { fieldOf, satisfiedAsRead } from "../sequencing/tracking.ts";
import type { Activity, SequencingRun } from "../sequencing/index.ts";
import type { Course2004, CourseItem } from "./course.ts";

/** What of a setup is not the course's to say: who learns, and how. */
export type LearnerSetup = Pick<Setup2004, "learnerId" | "learnerName"> & Partial<Pick<Setup2004, "mode" | "credit" | "commentsFromLms" | "idleLimitMs" | "switches">>;

/** What the engine adds at a delivery. */
export interface SetupSituation {
  entry: Setup2004["entry"];
  valid: Valid2004;
  sharedData: Readonly<Record<string, string>>;
}

/** The setup of one session of an activity's content. */
export function setupOf(run: SequencingRun, course: Course2004, activity: Activity, item: CourseItem, situation: SetupSituation, learner: LearnerSetup): Setup2004 {
  const { primary } = activity;
  return setup2004({
    ...learner,
    entry: situation.entry,
    launchData: item.dataFromLms,
    maxTimeAllowed: item.maxTimeAllowed,
    timeLimitAction: item.timeLimitAction,
    completionThreshold: item.completionThreshold,
    scaledPassingScore: primary.satisfiedByMeasure ? primary.minNormalizedMeasure : null,
    objectives: activity.objectives.flatMap((objective) => (objective.id === "" ? [] : [presetOf(run, activity, objective)])),
    sharedData: item.sharedData.map((bucket) => ({ ...bucket, value: situation.sharedData[bucket.id] ?? "" })),
    valid: situation.valid,
    switches: learner.switches ?? switchesOf(course.edition),
  });
}

function presetOf(run: SequencingRun, activity: Activity, objective: Activity["primary"]): PresetObjective2004 {
  const satisfied = satisfiedAsRead(run, activity, objective);
  const completed = fieldOf(run, activity, objective, "completed");
  return {
    id: objective.id,
    success: satisfied === undefined ? "unknown" : satisfied ? "passed" : "failed",
    completion: completed === undefined ? "unknown" : completed ? "completed" : "incomplete",
    scaled: fieldOf(run, activity, objective, "measure") ?? null,
    raw: fieldOf(run, activity, objective, "raw") ?? null,
    min: fieldOf(run, activity, objective, "min") ?? null,
    max: fieldOf(run, activity, objective, "max") ?? null,
    progress: fieldOf(run, activity, objective, "progress") ?? null,
  };
}
