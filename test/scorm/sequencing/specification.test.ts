import { activity, course, mapTo, plain, type Settings } from "./courses.ts";
import { stories } from "./story.ts";

/** A course with one module of two activities, and what follows it. */
const module = (settings: Settings, a: Settings = {}, b: Settings = {}) => course({}, activity("m", settings, activity("a", a), activity("b", b)), ...plain("c"));

/** A module in a module, and what follows. */
const nested = (outer: Settings, inner: Settings) => course(outer, activity("m", inner, ...plain("a", "b")), ...plain("c"));
const silent: Settings = { objectiveSetByContent: true, completionSetByContent: true };

stories(
  "what the pseudo-code says beyond ADL's cases: rollup",
  [
    "RB.1.3 a decides a cluster by its progress while it is at work, for measureSatisfactionIfActive is about satisfaction alone",
    module({ measureSatisfactionIfActive: false, completion: { completedByMeasure: true, minProgressMeasure: 0.4 }, primary: { satisfiedByMeasure: true, minNormalizedMeasure: 0.4 } }),
    ["start", "a"],
    ["progress 1, score 1, continue", "b"],
    ["status m", "completed - 0.5 0.5 1x"],
    ["progress 0.2, score 0.2, continue", "c"],
    ["status m", "completed passed 0.6 0.6 1x"],
  ],
  ["RB.1.1 a knows no measure where all weights are 0", module({}, { weight: 0 }, { weight: 0 }), ["start", "a"], ["score 0.5, continue", "b"], ["score 0.5, continue", "c"], ["status m", "completed passed - - 1x"]],
  ["RB.1.1 b knows no progress where all weights are 0", module({}, { completion: { progressWeight: 0 } }, { completion: { progressWeight: 0 } }), ["start", "a"], ["progress 0.5, continue", "b"], ["progress 0.5, continue", "c"], ["status m", "completed passed - - 1x"]],
  ["RB.1.1 a counts the measure of a child that does not roll its satisfaction up", module({}, { contributes: false }), ["start", "a"], ["score 0.4, continue", "b"], ["score 0.6, continue", "c"], ["status m", "completed passed 0.5 - 1x"]],
  ["RB.1.1 a takes negative measures", module({}), ["start", "a"], ["score -1, continue", "b"], ["score 0.5, continue", "c"], ["status m", "completed passed -0.25 - 1x"]],
  ["RB.1.2 a decides at exactly the minimum", module({ primary: { satisfiedByMeasure: true, minNormalizedMeasure: 0.25 } }), ["start", "a"], ["score 0.5, continue", "b"], ["continue", "c"], ["status m", "completed passed 0.25 - 1x"]],
  ["RB.1.2 a goes before the rules of the cluster", module({ primary: { satisfiedByMeasure: true, minNormalizedMeasure: 0.9 }, rollup: ["satisfied if any attempted"] }), ["start", "a"], ["score 0.5, continue", "b"], ["status m", "- failed 0.25 - 1x"]],
  ["RB.1.3 a goes before the rules of the cluster", module({ completion: { completedByMeasure: true, minProgressMeasure: 0.9 }, rollup: ["completed if any attempted"] }), ["start", "a"], ["progress 0.5, continue", "b"], ["status m", "incomplete - - 0.25 1x"]],
  ["RB.1.2 b has no default rule where the cluster has one of its own", module({ rollup: ["notSatisfied if any not satisfied"] }), ["start", "a"], ["passed, continue", "b"], ["passed, continue", "c"], ["status m", "completed - - - 1x"]],
  ["RB.1.2 b lets satisfied win over not satisfied", module({ rollup: ["satisfied if any satisfied", "notSatisfied if any not satisfied"] }), ["start", "a"], ["failed, continue", "b"], ["status m", "- failed - - 1x"], ["passed, continue", "c"], ["status m", "completed passed - - 1x"]],
  ["RB.1.4 counts at least two of two", module({ rollup: ["satisfied if 2 satisfied"] }), ["start", "a"], ["passed, continue", "b"], ["status m", "- - - - 1x"], ["passed, continue", "c"], ["status m", "completed passed - - 1x"]],
  ["RB.1.4 counts no child that is unknown among so many", module({ rollup: ["satisfied if 1 satisfied"] }, silent, silent), ["start", "a"], ["continue", "b"], ["continue", "c"], ["status m", "- - - - 1x"]],
  ["RB.1.4 counts percent of all that count, known or not", module({ rollup: ["satisfied if 50% satisfied"] }, {}, silent), ["start", "a"], ["passed, continue", "b"], ["status m", "- passed - - 1x"]],
  ["RB.1.4 has at least one of nobody never", module({ rollup: ["completed if 1 attempted", "satisfied if 1% attempted"] }, { tracked: false }, { tracked: false }), ["start", "a"], ["continue", "b"], ["status m", "- - - - 1x"]],
  ["RB.1.4 has any of nobody never", module({ rollup: ["completed if any attempted", "satisfied if any attempted"] }, { tracked: false }, { tracked: false }), ["start", "a"], ["continue", "b"], ["status m", "- - - - 1x"]],
  ["RB.1.4.1 asks attemptLimitExceeded of a child", module({ rollup: ["completed if any attemptLimitExceeded"] }, { attempts: 1 }), ["start", "a"], ["incomplete, continue", "b"], ["status m", "completed - - - 1x"]],
  ["RB.1.4.1 asks objectiveMeasureKnown of a child", module({ rollup: ["completed if any objectiveMeasureKnown"] }), ["start", "a"], ["continue", "b"], ["status m", "- - - - 1x"], ["score 0, continue", "c"], ["status m", "completed passed 0 - 1x"]],
  ["RB.1.4.2 counts a child that was suspended and resumed", module({}, {}, { requiredForSatisfied: "ifNotSuspended", requiredForNotSatisfied: "ifNotSuspended" }), ["choice b", "b"], ["failed, exit suspend, choice a", "a"], ["passed, continue", "b"], ["status m", "- passed - - 1x"], ["exit normal, continue", "c"], ["status m", "completed failed - - 1x"]],
  ["RB.1.4.2 asks each action for its own requirement", module({}, {}, { requiredForCompleted: "ifAttempted" }), ["start", "a"], ["completed, passed, choice c", "c"], ["status m", "completed - - - 1x"]],
);

