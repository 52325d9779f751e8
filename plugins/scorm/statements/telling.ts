import { activity, profileActivity, verb, type Activity, type Result, type Statement, type VerbName } from "./profile.ts";
import { uuid5 } from "./uuid5.ts";

/** Whom and what the statements of a launch are about. */
export interface StatementContext {
  /** An xAPI agent. */
  actor: object;
  /** UUID. */
  registration: string;
  launchId: string;
  course: { id: string; name: string };
  sco: { id: string; name: string };
  /** Of the two names; en-US unless told. */
  language?: string;
  platform?: string;
  /** When the commit was sent by the browser's clock and came by the server's: their difference corrects the times of its entries. */
  sentAtMs: number;
  receivedAtMs: number;
}

/** Makes one statement; `element` names what of the data model it tells. */
export type Say = (name: VerbName, element: string, object: Activity, result?: Result) => Statement;

// Ours alone: version 5 ids need a namespace that never changes.
export const namespace = "498ce032-1f21-41b7-bc32-fcd90b47eb5a";

/** Makes the statements of one look, with ids from registration, launch, attempt, element and seq; `tMs` is on the browser's clock. */
export function teller(context: StatementContext, { attempt: number, seq }: { attempt: number; seq: number }, tMs: number): Say {
  const { actor, registration, launchId, platform } = context;
  const sco = scoOf(context);
  const attemptId = uuid5(namespace, `${registration} ${sco.id} ${number}`);
  const attempt = activity(`${sco.id}${sco.id.includes("?") ? "&" : "?"}attemptId=${attemptId}`, "attempt");
  const grouping = [activity(context.course.id, "course", context.course.name, context.language), attempt];
  return (name, element, object, result) => ({
    id: uuid5(namespace, [registration, launchId, number, name, element, seq].join(" ")),
    actor,
    verb: verb(name),
    object,
    ...(result && Object.keys(result).length > 0 && { result }),
    context: {
      registration,
      ...(platform && { platform }),
      contextActivities: { ...(object.id !== sco.id && { parent: [sco] }), grouping, category: [profileActivity] },
    },
    timestamp: new Date(Math.min(tMs - context.sentAtMs, 0) + context.receivedAtMs).toISOString(),
  });
}

/** The SCO as an activity. */
export function scoOf({ sco, language }: StatementContext): Activity {
  return activity(sco.id, "lesson", sco.name, language);
}

/** True where two values, as JSON, are the same. */
export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
