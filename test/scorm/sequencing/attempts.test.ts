import { activity, course, mapTo, plain, type Settings } from "./courses.ts";
import { stories } from "./story.ts";

/** A module of two, and what follows it. */
const module = (settings: Settings) => course({}, activity("m", settings, ...plain("a", "b")), ...plain("c"));

/** "a" is skipped once "b" has satisfied the objective that they share; then "b" has the course tried again. */
const shared = (objectivesGlobalToSystem: boolean, rules = ["retryAll if satisfied of p"]) =>
  course(
    { objectivesGlobalToSystem },
    activity("a", { rules: ["skip if satisfied of o"], objectives: [{ id: "o", maps: mapTo("g", { read: ["satisfied"] }) }] }),
    activity("b", { rules, objectives: [{ id: "p", maps: mapTo("g", { write: ["satisfied"] }) }] }),
  );

stories(
  "attempts and what of earlier ones counts",
  [
    "DB.2 forgets what children did in an earlier attempt of their cluster",
    module({}),
    ["start", "a"],
    ["passed, continue", "b"],
    ["failed, choice c", "c"],
    ["status m", "completed failed - - 1x"],
    ["choice a", "a"],
    ["status b", "- - - - 1x"],
    ["passed, choice c", "c"],
    ["status m", "- - - - 2x"],
  ],
  [
    "DB.2 keeps what children did where the cluster does not ask for the current attempt alone",
    module({ useCurrentAttemptObjectiveInfo: false, useCurrentAttemptProgressInfo: false }),
    ["start", "a"],
    ["passed, continue", "b"],
    ["failed, choice c", "c"],
    ["choice a", "a"],
    ["status b", "completed failed - - 1x"],
    ["passed, choice c", "c"],
    ["status m", "completed failed - - 2x"],
  ],
  [
    "DB.2 may forget satisfaction and keep completion",
    module({ useCurrentAttemptProgressInfo: false }),
    ["start", "a"],
    ["passed, continue", "b"],
    ["failed, score 0.2, choice c", "c"],
    ["choice a", "a"],
    ["status b", "completed - - - 1x"],
  ],
  ["a shared objective of one attempt is gone when the course is tried again", shared(false), ["start", "a"], ["continue", "b"], ["objective p passed, continue", "a"]],
  ["a shared objective of the learner's holds when the course is tried again", shared(true), ["start", "a"], ["continue", "b"], ["objective p passed, continue", "b"]],
  ["a shared objective of one attempt is gone when the course begins anew", shared(false), ["start", "a"], ["continue", "b"], ["objective p passed, exitAll", "ended"], ["start", "a"]],
  ["a shared objective of the learner's holds when the course begins anew", shared(true), ["start", "a"], ["continue", "b"], ["objective p passed, exitAll", "ended"], ["start", "b"]],
  ["a shared objective of one attempt is there when the attempt is resumed", shared(false, []), ["start", "a"], ["continue", "b"], ["objective p passed, suspendAll", "ended"], ["start", "b"], ["choice a", "a"], ["hears o", "passed - -"]],
  [
    "RB.1.4.2 counts a child that was never attempted, for it is not suspended",
    course({}, activity("m", {}, activity("a"), activity("b", { requiredForSatisfied: "ifNotSuspended", requiredForCompleted: "ifNotSuspended" })), ...plain("c")),
    ["start", "a"],
    ["passed, choice c", "c"],
    ["status m", "- - - - 1x"],
  ],
  ["RB.1.4.2 counts a child for incomplete only if attempted", course({}, activity("m", { rollup: ["incomplete if any not completed"] }, activity("a"), activity("b", { requiredForIncomplete: "ifAttempted" })), ...plain("c")), ["start", "a"], ["completed, choice c", "c"], ["status m", "- - - - 1x"]],
  ["RB.1.3 b makes a cluster incomplete by a rule of its own", course({}, activity("m", { rollup: ["incomplete if any not completed"] }, ...plain("a", "b")), ...plain("c")), ["start", "a"], ["incomplete, continue", "b"], ["status m", "incomplete - - - 1x"]],
  ["UP.4 leaves satisfaction to content that must say, and completes", course({}, activity("a", { objectiveSetByContent: true }), ...plain("b")), ["start", "a"], ["continue", "b"], ["status a", "completed - - - 1x"]],
  ["UP.4 leaves completion to content that must say, and satisfies", course({}, activity("a", { completionSetByContent: true }), ...plain("b")), ["start", "a"], ["continue", "b"], ["status a", "- passed - - 1x"]],
  ["TB.2.3 ends the session when the root asks to continue", course({ rules: ["continue if always"] }, activity("a", { rules: ["exitParent if always"] }), ...plain("b")), ["start", "a"], ["continue", "ended"]],
  ["TB.2.3 ends the session when the root asks to go back", course({ rules: ["previous if always"] }, activity("a", { rules: ["exitParent if always"] }), ...plain("b")), ["start", "a"], ["continue", "ended"]],
  ["SB.2.10 begins a suspended activity's attempt anew only once it has ended", course({}, activity("a", { rules: ["retry if not completed"] }), ...plain("b")), ["start", "a"], ["incomplete, exit suspend, continue", "b"], ["choice a", "a"], ["entry", "resume"]],
);

stories(
  "choices out of what keeps the learner in",
  [
    "NB.2.1-8 keeps the learner in a cluster without choiceExit, which cannot be chosen itself either",
    module({ choiceExit: false }),
    ["start", "a"],
    ["may choose b", "yes"],
    ["may choose c", "no"],
    ["may choose m", "no"],
    ["may choose course", "no"],
    ["choice c", "NB.2.1-8"],
    ["choice b", "b"],
  ],
  ["NB.2.1-8 lets flow leave it", module({ choiceExit: false }), ["start", "a"], ["continue", "b"], ["continue", "c"]],
  ["NB.2.1-8 of the root concerns the root alone", course({ choiceExit: false }, ...plain("a", "b")), ["start", "a"], ["may choose b", "yes"], ["may choose course", "no"]],
  ["NB.2.1-8 asks all clusters on the way out", course({}, activity("m", { choiceExit: false }, activity("n", {}, ...plain("a"))), ...plain("c")), ["start", "a"], ["may choose c", "no"], ["may choose n", "yes"]],
);