stories(
  "what the pseudo-code says beyond ADL's cases: attempts, delivery and objectives",
  [
    "DB.2 of a course that keeps what its modules did forgets nothing in them before they begin anew themselves",
    nested({ useCurrentAttemptObjectiveInfo: false, useCurrentAttemptProgressInfo: false }, {}),
    ["start", "a"],
    ["passed, continue", "b"],
    ["passed, continue", "c"],
    ["exitAll", "ended"],
    ["choice c", "c"],
    ["status a", "completed passed - - 1x"],
    ["choice a", "a"],
    ["status b", "- - - - 1x"],
  ],
  [
    "DB.2 of a course forgets what is in its modules, as these have it",
    nested({ useCurrentAttemptObjectiveInfo: false }, { useCurrentAttemptProgressInfo: false }),
    ["start", "a"],
    ["passed, continue", "b"],
    ["passed, continue", "c"],
    ["exitAll", "ended"],
    ["choice c", "c"],
    ["status m", "- passed - - 1x"],
    ["status a", "completed passed - - 1x"],
  ],
  [
    "a primary objective that one map reads is written by another, though content says nothing",
    course(
      {},
      activity("a", { objectives: [{ id: "o", maps: mapTo("g", { write: ["satisfied", "measure"] }) }] }),
      activity("b", { primary: { id: "p", maps: [...mapTo("g", { read: ["satisfied", "measure"] }), ...mapTo("h", { write: ["satisfied", "measure"] })] } }),
      activity("c", { objectives: [{ id: "o", maps: mapTo("h", { read: ["satisfied", "measure"] }) }] }),
    ),
    ["start", "a"],
    ["objective o failed, objective o score 0.3, continue", "b"],
    ["continue", "c"],
    ["hears o", "failed - 0.3"],
  ],
  [
    "content's own word on its success goes before what its primary objective had read",
    course(
      {},
      activity("a", { objectives: [{ id: "o", maps: mapTo("g", { write: ["satisfied", "measure"] }) }] }),
      activity("b", { primary: { id: "p", maps: mapTo("g", { read: ["satisfied", "measure"], write: ["satisfied", "measure"] }) } }),
      activity("c", { objectives: [{ id: "o", maps: mapTo("g", { read: ["satisfied", "measure"] }) }] }),
    ),
    ["start", "a"],
    ["objective o failed, objective o score 0.3, continue", "b"],
    ["passed, score 0.9, continue", "c"],
    ["hears o", "passed - 0.9"],
  ],
  ["content's cmi.score goes before its primary objective's", course({}, activity("a", { primary: { id: "p" } }), ...plain("b")), ["start", "a"], ["score 0.9, objective p score 0.1, continue", "b"], ["status a", "completed passed 0.9 - 1x"]],
  ["a primary objective's score counts where content has no cmi.score", course({}, activity("a", { primary: { id: "p" } }), ...plain("b")), ["start", "a"], ["objective p score 0.1, continue", "b"], ["status a", "completed passed 0.1 - 1x"]],
  ["a primary objective's completion counts where content has no cmi.completion_status", course({}, activity("a", { primary: { id: "p" } }), ...plain("b")), ["start", "a"], ["objective p incomplete, continue", "b"], ["status a", "incomplete passed - - 1x"]],
  ["UP.4 goes by what is known of a suspended activity once it is left for good", module({}), ["start", "a"], ["incomplete, exit suspend, continue", "b"], ["previous", "a"], ["exit normal, continue", "b"], ["status a", "incomplete passed - - 1x"]],
  ["UP.4 of exitAll leaves what content suspended to be resumed", course({}, ...plain("a", "b")), ["start", "a"], ["exit suspend, exitAll", "ended"], ["start", "a"], ["entry", "resume"], ["status course", "- - - - 1x"]],
  ["UP.4 of exitAll ends what content did not suspend", course({}, ...plain("a", "b")), ["start", "a"], ["exitAll", "ended"], ["start", "a"], ["entry", "ab-initio"], ["status course", "- - - - 2x"]],
  ["TB.2.3 of abandonAll ends the session, and nothing is resumed", course({}, ...plain("a", "b")), ["start", "a"], ["passed, abandonAll", "ended"], ["start", "a"], ["entry", "ab-initio"], ["status a", "- - - - 2x"]],
  ["TB.2.3 takes a time-out for exitAll, whatever else is asked", course({}, ...plain("a", "b")), ["start", "a"], ["asks continue, exit time-out, continue", "ended"]],
  ["TB.2.3 takes a logout for exitAll", course({}, ...plain("a", "b")), ["start", "a"], ["exit logout, nothing", "ended"]],
  ["TB.2.3 lets a rule go before a jump", course({}, activity("a", { rules: ["continue if always"] }), ...plain("b", "c")), ["start", "a"], ["asks jump c, nothing", "b"]],
  ["TB.2.3 asks no post-condition after exitAll", course({}, activity("a", { rules: ["retry if always"] }), ...plain("b")), ["start", "a"], ["exitAll", "ended"]],
  ["TB.2.3 asks no rules after suspendAll", course({ rules: ["exit if always"] }, activity("a", { rules: ["retry if always"] }), ...plain("b")), ["start", "a"], ["suspendAll", "ended"], ["start", "a"], ["entry", "resume"]],
  ["TB.2.2 takes the first of the rules that hold", course({}, activity("a", { rules: ["continue if always", "exitAll if always"] }), ...plain("b")), ["start", "a"], ["choice a", "b"]],
  ["NB.2.1 does what the learner asks rather than the content", course({}, ...plain("a", "b", "c")), ["start", "a"], ["asks choice c, continue", "b"]],
  ["NB.2.1 leaves content that asks for nothing ended, until the learner chooses", course({}, ...plain("a", "b")), ["start", "a"], ["asks _none_, nothing", "nothing"]],
  ["SB.2.10 refuses to try again what is suspended", course({ rules: ["exit if attempted", "retryAll if always"] }, ...plain("a", "b")), ["start", "a"], ["exit suspend, exitAll", "ended"], ["start", "a"], ["entry", "resume"]],
  ["SB.2.10 goes on behind a cluster in which all is skipped", course({}, activity("m", { rules: ["retry if attempted"], useCurrentAttemptObjectiveInfo: false }, activity("a", { rules: ["skip if satisfied", "exitParent if always"] })), ...plain("c")), ["start", "a"], ["passed, continue", "c"]],
  ["SB.2.9 has the root chosen once a request left nothing to show", course({ forwardOnly: true }, activity("a"), activity("b", { rules: ["previous if always"] })), ["start", "a"], ["continue", "b"], ["continue", "SB.2.1-4"], ["may choose course", "yes"], ["choice course", "a"]],
  ["SB.2.9-7 does not leave a cluster for its ancestor where it may not be left by choice", course({}, activity("m", {}, activity("n", { choiceExit: false }, ...plain("a", "b"))), ...plain("c")), ["start", "a"], ["exit", "nothing"], ["choice m", "NB.2.1-8"]],
  ["UP.1 does not limit what is not tracked", course({}, activity("a", { attempts: 1, tracked: false }), ...plain("b")), ["start", "a"], ["continue", "b"], ["previous", "a"]],
  ["UP.1 closes an activity without attempts to use", course({}, ...plain("a"), activity("b", { attempts: 0 })), ["start", "a"], ["may choose b", "no"], ["continue", "SB.2.2-2"]],
);
