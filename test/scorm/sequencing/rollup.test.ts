import { activity, course, mapTo, plain, type Settings } from "./courses.ts";
import { stories } from "./story.ts";

/** A course with one module of two activities, left by choosing what follows it. */
const module = (settings: Settings, a: Settings = {}, b: Settings = {}) => course({}, activity("m", settings, activity("a", a), activity("b", b)), ...plain("c"));

stories(
  "rollup (RB.1.1 to RB.1.5)",
  ["RB.1.2 b satisfies a cluster when all children are", module({}), ["start", "a"], ["continue", "b"], ["status m", "- - - - 1x"], ["continue", "c"], ["status m", "completed passed - - 1x"]],
  ["RB.1.2 b fails a cluster when all children are known and one is not satisfied", module({}), ["start", "a"], ["failed, continue", "b"], ["continue", "c"], ["status m", "completed failed - - 1x"]],
  ["RB.1.3 b calls a cluster incomplete when all are known and one is not complete", module({}), ["start", "a"], ["incomplete, continue", "b"], ["continue", "c"], ["status m", "incomplete passed - - 1x"]],
  ["RB.1.1 a weighs the children's measures, a missing one being 0", module({}, { weight: 0.75 }, { weight: 0.25 }), ["start", "a"], ["score 0.8, continue", "b"], ["continue", "c"], ["status m", "completed passed 0.6 - 1x"]],
  ["RB.1.1 a knows no measure when no child has one", module({}), ["start", "a"], ["continue", "b"], ["continue", "c"], ["status m", "completed passed - - 1x"]],
  ["RB.1.1 a leaves out what is not tracked", module({}, {}, { tracked: false }), ["start", "a"], ["score 0.5, continue", "b"], ["score 1, continue", "c"], ["status m", "completed passed 0.5 - 1x"]],
  ["RB.1.1 b weighs progress", module({}, { completion: { progressWeight: 1 } }, { completion: { progressWeight: 0.5 } }), ["start", "a"], ["progress 0.6, continue", "b"], ["progress 0.3, continue", "c"], ["status m", "completed passed - 0.5 1x"]],
  ["RB.1.2 a decides a cluster by its measure", module({ primary: { satisfiedByMeasure: true, minNormalizedMeasure: 0.6 } }), ["start", "a"], ["score 0.9, failed, continue", "b"], ["score 0.3, continue", "c"], ["status m", "completed passed 0.6 - 1x"]],
  ["RB.1.2 a waits until the cluster is left where it is told to", module({ primary: { satisfiedByMeasure: true, minNormalizedMeasure: 0.1 }, measureSatisfactionIfActive: false }), ["start", "a"], ["score 0.9, continue", "b"], ["status m", "- - 0.45 - 1x"], ["continue", "c"], ["status m", "completed passed 0.45 - 1x"]],
  ["RB.1.3 a decides a cluster by its progress", module({ completion: { completedByMeasure: true, minProgressMeasure: 0.5 } }), ["start", "a"], ["progress 0.5, incomplete, continue", "b"], ["progress 0.4, continue", "c"], ["status m", "incomplete passed - 0.45 1x"]],
  ["a leaf is complete by its progress where the manifest says so", module({}, { completion: { completedByMeasure: true, minProgressMeasure: 0.8 } }), ["start", "a"], ["progress 0.7, completed, continue", "b"], ["status a", "incomplete passed - 0.7 1x"]],
  ["a leaf is satisfied by its measure where the manifest says so", module({}, { primary: { satisfiedByMeasure: true, minNormalizedMeasure: 0.5 } }), ["start", "a"], ["score 0.4, passed, continue", "b"], ["status a", "completed failed 0.4 - 1x"]],
  ["RB.1.4 counts any", module({ rollup: ["satisfied if any satisfied"] }), ["start", "a"], ["passed, continue", "b"], ["failed, continue", "c"], ["status m", "completed passed - - 1x"]],
  ["RB.1.4 counts none, for which unknown is not enough", module({ rollup: ["satisfied if none attempted"] }, {}, { objectiveSetByContent: true }), ["start", "a"], ["continue", "b"], ["continue", "c"], ["status m", "completed - - - 1x"]],
  ["RB.1.4 counts at least so many", module({ rollup: ["completed if 1 completed"] }), ["start", "a"], ["continue", "b"], ["status m", "completed - - - 1x"]],
  ["RB.1.4 counts at least so many percent", module({ rollup: ["satisfied if 60% satisfied"] }), ["start", "a"], ["continue", "b"], ["failed, continue", "c"], ["status m", "completed - - - 1x"]],
  ["RB.1.4 holds for all of nobody", module({ rollup: ["completed if all attempted"] }, { tracked: false }, { tracked: false }), ["start", "a"], ["continue", "b"], ["status m", "completed passed - - 1x"]],
  ["RB.1.4.1 joins conditions with or", module({ rollup: ["satisfied if all satisfied or completed"] }), ["start", "a"], ["failed, continue", "b"], ["continue", "c"], ["status m", "completed passed - - 1x"]],
  ["RB.1.4.1 leaves a negated unknown unknown", module({ rollup: ["satisfied if any not satisfied"] }, { objectiveSetByContent: true }, { objectiveSetByContent: true }), ["start", "a"], ["continue", "b"], ["continue", "c"], ["status m", "completed - - - 1x"]],
  ["RB.1.4.2 leaves out a child that does not contribute", module({}, { contributes: false }), ["start", "a"], ["failed, incomplete, continue", "b"], ["continue", "c"], ["status m", "completed passed - - 1x"]],
  ["RB.1.4.2 counts a child only if attempted", module({}, {}, { requiredForSatisfied: "ifAttempted", requiredForCompleted: "ifAttempted" }), ["start", "a"], ["continue", "b"], ["status m", "completed passed - - 1x"], ["failed, incomplete, choice c", "c"], ["status m", "incomplete failed - - 1x"]],
  ["RB.1.4.2 counts a child only if not skipped", module({}, {}, { requiredForSatisfied: "ifNotSkipped", rules: ["skip if always"] }), ["start", "a"], ["continue", "c"], ["status m", "- passed - - 1x"]],
  ["RB.1.4.2 counts a child only if not suspended", module({}, {}, { requiredForSatisfied: "ifNotSuspended" }), ["start", "a"], ["continue", "b"], ["exit suspend, choice c", "c"], ["status m", "- passed - - 1x"]],
  [
    "RB.1.5 rolls up where a shared objective is read that was written elsewhere",
    course({}, activity("m", {}, activity("a", { primary: { id: "p", maps: mapTo("g", { read: ["satisfied"] }) } })), activity("b", { objectives: [{ id: "o", maps: mapTo("g", { write: ["satisfied"] }) }] }), ...plain("c")),
    ["choice b", "b"],
    ["objective o passed, continue", "c"],
    ["status m", "- passed - - 0x"],
  ],
  ["RB.1.5 does not touch a cluster that is not tracked", module({ tracked: false }), ["start", "a"], ["continue", "b"], ["continue", "c"], ["status m", "- - - - 0x"], ["status course", "- - - - 1x"]],
);
