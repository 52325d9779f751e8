import type { Interaction12 } from "../runtime/scorm12/summary.ts";
import { parseTimespan } from "../runtime/scorm12/timespan.ts";
import { activity, innerIri, isoDuration, wellFormed, type Activity, type Result } from "./profile.ts";

/** The activity of an interaction: an xAPI cmi.interaction with its correct responses in xAPI's own notation (xAPI Data, Appendix C). */
export function interactionActivity(scoIri: string, interaction: Interaction12): Activity {
  const { type, patterns, index, id = String(index) } = interaction;
  const { id: iri, definition } = activity(innerIri(scoIri, "interactions", id), "cmi.interaction");
  const correct = patterns.filter((pattern) => pattern !== "").map((pattern) => xapiResponse(type, pattern));
  return { id: iri, definition: { ...definition, interactionType: type ?? "other", ...(correct.length > 0 && { correctResponsesPattern: correct }) } };
}

/** What the learner answered. "neutral" and "unanticipated" say nothing of success; a number is a raw score. */
export function interactionResult({ type, student_response: response, result, latency }: Interaction12): Result {
  const known = result === "correct" ? { success: true } : result === "wrong" ? { success: false } : {};
  const points = result && /\d/.test(result) ? { score: { raw: Number(result) } } : {};
  return {
    ...(response !== undefined && { response: xapiResponse(type, response) }),
    ...known,
    ...points,
    ...(latency && { duration: isoDuration(parseTimespan(latency) ?? 0) }),
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
