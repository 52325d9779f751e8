import { activity, course, plain } from "./courses.ts";
import { stories } from "./story.ts";

stories(
  "flow (SB.2.1 to SB.2.3, SB.2.5 to SB.2.8, SB.2.10 to SB.2.13)",
  ["SB.2.5 starts with the first leaf, down through clusters", course({}, activity("m", {}, activity("n", {}, ...plain("a")))), ["start", "a"]],
  ["SB.2.5 shows nothing where the root does not flow", course({ flow: false }, ...plain("a")), ["may start", "no"], ["start", "SB.2.2-1"], ["choice a", "a"]],
  ["SB.2.6 resumes the very activity, whatever flow says", course({ flow: false }, ...plain("a", "b")), ["choice b", "b"], ["suspendAll", "ended"], ["may resumeAll", "yes"], ["start", "b"]],
  ["SB.2.7 goes to the next sibling, then out of the cluster", course({}, activity("m", {}, ...plain("a", "b")), ...plain("c")), ["start", "a"], ["continue", "b"], ["continue", "c"]],
  ["SB.2.1 ends the session behind the last activity", course({}, ...plain("a")), ["start", "a"], ["continue", "ended"], ["status course", "completed passed - - 1x"]],
  ["SB.2.8 goes back to the last leaf of the cluster before", course({}, activity("m", {}, ...plain("a", "b")), ...plain("c")), ["choice c", "c"], ["previous", "b"], ["previous", "a"]],
  ["SB.2.1 stays at the first activity", course({}, ...plain("a", "b")), ["start", "a"], ["may previous", "no"], ["previous", "SB.2.1-3"]],
  ["SB.2.1 enters a cluster that only goes forward at its first child, even backward", course({}, activity("m", { forwardOnly: true }, ...plain("a", "b")), ...plain("c")), ["choice c", "c"], ["previous", "a"]],
  [
    "SB.2.1 goes on backward when such a cluster has nothing to show",
    course({}, ...plain("z"), activity("m", { forwardOnly: true }, activity("a", { rules: ["skip if always"] }), activity("b", { rules: ["skip if always"] })), ...plain("c")),
    ["choice c", "c"],
    ["previous", "z"],
  ],
  ["SB.2.2 skips", course({}, ...plain("a"), activity("b", { rules: ["skip if not attempted"] }), ...plain("c")), ["start", "a"], ["continue", "c"]],
  ["SB.2.2 skips a whole cluster", course({}, ...plain("a"), activity("m", { rules: ["skip if always"] }, ...plain("b")), ...plain("c")), ["start", "a"], ["continue", "c"]],
  ["SB.2.2 skips to the end of the course", course({}, ...plain("a"), activity("b", { rules: ["skip if always"] })), ["start", "a"], ["continue", "ended"]],
  ["SB.2.2 stops at a disabled activity", course({}, ...plain("a"), activity("b", { rules: ["disabled if always"] }), ...plain("c")), ["start", "a"], ["continue", "SB.2.2-2"], ["status a", "completed passed - - 1x"], ["choice c", "c"]],
  ["SB.2.2 stops at a cluster that does not flow", course({}, ...plain("a"), activity("m", { flow: false }, ...plain("b"))), ["start", "a"], ["continue", "SB.2.2-1"]],
  ["SB.2.10 tries a leaf again in a new attempt", course({}, activity("a", { rules: ["retry if not satisfied"] }), ...plain("b")), ["start", "a"], ["failed, continue", "a"], ["status a", "- - - - 2x"], ["passed, continue", "b"]],
  ["SB.2.10 tries a cluster again from its first child", course({}, activity("m", { rules: ["retry if not satisfied"] }, ...plain("a"), activity("b", { rules: ["exitParent if always"] })), ...plain("c")), ["start", "a"], ["continue", "b"], ["failed, continue", "a"], ["continue", "b"], ["passed, continue", "c"]],
  ["SB.2.11 ends the session when the root is left", course({ rules: ["exit if attempted"] }, ...plain("a", "b")), ["start", "a"], ["continue", "ended"]],
  ["SB.2.13 jumps over rules and modes", course({ choice: false, flow: false }, activity("m", { choice: false, rules: ["hiddenFromChoice if always"] }, ...plain("a")), ...plain("b")), ["choice course", "SB.2.9-9"], ["may jump a", "yes"], ["jump a", "a"]],
  ["DB.1.1 does not let a jump into what is disabled", course({}, ...plain("a"), activity("b", { rules: ["disabled if always"] })), ["start", "a"], ["may jump b", "no"], ["jump b", "DB.1.1-3"]],
);
