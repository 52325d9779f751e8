import { activity, course, plain } from "./courses.ts";
import { stories } from "./story.ts";

const abc = () => course({}, ...plain("a", "b", "c"));

stories(
  "navigation requests (NB.2.1)",
  ["start is refused while a session runs, and shows what runs", abc(), ["start", "a"], ["start", "a"]],
  ["resumeAll needs something suspended", abc(), ["resumeAll", "NB.2.1-3"]],
  ["continue needs a session", abc(), ["continue", "NB.2.1-2"]],
  ["continue needs a cluster that flows", course({ flow: false }, ...plain("a", "b")), ["choice a", "a"], ["may continue", "no"], ["continue", "NB.2.1-4"]],
  ["previous needs a cluster that flows", course({ flow: false }, ...plain("a", "b")), ["choice b", "b"], ["previous", "NB.2.1-5"]],
  ["previous is refused where one only goes forward", course({ forwardOnly: true }, ...plain("a", "b")), ["start", "a"], ["continue", "b"], ["may previous", "no"], ["previous", "NB.2.1-5"]],
  ["a choice needs a target in the tree", abc(), ["choice nowhere", "NB.2.1-11"]],
  ["a choice needs a cluster that allows it", course({ choice: false }, ...plain("a", "b")), ["start", "a"], ["choice b", "NB.2.1-10"]],
  ["the root may be chosen whatever it allows", course({ choice: false }, ...plain("a", "b")), ["choice course", "a"]],
  [
    "a choice does not leave an active cluster without choiceExit",
    course({}, activity("m", { choiceExit: false }, ...plain("a", "b")), ...plain("c")),
    ["start", "a"],
    ["may choose c", "no"],
    ["may choose b", "yes"],
    ["choice c", "NB.2.1-8"],
    ["choice b", "b"],
  ],
  ["a choice does not leave an active leaf without choiceExit", course({}, activity("a", { choiceExit: false }), ...plain("b")), ["start", "a"], ["choice b", "NB.2.1-8"], ["continue", "b"]],
  ["exit ends the current activity and shows nothing", abc(), ["start", "a"], ["exit", "nothing"], ["status a", "completed passed - - 1x"], ["exit", "NB.2.1-12"], ["continue", "b"]],
  ["exitAll ends the session", abc(), ["start", "a"], ["exitAll", "ended"], ["exitAll", "NB.2.1-2"]],
  ["abandon leaves the attempt without a result", abc(), ["start", "a"], ["passed, score 0.9, abandon", "nothing"], ["status a", "- - - - 1x"], ["abandon", "NB.2.1-12"]],
  ["abandonAll ends the session without a result", abc(), ["start", "a"], ["passed, abandonAll", "ended"], ["status a", "- - - - 1x"], ["start", "a"], ["status a", "- - - - 2x"]],
  ["suspendAll ends the session, and start resumes", abc(), ["start", "a"], ["continue", "b"], ["suspendAll", "ended"], ["start", "b"], ["status b", "- - - - 1x"]],
  ["a jump needs a target in the tree", abc(), ["start", "a"], ["jump nowhere", "NB.2.1-11"]],
  ["a jump needs a session", abc(), ["jump b", "NB.2.1-2"]],
  ["content's own request is performed when the learner asks for nothing", abc(), ["start", "a"], ["asks choice c, nothing", "c"]],
  ["the learner's request goes before the content's", abc(), ["start", "a"], ["asks choice c, continue", "b"]],
  ["content that times out ends the session", abc(), ["start", "a"], ["exit time-out, continue", "ended"]],
  ["content without a request leaves the choice to the learner", abc(), ["start", "a"], ["nothing", "nothing"]],
);
