import { availableChildren } from "../sequencing/children.ts";
import { preConditionHolds } from "../sequencing/checks.ts";
import { completedOf, measureOf, progressOf, satisfiedOf } from "../sequencing/tracking.ts";
import { currentOf, stateOf, type Activity, type SequencingRun } from "../sequencing/index.ts";
import type { PreparedCourse } from "./course.ts";
import type { ValidRequests } from "./valid.ts";

/** Where an activity stands, in words of the run-time. */
export interface ActivityStatus {
  completion: "completed" | "incomplete" | "unknown";
  success: "passed" | "failed" | "unknown";
  attempts: number;
  suspended: boolean;
  /** −1 to 1. */
  measure: number | null;
  /** 0 to 1. */
  progress: number | null;
}

/** An entry of the table of contents, in the order that the learner sees. */
export interface ContentsEntry {
  identifier: string;
  title: string;
  /** 0 for the course itself. */
  level: number;
  /** Whether it is shown; the manifest, a rule or the selection may hide it. What lies below what a rule hides is hidden too. */
  visible: boolean;
  /** Whether choosing it would be accepted. */
  enabled: boolean;
  current: boolean;
  /** Whether it opens something itself. */
  opens: boolean;
  status: ActivityStatus;
}

/** The table of contents, showing exactly what the engine would accept. */
export function contentsOf(run: SequencingRun, { course, tree, items }: PreparedCourse, valid: ValidRequests): ContentsEntry[] {
  const current = currentOf(run);
  const entries: ContentsEntry[] = [];
  const add = (activity: Activity, hiddenAbove: boolean) => {
    const item = items.get(activity.id);
    const hidden = hiddenAbove || preConditionHolds(run, activity, "hiddenFromChoice");
    entries.push({
      identifier: activity.id,
      title: item?.title ?? course.title,
      level: activity.depth,
      visible: !hidden && (item?.visible ?? true),
      enabled: !hidden && valid.choice[activity.id] === true,
      current: activity === current,
      opens: activity.children.length === 0,
      status: statusOf(run, activity),
    });
    for (const child of availableChildren(run, activity)) add(child, hidden);
  };
  add(tree.root, false);
  return entries;
}

/** What is known of an activity. */
export function statusOf(run: SequencingRun, activity: Activity): ActivityStatus {
  const [completed, satisfied] = [completedOf(run, activity), satisfiedOf(run, activity)];
  const { attempts, suspended } = stateOf(run, activity);
  return {
    completion: completed === undefined ? "unknown" : completed ? "completed" : "incomplete",
    success: satisfied === undefined ? "unknown" : satisfied ? "passed" : "failed",
    attempts,
    suspended,
    measure: measureOf(run, activity) ?? null,
    progress: progressOf(run, activity) ?? null,
  };
}
