import { expect } from "chai";
import { emptyStore, openEngine } from "../../../plugins/scorm/runtime/engine/index.ts";
import { activity, course, plain } from "./courses.ts";
import { stories, tell, type Step } from "./story.ts";

stories(
  "where the editions differ",
  ["the 3rd edition refuses to continue behind the last activity", course({ edition: "3rd" }, ...plain("a")), ["start", "a"], ["continue", "SB.2.1-1"]],
  ["the 3rd edition does not jump", course({ edition: "3rd" }, ...plain("a", "b")), ["start", "a"], ["may jump b", "no"], ["jump b", "NB.2.1-11"]],
  ["the 3rd edition rolls no progress up", course({ edition: "3rd" }, activity("m", {}, ...plain("a")), ...plain("b")), ["start", "a"], ["progress 0.5, continue", "b"], ["status m", "completed passed - - 1x"]],
  ["the 4th edition does", course({ edition: "4th" }, activity("m", {}, ...plain("a")), ...plain("b")), ["start", "a"], ["progress 0.5, continue", "b"], ["status m", "completed passed - 0.5 1x"]],
);

describe("the switches of sequencing", () => {
  const limited = course({}, activity("a", { limitMs: 5000, rules: ["exitAll if timeLimitExceeded"] }), ...plain("b"));
  const steps: Step[] = [["start", "a"], ["continue", "b"], ["previous", "a"]];

  it("leave the time for an attempt to content", () => void tell(course({}, activity("a", { limitMs: 5000 }), ...plain("b")), steps, { stepMs: 60_000 }));

  it("or enforce it", () => {
    const late: Step[] = [["start", "a"], ["continue", "b"], ["may choose a", "no"], ["choice a", "DB.1.1-3"]];
    tell(course({}, activity("a", { limitMs: 5000 }), ...plain("b")), late, { stepMs: 60_000, switches: { timeLimits: "enforced" } });
  });

  it("do not keep rules from asking for it", () => void tell(limited, [["start", "a"], ["continue", "ended"]], { stepMs: 60_000 }));

  it("let a session go on or end behind the last activity", () => {
    tell(course({ edition: "3rd" }, ...plain("a")), [["start", "a"], ["continue", "ended"]], { switches: { continueBehindTheLast: "ends the session" } });
  });
});

describe("the engine", () => {
  const opening = { state: null, store: emptyStore(), nowMs: 0, seed: 1 };

  it("says why an activity was not delivered", () => {
    const engine = openEngine(course({}, ...plain("a"), activity("b", { rules: ["disabled if not attempted"] })), opening);
    engine.start();
    const { refusal } = engine.navigate({ kind: "choice", target: "b" });
    expect(refusal).to.deep.include({ exception: "DB.1.1-3", at: "b", reason: "The activity, or a cluster it is in, is not to be entered." });
    expect(engine.trace().entries).to.deep.include({ process: "UP.2", activity: "b", rule: "disabled if not attempted", reason: "the rule holds: disabled" });
  });

  it("keeps the latest 500 decisions and counts the others", () => {
    const engine = openEngine(course({}, ...plain("a", "b")), opening);
    engine.start();
    for (let n = 0; n < 200; n += 1) engine.navigate({ kind: "choice", target: n % 2 === 0 ? "b" : "a" });
    const { entries, dropped } = engine.trace();
    expect(entries).to.have.length(500);
    expect(dropped).to.be.above(500);
  });

  it("changes nothing by being asked what it would accept", () => {
    const engine = openEngine(course({}, activity("m", { shuffle: "onEachNewAttempt", rules: ["retry if not satisfied"] }, ...plain("a", "b", "c")), ...plain("d")), opening);
    engine.start();
    const before = engine.state();
    const trace = engine.trace();
    engine.contents(engine.valid());
    engine.launch({ learnerId: "l", learnerName: "L" });
    expect(engine.state()).to.deep.equal(before);
    expect(engine.trace()).to.deep.equal(trace);
  });

  it("leaves what it was opened with as it was", () => {
    const first = openEngine(course({}, ...plain("a", "b")), opening);
    first.start();
    const state = first.state();
    const copy = structuredClone(state);
    openEngine(course({}, ...plain("a", "b")), { ...opening, state }).navigate({ kind: "continue" });
    expect(state).to.deep.equal(copy);
  });

  it("has a state that is plain JSON, with a version", () => {
    const engine = openEngine(course({}, ...plain("a", "b")), opening);
    engine.start();
    expect(JSON.parse(JSON.stringify(engine.state()))).to.deep.equal(engine.state());
    expect(engine.state()).to.deep.include({ version: 1 });
    expect(engine.state().sequencing).to.deep.include({ version: 1, current: "a", suspended: null });
  });

  it("shows the controls that the current activity hides", () => {
    const engine = openEngine(course({}, activity("a", { hides: ["continue"] }), ...plain("b")), opening);
    engine.start();
    expect(engine.hiddenControls()).to.deep.equal(["continue"]);
    engine.navigate({ kind: "continue" });
    expect(engine.hiddenControls()).to.deep.equal([]);
  });

  it("shows in the table of contents what the manifest and the rules leave", () => {
    const engine = openEngine(course({}, activity("a", { visible: false }), activity("b", { rules: ["hiddenFromChoice if always"] }), ...plain("c")), opening);
    engine.start();
    const entries = engine.contents(engine.valid());
    expect(entries.map(({ identifier, visible, enabled, current, level }) => [identifier, visible, enabled, current, level])).to.deep.equal([
      ["course", true, true, false, 0],
      ["a", false, true, true, 1],
      ["b", false, false, false, 1],
      ["c", true, true, false, 1],
    ]);
  });
});
