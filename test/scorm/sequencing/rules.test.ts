import { activity, course, mapTo, plain, type Settings } from "./courses.ts";
import { stories } from "./story.ts";

/** `a` is left, and `b` skipped if the rule says so. */
const skipping = (condition: string, settings: Settings = {}) => course({}, ...plain("a"), activity("b", { ...settings, rules: [`skip if ${condition}`] }), ...plain("c"));
const shared = (maps: Settings["objectives"]) => ({ objectives: maps });
const reads: Settings = shared([{ id: "o", maps: mapTo("g", { read: ["satisfied", "measure", "completed", "progress"] }) }]);
const writer = (condition: string) =>
  course({}, activity("a", shared([{ id: "w", maps: mapTo("g", { write: ["satisfied", "measure", "completed", "progress"] }) }])), activity("b", { ...reads, rules: [`skip if ${condition} of o`] }), ...plain("c"));

stories(
  "rules and conditions (UP.1, UP.2, UP.2.1, UP.5)",
  ["always holds", skipping("always"), ["start", "a"], ["continue", "c"]],
  ["an unknown condition does not hold", skipping("satisfied"), ["start", "a"], ["continue", "b"]],
  ["an unknown condition does not hold when negated either", skipping("not satisfied"), ["start", "a"], ["continue", "b"]],
  ["or holds with one that does", skipping("satisfied or not attempted"), ["start", "a"], ["continue", "c"]],
  ["and needs all", skipping("satisfied and not attempted"), ["start", "a"], ["continue", "b"]],
  ["objectiveStatusKnown tells known from unknown", skipping("not objectiveStatusKnown"), ["start", "a"], ["continue", "c"]],
  ["activityProgressKnown tells known from unknown", skipping("not activityProgressKnown"), ["start", "a"], ["continue", "c"]],
  ["a condition may ask another objective", writer("satisfied"), ["start", "a"], ["objective w passed, continue", "c"]],
  ["completed may ask another objective", writer("completed"), ["start", "a"], ["objective w completed, continue", "c"]],
  ["objectiveMeasureKnown asks for a measure", writer("objectiveMeasureKnown"), ["start", "a"], ["objective w score 0.1, continue", "c"]],
  ["objectiveMeasureGreaterThan is strict", writer("objectiveMeasureGreaterThan 0.5"), ["start", "a"], ["objective w score 0.5, continue", "b"]],
  ["objectiveMeasureGreaterThan holds above", writer("objectiveMeasureGreaterThan 0.5"), ["start", "a"], ["objective w score 0.51, continue", "c"]],
  ["objectiveMeasureLessThan holds below", writer("objectiveMeasureLessThan -0.2"), ["start", "a"], ["objective w score -0.3, continue", "c"]],
  ["UP.1 closes an activity whose attempts are used up", course({}, activity("a", { attempts: 1 }), ...plain("b")), ["start", "a"], ["may choose a", "no"], ["continue", "b"], ["choice a", "DB.1.1-3"]],
  ["UP.1 does not ask an attempt that goes on", course({}, activity("a", { attempts: 1 }), ...plain("b")), ["start", "a"], ["exit suspend, continue", "b"], ["choice a", "a"]],
  ["attemptLimitExceeded is unknown without a limit", skipping("not attemptLimitExceeded"), ["start", "a"], ["continue", "b"]],
  ["attemptLimitExceeded holds when the limit is reached", course({}, activity("a", { attempts: 1, rules: ["exitAll if attemptLimitExceeded"] }), ...plain("b")), ["start", "a"], ["continue", "ended"]],
  ["UP.5 closes a disabled cluster with all in it", course({}, ...plain("a"), activity("m", { rules: ["disabled if always"] }, ...plain("b"))), ["start", "a"], ["may choose b", "no"], ["choice b", "DB.1.1-3"]],
);
