import type { attempts } from "cadre";
import type { ActivityStatus } from "../runtime/engine/index.ts";
import { outcome2004 } from "../runtime/scorm2004/index.ts";
import type { Session } from "./policy.ts";

/**
 * What a course's attempt has come to: by its root, whose incompleteness goes before a success, for nobody is through who has not done all.
 * The score is the root's measure, with the content's own raw score where the course is one activity; where none is known the last one stays.
 */
export function standingOf(status: ActivityStatus, timeMs: number, only?: Session): attempts.AttemptOutcome {
  const { raw, min, max } = only ? outcome2004(only.setup, only.state) : { raw: null, min: null, max: null };
  return {
    status: statusOf(status),
    ...(status.measure !== null && { score: status.measure }),
    ...(raw !== null && { scoreRaw: raw, scoreMin: min, scoreMax: max }),
    timeMs,
  };
}

function statusOf({ completion, success }: ActivityStatus): "in-progress" | "completed" | "passed" | "failed" {
  if (completion === "incomplete") return "in-progress";
  if (success !== "unknown") return success;
  return completion === "completed" ? "completed" : "in-progress";
}

/** Whether what counts in a course, or what the learner may do in it, is another after some entries. */
export function countsDifferently(before: Session, after: Session): boolean {
  const counted = ({ setup, state }: Session) => {
    const { sessionTimeMs: _, navRequest: __, sharedData: ___, ...rest } = outcome2004(setup, state);
    return JSON.stringify(rest);
  };
  return counted(before) !== counted(after);
}
