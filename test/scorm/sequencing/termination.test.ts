import { activity, course, plain } from "./courses.ts";
import { stories } from "./story.ts";

const inModule = (module: object, first: object = {}) => course({}, activity("m", module, activity("a", first), ...plain("b")), ...plain("c"));

stories(
  "termination (TB.2.1 to TB.2.3, UP.3, UP.4)",
  ["TB.2.1 leaves the cluster whose exit rule holds", inModule({ rules: ["exit if attempted"] }), ["start", "a"], ["continue", "c"]],
  ["TB.2.1 takes the topmost such cluster", course({ rules: ["exit if attempted"] }, activity("m", { rules: ["exit if attempted"] }, ...plain("a")), ...plain("b")), ["start", "a"], ["continue", "ended"]],
  ["TB.2.2 asks the cluster that was left for its post-conditions", inModule({ rules: ["exit if attempted", "retry if not objectiveStatusKnown"] }), ["start", "a"], ["failed, continue", "a"], ["status m", "- - - - 2x"]],
  ["TB.2.2 asks for nothing when the activity is suspended", inModule({}, { rules: ["retry if always"] }), ["start", "a"], ["exit suspend, continue", "b"]],
  ["TB.2.2 replaces the request by continue", inModule({}, { rules: ["continue if satisfied"] }), ["start", "a"], ["passed, choice c", "b"]],
  ["TB.2.2 replaces the request by previous", course({}, ...plain("a"), activity("b", { rules: ["previous if not satisfied"] }), ...plain("c")), ["start", "a"], ["continue", "b"], ["failed, continue", "a"]],
  ["TB.2.3 leaves parents one by one", course({}, activity("m", {}, activity("n", { rules: ["exitParent if always"] }, activity("a", { rules: ["exitParent if always"] }), ...plain("b")), ...plain("c")), ...plain("d")), ["start", "a"], ["continue", "d"]],
  ["TB.2.3 ends the session with exitAll", inModule({}, { rules: ["exitAll if satisfied"] }), ["start", "a"], ["passed, continue", "ended"]],
  ["TB.2.3 begins the course anew with retryAll", inModule({}, { rules: ["retryAll if not satisfied"] }), ["start", "a"], ["failed, continue", "a"], ["status course", "- - - - 2x"]],
  ["TB.2.3 begins the course anew when its root asks for retry", course({ rules: ["exit if attempted", "retry if not objectiveStatusKnown"] }, ...plain("a", "b")), ["start", "a"], ["failed, continue", "a"], ["status course", "- - - - 2x"]],
  ["TB.2.3 refuses to leave the root's parent", course({ rules: ["exit if attempted", "exitParent if always"] }, ...plain("a")), ["start", "a"], ["continue", "TB.2.3-4"]],
  ["TB.2.3 suspends the cluster where the current activity has ended", course({ flow: false }, activity("m", { flow: false }, ...plain("a"))), ["choice a", "a"], ["exit", "nothing"], ["suspendAll", "ended"], ["start", "DB.1.1-1"]],
  ["UP.3 ends the clusters between the old activity and the new", inModule({}), ["start", "a"], ["choice c", "c"], ["choice a", "a"], ["status m", "- - - - 2x"]],
  ["UP.4 takes silent content for complete and passed", inModule({}), ["start", "a"], ["continue", "b"], ["status a", "completed passed - - 1x"]],
  ["UP.4 takes nothing for granted where content must say", inModule({}, { completionSetByContent: true, objectiveSetByContent: true }), ["start", "a"], ["continue", "b"], ["status a", "- - - - 1x"]],
  ["UP.4 leaves unknown what content called unknown", inModule({}), ["start", "a"], ["unknown completion, unknown success, continue", "b"], ["status a", "- - - - 1x"]],
  ["UP.4 leaves a suspended activity as it is, and its cluster suspended", inModule({}), ["start", "a"], ["exit suspend, choice c", "c"], ["status a", "- - - - 1x"], ["choice a", "a"], ["status m", "- - - - 1x"], ["entry", "resume"]],
  ["UP.4 knows nothing of what is not tracked", inModule({}, { tracked: false }), ["start", "a"], ["passed, continue", "b"], ["status a", "- - - - 0x"]],
);
