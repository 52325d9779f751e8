import { expect } from "chai";
import { emptyStore } from "../../../plugins/scorm/runtime/engine/index.ts";
import { activity, course, mapTo, plain, type Settings } from "./courses.ts";
import { stories, tell } from "./story.ts";

const abc = () => course({}, ...plain("a", "b", "c"));
const everything = ["satisfied", "measure", "completed"] as const;
const writes: Settings = { objectives: [{ id: "o", maps: mapTo("g", { read: [...everything], write: [...everything] }) }] };
const reads: Settings = { objectives: [{ id: "o", maps: mapTo("g", { read: [...everything] }) }] };
const readsNothing: Settings = { objectives: [{ id: "o", maps: mapTo("g", {}) }] };

stories(
  "delivery and what an attempt knows (DB.2, DB.2.1, objectives and their maps)",
  ["DB.2 begins attempts from the root down", course({}, activity("m", {}, ...plain("a"))), ["start", "a"], ["status course", "- - - - 1x"], ["status m", "- - - - 1x"], ["status a", "- - - - 1x"]],
  ["DB.2 goes on with attempts that run", abc(), ["start", "a"], ["continue", "b"], ["status course", "- - - - 1x"]],
  ["DB.2 begins a new attempt of what had ended", abc(), ["start", "a"], ["exit normal, continue", "b"], ["previous", "a"], ["entry", "ab-initio"], ["status a", "- - - - 2x"]],
  ["DB.2 resumes what content suspended", abc(), ["start", "a"], ["incomplete, exit suspend, continue", "b"], ["previous", "a"], ["entry", "resume"], ["status a", "incomplete - - - 1x"]],
  ["DB.2 resumes after suspendAll what content meant to end", abc(), ["start", "a"], ["exit normal, suspendAll", "ended"], ["start", "a"], ["entry", "resume"]],
  ["DB.2.1 forgets what was suspended when another activity comes", abc(), ["start", "a"], ["suspendAll", "ended"], ["choice b", "b"], ["may resumeAll", "no"], ["status course", "- - - - 1x"], ["previous", "a"], ["status a", "- - - - 2x"]],
  [
    "a new attempt of a cluster forgets what its children did (useCurrentAttemptObjectiveInfo)",
    course({}, activity("m", {}, ...plain("a", "b")), ...plain("c")),
    ["start", "a"],
    ["continue", "b"],
    ["continue", "c"],
    ["choice a", "a"],
    ["status b", "- - - - 1x"],
  ],
  [
    "a new attempt of a cluster keeps what its children did where the manifest says so",
    course({}, activity("m", { useCurrentAttemptObjectiveInfo: false, useCurrentAttemptProgressInfo: false }, ...plain("a", "b")), ...plain("c")),
    ["start", "a"],
    ["continue", "b"],
    ["continue", "c"],
    ["choice a", "a"],
    ["status b", "completed passed - - 1x"],
  ],
  ["content hears of shared objectives that it reads", course({}, activity("a", writes), activity("b", reads)), ["start", "a"], ["objective o passed, objective o score 0.7, objective o completed, continue", "b"], ["hears o", "passed completed 0.7"]],
  ["content does not hear of shared objectives that it does not read", course({}, activity("a", writes), activity("b", readsNothing)), ["start", "a"], ["objective o passed, continue", "b"], ["hears o", "- - -"]],
  ["a shared objective that is unknown is unknown, whatever the activity knows", course({}, activity("a", { primary: { id: "o", maps: mapTo("g", { read: ["satisfied"] }) } }), ...plain("b")), ["start", "a"], ["passed, continue", "b"], ["status a", "completed - - - 1x"]],
  ["completion is the activity's own as long as nobody shares any", course({}, activity("a", { primary: { id: "o", maps: mapTo("g", { read: ["completed"] }) } }), ...plain("b")), ["start", "a"], ["completed, continue", "b"], ["status a", "completed passed - - 1x"]],
  ["what content does not touch is not written over", course({}, activity("a", writes), activity("b", writes), activity("c", reads)), ["start", "a"], ["objective o failed, continue", "b"], ["continue", "c"], ["hears o", "failed - -"]],
  ["a shared objective decides by another's measure", course({}, activity("a", writes), activity("b", { primary: { id: "o", satisfiedByMeasure: true, minNormalizedMeasure: 0.5, maps: mapTo("g", { read: ["measure"] }) } })), ["start", "a"], ["objective o score 0.6, continue", "b"], ["hears o", "passed - 0.6"]],
  ["an attempt that is abandoned writes nothing", course({}, activity("a", writes), activity("b", reads)), ["start", "a"], ["objective o passed, abandon", "nothing"], ["continue", "b"], ["hears o", "- - -"]],
);

describe("the scope of shared objectives", () => {
  const passing = [["start", "a"], ["objective o passed, exitAll", "ended"]] as [string, string][];

  it("is the learner, over courses", () => {
    const store = tell(course({}, activity("a", writes)), passing).store();
    tell(course({}, activity("b", reads)), [["start", "b"], ["hears o", "passed - -"]], { store });
  });

  it("is the attempt on the course where the manifest says so, and ends with it", () => {
    const engine = tell(course({ objectivesGlobalToSystem: false }, activity("a", writes)), [...passing, ["start", "a"], ["hears o", "- - -"]]);
    expect(engine.store()).to.deep.equal(emptyStore());
  });

  it("of the attempt outlasts suspension", () => {
    tell(course({ objectivesGlobalToSystem: false }, activity("a", writes)), [["start", "a"], ["objective o passed, suspendAll", "ended"], ["start", "a"], ["hears o", "passed - -"]]);
  });
});
