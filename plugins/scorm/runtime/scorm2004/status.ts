import type { Setup2004 } from "./setup.ts";
import type { Values } from "../session-state.ts";

export type CompletionStatus = "completed" | "incomplete" | "not attempted" | "unknown";

export type SuccessStatus = "passed" | "failed" | "unknown";

/** A status with who decided it: the content by setting it ("unknown" too), the LMS by a threshold and a measure, or nobody. */
export interface Judged<Status> {
  value: Status;
  setBy: "content" | "measure" | null;
  /** What the content itself set, also where a threshold overrides it; null for nothing. */
  said: Status | null;
}

/** cmi.completion_status: where there is a threshold, progress_measure alone decides (RTE 4.2.4.1). */
export function completionOf({ completionThreshold }: Setup2004, { cmi }: Values): Judged<CompletionStatus> {
  const said = (cmi["cmi.completion_status"] as CompletionStatus | undefined) ?? null;
  if (completionThreshold === null) return { value: said ?? "unknown", setBy: said && "content", said };
  const progress = numberOf(cmi["cmi.progress_measure"]);
  const value = progress === null ? "unknown" : progress >= completionThreshold ? "completed" : "incomplete";
  return { value, setBy: "measure", said };
}

/** cmi.success_status: where there is a passing score, score.scaled alone decides (RTE 4.2.22.1). */
export function successOf({ scaledPassingScore }: Setup2004, { cmi }: Values): Judged<SuccessStatus> {
  const said = (cmi["cmi.success_status"] as SuccessStatus | undefined) ?? null;
  if (scaledPassingScore === null) return { value: said ?? "unknown", setBy: said && "content", said };
  const scaled = numberOf(cmi["cmi.score.scaled"]);
  const value = scaled === null ? "unknown" : scaled >= scaledPassingScore ? "passed" : "failed";
  return { value, setBy: "measure", said };
}

/** A real of the data model as a number; null where there is none. */
export function numberOf(text: string | undefined): number | null {
  return text === undefined || text === "" ? null : Number(text);
}
