import type { attempts } from "cadre";
import type { Score } from "./runtime/scorm12/score.ts";
import type { Summary12 } from "./runtime/scorm12/index.ts";

/** Where a SCO or asset stands in an attempt of its item. */
export type UnitStatus = "not-started" | "in-progress" | "failed" | "completed" | "passed";

export interface UnitOutcome {
  status: UnitStatus;
  score: Score | null;
  timeMs: number;
  /** Counts the content's own attempts within ours, which it begins when it was left for good (see `launch12`). */
  attempt: number;
  /** The best score of the content's earlier attempts. */
  earlier: Score | null;
  /** The content says "browsed", which is no outcome, and yet a status that prerequisites may ask for. */
  browsed?: boolean;
  /** When the content last did anything, in milliseconds since 1970. */
  lastMs: number;
}

/** By the identifier of the manifest's item; all that can be played are there from the start. */
export type UnitOutcomes = Record<string, UnitOutcome>;

export const untouched: UnitOutcome = { status: "not-started", score: null, timeMs: 0, attempt: 1, earlier: null, lastMs: 0 };

const worth: Record<UnitStatus, number> = { "not-started": 0, "in-progress": 1, failed: 2, completed: 3, passed: 4 };

/**
 * Moves a unit by what one of its runs has come to. The status never falls back: content that sets itself "incomplete" when it is looked
 * at again takes nothing away. Within one attempt of the content its latest score counts, over several the best. A run that
 * was last at work before another one (a journal that comes late) can only make it better.
 */
export function moved(before: UnitOutcome, summary: Summary12, lastMs: number): UnitOutcome {
  const status = better(before.status, statusOf(summary));
  const timeMs = Math.max(before.timeMs, summary.timeSpentMs);
  const browsed = { ...(summary.lessonStatus === "browsed" && { browsed: true }) };
  if (lastMs < before.lastMs) return { ...before, status, timeMs, score: higher(before.score, summary.score) };
  const earlier = summary.attempt > before.attempt ? before.score : before.earlier;
  return { status, score: higher(earlier, summary.score ?? before.score), timeMs, attempt: Math.max(before.attempt, summary.attempt), earlier, lastMs, ...browsed };
}

/** An asset is complete once it was opened. */
export function opened(before: UnitOutcome, atMs: number): UnitOutcome {
  return { ...before, status: better(before.status, "completed"), lastMs: atMs };
}

/**
 * What an item of a course has come to. With one unit: what that one has come to. With several, our own rule, for SCORM 1.2 has none:
 * it is in progress until each was completed, passed or failed; then it failed if any did, else passed if any did, else is completed.
 * Its score is the mean of the scaled scores that there are, and its time the sum.
 */
export function rolledUp(outcomes: UnitOutcomes): Required<attempts.AttemptOutcome> {
  const units = Object.values(outcomes);
  const timeMs = units.reduce((sum, unit) => sum + unit.timeMs, 0);
  const [only] = units;
  if (only && units.length === 1) {
    const { raw = null, min = null, max = null, scaled = null } = only.score ?? {};
    return { status: only.status === "not-started" ? "in-progress" : only.status, score: scaled, scoreRaw: raw, scoreMin: min, scoreMax: max, timeMs };
  }
  const scaled = units.flatMap(({ score }) => score?.scaled ?? []);
  const score = scaled.length === 0 ? null : scaled.reduce((sum, one) => sum + one, 0) / scaled.length;
  const has = (...statuses: UnitStatus[]) => units.some(({ status }) => statuses.includes(status));
  const status = has("not-started", "in-progress") ? "in-progress" : has("failed") ? "failed" : has("passed") ? "passed" : "completed";
  return { status, score, scoreRaw: null, scoreMin: null, scoreMax: null, timeMs };
}

/** "browsed" is no outcome: it says that nobody was learning. */
function statusOf({ lessonStatus }: Summary12): UnitStatus {
  return lessonStatus === "passed" || lessonStatus === "completed" || lessonStatus === "failed" ? lessonStatus : "in-progress";
}

function better(one: UnitStatus, other: UnitStatus): UnitStatus {
  return worth[one] > worth[other] ? one : other;
}

/** Of two scores on the same scale the higher; one with a scale before one without. */
function higher(one: Score | null, other: Score | null): Score | null {
  if (!one || !other) return one ?? other;
  if (one.scaled !== undefined && other.scaled !== undefined) return one.scaled > other.scaled ? one : other;
  if (one.scaled === undefined && other.scaled === undefined) return (one.raw ?? 0) > (other.raw ?? 0) ? one : other;
  return one.scaled === undefined ? other : one;
}
