import { expect } from "chai";
import { emptyStore, openEngine } from "../../../plugins/scorm/runtime/engine/index.ts";
import { createSession2004 } from "../../../plugins/scorm/runtime/scorm2004/index.ts";
import { activity, course, mapTo, plain } from "./courses.ts";
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

  it("resumes content whose session was lost, with what was kept of it", () => {
    const learner = { learnerId: "l", learnerName: "L" };
    const engine = openEngine(course({}, ...plain("a", "b")), opening);
    engine.start();
    const launch = engine.launch(learner);
    if (!launch) throw new Error("nothing to launch");
    const session = createSession2004(launch.setup, launch.state, () => 0);
    session.initialize("");
    session.setValue("cmi.location", "page 7");
    engine.keep({ setup: launch.setup, state: session.state() });
    const again = openEngine(course({}, ...plain("a", "b")), { ...opening, state: engine.state() });
    expect(again.start().delivery).to.equal("a");
    const resumed = again.launch(learner);
    expect([resumed?.setup.entry, resumed?.state.cmi["cmi.location"]]).to.deep.equal(["resume", "page 7"]);
    expect(again.state().sequencing.activities["a"]?.attempts).to.equal(1);
  });

  it("tells what content that runs would make possible, as it stands", () => {
    const tree = course({}, activity("a", { objectiveSetByContent: true }), activity("b", { objectives: [{ id: "o", maps: mapTo("g", { read: ["satisfied"] }) }], rules: ["disabled if not objectiveStatusKnown of o"] }));
    const writing = { ...tree, items: [activity("a", { objectives: [{ id: "w", maps: mapTo("g", { write: ["satisfied"] }) }] }), ...tree.items.slice(1)] };
    const engine = openEngine(writing, opening);
    engine.start();
    const launch = engine.launch({ learnerId: "l", learnerName: "L" });
    if (!launch) throw new Error("nothing to launch");
    const session = createSession2004(launch.setup, launch.state, () => 0);
    session.initialize("");
    expect(engine.valid({ setup: launch.setup, state: session.state() }).choice["b"]).to.equal(false);
    session.setValue("cmi.objectives.0.success_status", "passed");
    expect(engine.valid({ setup: launch.setup, state: session.state() }).choice["b"]).to.equal(true);
    expect(engine.valid().choice["b"]).to.equal(false);
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

  it("takes the state of another version as far as ids agree", () => {
    const engine = openEngine(course({}, ...plain("a", "b", "c")), opening);
    engine.start();
    for (const _ of [1, 2]) engine.navigate({ kind: "continue" });
    const moved = openEngine(course({}, ...plain("b", "d", "a")), { ...opening, state: engine.state() });
    const entries = moved.contents(moved.valid());
    expect(entries.map(({ identifier, status }) => [identifier, status.completion])).to.deep.equal([["course", "unknown"], ["b", "completed"], ["d", "unknown"], ["a", "completed"]]);
    expect([moved.current(), moved.navigate({ kind: "choice", target: "d" }).delivery]).to.deep.equal([null, "d"]);
  });

  it("is not led astray by ids that every object has", () => {
    const names = ["constructor", "__proto__", "toString"];
    const items = names.map((name) => activity(name, { objectives: names.map((id) => ({ id, maps: mapTo(id, { read: ["satisfied"], write: ["satisfied"] }) })) }));
    const engine = tell(course({}, ...items), [["start", "constructor"], ["objective toString failed, objective __proto__ passed, continue", "__proto__"], ["hears toString", "failed - -"], ["hears __proto__", "passed - -"], ["continue", "toString"]]);
    expect(Object.keys(engine.store().objectives)).to.have.members(["toString", "__proto__"]);
    expect(Object.keys(Object)).to.deep.equal([]);
    expect(({} as Record<string, unknown>)["satisfied"]).to.equal(undefined);
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
