import type { ActivityStatus, Engine } from "../runtime/engine/index.ts";
import { outcome2004 } from "../runtime/scorm2004/index.ts";
import type { RunAbout } from "../runs.ts";
import { activity, profileActivity, verb, type Statement } from "../statements/profile.ts";
import { namespace } from "../statements/telling.ts";
import { uuid5 } from "../statements/uuid5.ts";
import type { Session } from "./policy.ts";

/** How every activity stands, by its identifier. */
export function statusesOf(engine: Engine): Map<string, ActivityStatus> {
  const nothing = { choice: {}, jump: {} } as ReturnType<Engine["valid"]>;
  return new Map(engine.contents(nothing).map(({ identifier, status }) => [identifier, status]));
}

/** What was asked of the sequencer, and how things stood before. */
export interface Deciding {
  /** Unique for this decision. */
  id: string;
  before: ReadonlyMap<string, ActivityStatus>;
  after: ReadonlyMap<string, ActivityStatus>;
  /** The activity that was left, and what its content said, which content's own statements tell. */
  left: { activity: string; session: Session };
  /** By identifier: how statements name an activity. */
  nameOf(activity: string): { id: string; name: string };
  at: Date;
}

/**
 * "Completed", "passed" and "failed" where the sequencer decided so by itself: by rollup, by a shared objective, or for content that says
 * nothing. A course of one activity is named as that is, and the same is told of both once.
 */
export function decided({ actor, registration, course, platform, language }: RunAbout, { id, before, after, left, nameOf, at }: Deciding): Statement[] {
  const said = outcome2004(left.session.setup, left.session.state);
  const told = [...after].flatMap(([identifier, { completion, success, measure }]) => {
    const was = before.get(identifier);
    const own = identifier === left.activity;
    const verbs = [
      ...(completion === "completed" && was?.completion !== "completed" && !(own && said.completionStatus.value === "completed") ? (["completed"] as const) : []),
      ...(success !== "unknown" && was?.success !== success && !(own && said.successStatus.value === success) ? [success] : []),
    ];
    const { id: iri, name } = nameOf(identifier);
    return verbs.map((word) => ({
      id: uuid5(namespace, [id, word, iri].join(" ")),
      actor,
      verb: verb(word),
      object: activity(iri, "lesson", name, language),
      result: word === "completed" ? { completion: true } : { success: word === "passed", ...(measure !== null && { score: { scaled: measure } }) },
      context: { registration, ...(platform && { platform }), contextActivities: { grouping: [activity(course.id, "course", course.name, language)], category: [profileActivity] } },
      timestamp: at.toISOString(),
    }));
  });
  return told.filter((statement, index) => told.findIndex(({ id: other }) => other === statement.id) === index);
}
