import type { Interaction12 } from "../runtime/scorm12/summary.ts";
import { parseTimespan } from "../runtime/scorm12/timespan.ts";
import type { Interaction2004 } from "../runtime/scorm2004/summary.ts";
import { parseTimespan as parseTimespan2004 } from "../runtime/scorm2004/timespan.ts";
import { activity, innerIri, isoDuration, wellFormed, type Activity, type Result } from "./profile.ts";

/** An interaction in xAPI's own notation (xAPI Data, Appendix C), whichever SCORM it came from. */
export interface ToldInteraction {
  id: string;
  type: string | undefined;
  correct: string[];
  response: string | undefined;
  /** As the content wrote it: a word or a number. */
  result: string | undefined;
  /** Null where the content told none. */
  durationMs: number | null;
}

/** The activity of an interaction: an xAPI cmi.interaction with its correct responses. */
export function interactionActivity(scoIri: string, { id, type, correct }: ToldInteraction): Activity {
  const { id: iri, definition } = activity(innerIri(scoIri, "interactions", id), "cmi.interaction");
  return { id: iri, definition: { ...definition, interactionType: type ?? "other", ...(correct.length > 0 && { correctResponsesPattern: correct }) } };
}

/** What the learner answered. "neutral" and "unanticipated" say nothing of success; a number is a raw score. */
export function interactionResult({ response, result, durationMs }: ToldInteraction): Result {
  const known = result === "correct" ? { success: true } : result === "wrong" || result === "incorrect" ? { success: false } : {};
  const points = result && /\d/.test(result) ? { score: { raw: Number(result) } } : {};
  return { ...(response !== undefined && { response }), ...known, ...points, ...(durationMs !== null && { duration: isoDuration(durationMs) }) };
}

/** An interaction of SCORM 1.2; null before it is answered. */
export function interaction12({ id, index, type, patterns, student_response: response, result, latency }: Interaction12): ToldInteraction | null {
  if (response === undefined && result === undefined) return null;
  return {
    id: id ?? String(index),
    type,
    correct: patterns.filter((pattern) => pattern !== "").map((pattern) => xapiResponse(type, pattern)),
    response: response && xapiResponse(type, response),
    result,
    durationMs: latency ? (parseTimespan(latency) ?? 0) : null,
  };
}

/** An interaction of SCORM 2004, from which xAPI took its notation; null before it is answered. */
export function interaction2004({ id, index, type, patterns, learner_response: response, result, latency }: Interaction2004): ToldInteraction | null {
  if (response === undefined && result === undefined) return null;
  return {
    id: id ?? String(index),
    type,
    correct: patterns.filter((pattern) => pattern !== "").map(wellFormed),
    response: response && wellFormed(response),
    result,
    durationMs: latency ? (parseTimespan2004(latency) ?? 0) : null,
  };
}

/** A SCORM 1.2 response or pattern (CMIFeedback, RTE 3.4.4) in xAPI's notation: `[,]` between items, `[.]` within pairs. */
export function xapiResponse(type: string | undefined, text: string): string {
  return wellFormed((notations[type ?? ""] ?? ((same) => same))(text));
}

const notations: Record<string, (text: string) => string> = {
  "true-false": (text) => (/^(?:1|t|true)$/i.test(text) ? "true" : /^(?:0|f|false)$/i.test(text) ? "false" : text),
  choice: items,
  sequencing: items,
  matching: (text) => items(text).split("[,]").map((pair) => pair.replace(".", "[.]")).join("[,]"),
};

function items(text: string): string {
  return text.replace(/^\{(.*)\}$/s, "$1").split(",").map((item) => item.trim()).join("[,]");
}
