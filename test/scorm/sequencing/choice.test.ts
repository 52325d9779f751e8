import { activity, course, plain } from "./courses.ts";
import { stories } from "./story.ts";

const twoModules = (first: object, second: object) => course({}, activity("m", first, ...plain("a", "b")), activity("n", second, ...plain("c", "d")), activity("o", {}, ...plain("e")));

stories(
  "choice (SB.2.4, SB.2.9)",
  ["SB.2.9 begins a session with any activity", twoModules({}, {}), ["choice d", "d"]],
  ["SB.2.9 flows into a cluster", twoModules({}, {}), ["start", "a"], ["choice n", "c"]],
  ["SB.2.9-3 does not reach what is hidden, nor what is in it", twoModules({}, { rules: ["hiddenFromChoice if not attempted"] }), ["start", "a"], ["sees n", "no"], ["sees c", "no"], ["choice c", "SB.2.9-3"]],
  ["SB.2.9 leads to the current activity anew", twoModules({}, {}), ["start", "a"], ["may choose a", "yes"], ["choice a", "a"], ["status a", "- - - - 2x"]],
  ["SB.2.9-6 does not open a cluster that prevents activation from outside", twoModules({}, { preventActivation: true }), ["start", "a"], ["may choose n", "yes"], ["may choose c", "no"], ["choice c", "SB.2.9-6"]],
  ["SB.2.9-6 lets a cluster be opened that is at work", twoModules({}, { preventActivation: true }), ["start", "a"], ["choice n", "c"], ["choice d", "d"]],
  ["SB.2.9-8 constrains the choice to what is next", twoModules({ constrainChoice: true }, {}), ["start", "a"], ["may choose e", "no"], ["may choose d", "yes"], ["choice e", "SB.2.9-8"]],
  ["SB.2.9-8 counts only clusters that are left", twoModules({ constrainChoice: true }, {}), ["choice c", "c"], ["may choose e", "yes"]],
  ["SB.2.9 leaves a cluster for its own ancestor", twoModules({}, {}), ["choice c", "c"], ["choice course", "a"]],
  ["SB.2.9-9 has nothing to show in a cluster that does not flow", twoModules({}, { flow: false }), ["start", "a"], ["may choose n", "no"], ["choice n", "SB.2.9-9"], ["choice c", "c"]],
  [
    "SB.2.4 does not pass what stops forward traversal",
    course({}, ...plain("a"), activity("b", { rules: ["stopForwardTraversal if not activityProgressKnown"] }), ...plain("c")),
    ["start", "a"],
    ["may choose b", "yes"],
    ["may choose c", "no"],
    ["choice b", "b"],
    ["choice c", "c"],
  ],
  ["SB.2.4 does not enter a cluster that stops forward traversal", twoModules({}, { rules: ["stopForwardTraversal if always"] }), ["start", "a"], ["may choose n", "yes"], ["choice c", "SB.2.4-1"]],
  ["SB.2.4 goes back past it all the same", course({}, ...plain("a"), activity("b", { rules: ["stopForwardTraversal if always"] }), ...plain("c")), ["choice b", "b"], ["choice a", "a"]],
  ["SB.2.4 does not go back where one only goes forward", course({ forwardOnly: true }, ...plain("a", "b")), ["start", "a"], ["continue", "b"], ["choice a", "SB.2.4-2"]],
  ["SB.2.9 refuses what is disabled at its delivery", course({}, ...plain("a"), activity("b", { rules: ["disabled if always"] })), ["start", "a"], ["sees b", "yes"], ["may choose b", "no"], ["choice b", "DB.1.1-3"]],
  ["the table offers what the end of the current activity will open", course({}, ...plain("a"), activity("b", { objectives: [{ id: "before", maps: [{ target: "g", read: ["satisfied"], write: [] }] }], rules: ["disabled if not objectiveStatusKnown of before"] }), activity("c")), ["start", "a"], ["may choose b", "no"], ["may choose c", "yes"]],
);
