import type { Score } from "../runtime/scorm12/score.ts";

/** The SCORM profile's verbs (xAPI SCORM Profile 3.2, "Verb"). */
export type VerbName = "initialized" | "resumed" | "suspended" | "terminated" | "completed" | "passed" | "failed" | "scored" | "responded";

/** An xAPI activity as statements carry it. */
export interface Activity {
  id: string;
  definition?: Record<string, unknown>;
}

/** An xAPI result; durations are ISO 8601. */
export interface Result {
  score?: Score;
  success?: boolean;
  completion?: boolean;
  response?: string;
  duration?: string;
}

/** An xAPI statement, without what the record store adds. */
export interface Statement {
  id: string;
  actor: object;
  verb: { id: string; display: Record<string, string> };
  object: Activity;
  result?: Result;
  context: Record<string, unknown>;
  /** RFC 3339 UTC. */
  timestamp: string;
}

const activityTypes = "http://adlnet.gov/expapi/activities/";

/** What marks a statement as following the profile. */
export const profileActivity: Activity = { id: "https://w3id.org/xapi/scorm", definition: { type: `${activityTypes}profile` } };

/** A verb of the profile, with its display. */
export function verb(name: VerbName): Statement["verb"] {
  return { id: `http://adlnet.gov/expapi/verbs/${name}`, display: { "en-US": name } };
}

/** An activity of one of ADL's types, named in one language. */
export function activity(id: string, type: "course" | "lesson" | "attempt" | "objective" | "cmi.interaction", name?: string, language = "en-US"): Activity {
  return { id, definition: { ...(name && { name: { [language]: wellFormed(name) } }), type: `${activityTypes}${type}` } };
}

/** The IRI of something inside a SCO (profile 3.2, "Guidelines for Activity IRI Construction"); the id may hold anything. */
export function innerIri(scoIri: string, kind: "objectives" | "interactions", id: string): string {
  const [, base = "", query = ""] = /^([^?#]*)(.*)$/.exec(scoIri) ?? [];
  return `${base.replace(/\/$/, "")}/${kind}/${encodeURIComponent(wellFormed(id))}${query}`;
}

/** An ISO 8601 duration in hours, minutes and hundredths of a second. */
export function isoDuration(durationMs: number): string {
  const hundredths = Math.floor(Math.max(durationMs, 0) / 10);
  const [hours, minutes, seconds] = [Math.floor(hundredths / 360_000), Math.floor(hundredths / 6000) % 60, (hundredths % 6000) / 100];
  return `PT${hours ? `${hours}H` : ""}${minutes ? `${minutes}M` : ""}${seconds || hundredths < 6000 ? `${seconds}S` : ""}`.replace(/^PT$/, "PT0S");
}

/** Text that any record store can keep: unpaired surrogates and U+0000, which content may write, become U+FFFD. */
export function wellFormed(text: string): string {
  // eslint-disable-next-line no-control-regex -- U+0000 is what is looked for
  return text.replace(/\p{Surrogate}|\u0000/gu, "\uFFFD");
}
