import { expect } from "chai";
import { freshEntries, type Entry } from "../../plugins/scorm/runtime/journal.ts";
import {
  createSession2004,
  launch2004,
  outcome2004,
  presetObjective,
  replay2004,
  setup2004,
  summary2004,
  timeSpentMs,
  type Session2004,
  type Setup2004,
  type State2004,
} from "../../plugins/scorm/runtime/scorm2004/index.ts";
import { record, stateOf as replayedState, type Run } from "./recording.ts";

const setup = setup2004({
  learnerId: "l-1",
  learnerName: "Curie, Marie",
  objectives: [presetObjective("one"), { ...presetObjective("two"), success: "passed", scaled: 0.5 }],
  sharedData: [{ id: "notes", value: "old", read: true, write: true }, { id: "fixed", value: "x", read: true, write: false }],
});

const resuming: Setup2004 = { ...setup, entry: "resume" };

const recorded = (run: Run<Session2004>, on: Setup2004 = setup, state: State2004 | null = null) =>
  record(createSession2004, on, state, (session, pass) => {
    session.initialize("");
    run(session, pass);
  });

const stateOf = (state: State2004, entries: readonly Entry[], on: Setup2004 = setup) => replayedState(replay2004(on, state, entries));

const first = launch2004(setup, null);

const quiz = recorded((session, pass) => {
  session.setValue("cmi.location", "1");
  session.setValue("cmi.objectives.0.success_status", "failed");
  pass(1500);
  session.setValue("cmi.interactions.0.id", "q1");
  session.setValue("cmi.interactions.0.type", "choice");
  session.setValue("cmi.interactions.0.learner_response", "a[,]b");
  session.setValue("cmi.interactions.0.correct_responses.0.pattern", "a");
  session.setValue("cmi.interactions.1.id", "q2");
  session.commit("");
  session.setValue("cmi.score.scaled", 0.8);
  session.setValue("adl.data.0.store", "new");
  pass(60_000);
  session.tick();
  session.setValue("cmi.exit", "suspend");
  session.setValue("adl.nav.request", "{target=b.1}choice");
  session.terminate("");
});

describe("the journal of a SCORM 2004 run", () => {
  it("makes of any cut, repeat and disorder of itself the state the browser had", () => {
    expect(stateOf(first, quiz.journal)).to.deep.equal(quiz.state);
    for (let cut = 0; cut <= quiz.journal.length; cut += 1) {
      const half = stateOf(first, quiz.journal.slice(0, cut));
      expect(half.seq).to.equal(cut);
      expect(stateOf(half, [...quiz.journal, ...quiz.journal].reverse()), `cut at ${cut}`).to.deep.equal(quiz.state);
    }
    expect(freshEntries(quiz.state.seq, quiz.journal).fresh).to.deep.equal([]);
  });

  it("says which entry is missing and applies nothing", () => {
    expect(replay2004(setup, first, quiz.journal.slice(3))).to.deep.equal({ ok: false, code: "scorm_journal_gap", expectedSeq: 1 });
  });

  it("reports what it refuses and goes on", () => {
    const forged: Entry[] = [
      [1, 1000, "initialize"],
      [2, 1000, "set", "cmi.mode", "review"],
      [3, 1000, "set", "adl.data.1.store", "mine"],
      [4, 1000, "set", "cmi.location", "2"],
      [5, 1000, "finish"],
      [6, 1000, "set", "cmi.location", "3"],
    ];
    const replay = replay2004(setup, first, forged);
    expect(replay).to.deep.include({ ok: true });
    if (!replay.ok) return;
    expect(replay.divergences.map(({ seq, element, code }) => [seq, element, code])).to.deep.equal([[2, "cmi.mode", "404"], [3, "adl.data.1.store", "404"], [6, "cmi.location", "133"]]);
    expect(replay.state.cmi["cmi.location"]).to.equal("2");
    expect(replay.state.seq).to.equal(6);
  });

  it("has no entry for a call that changed nothing, but one where content takes over a preset value", () => {
    const { journal } = recorded((session) => {
      session.setValue("cmi.objectives.1.success_status", "passed");
      session.setValue("cmi.objectives.1.success_status", "passed");
      session.setValue("cmi.location", "1");
      session.setValue("cmi.location", "1");
      session.setValue("cmi.location", "x".repeat(64_001));
      session.commit("");
      session.commit("");
    });
    expect(journal.map(([seq, , kind]) => [seq, kind])).to.deep.equal([[1, "initialize"], [2, "set"], [3, "set"], [4, "commit"]]);
  });

  it("survives a round through JSON", () => {
    expect(JSON.parse(JSON.stringify(quiz.state))).to.deep.equal(quiz.state);
  });
});

describe("a launch of SCORM 2004", () => {
  it("begins with the sequencer's objectives and what it reads for them", () => {
    const session = createSession2004(setup, null, () => 0);
    session.initialize("");
    expect(session.getValue("cmi.objectives._count")).to.equal("2");
    expect(session.getValue("cmi.objectives.1.id")).to.equal("two");
    expect(session.getValue("cmi.objectives.1.success_status")).to.equal("passed");
    expect(session.getValue("cmi.objectives.1.score.scaled")).to.equal("0.5");
    expect(session.getValue("cmi.objectives.0.success_status")).to.equal("unknown");
  });

  it("goes on where a suspended attempt was, with what the sequencer reads by now", () => {
    const renewed: Setup2004 = { ...resuming, objectives: [...setup.objectives, { ...presetObjective("three"), raw: 7 }].map((one) => (one.id === "two" ? { ...one, success: "failed" } : one)) };
    const state = launch2004(renewed, quiz.state);
    expect(state).to.include({ attempt: 1, seq: 0, totalTimeMs: 61_500, session: null, left: null });
    expect(state.cmi).to.include({
      "cmi.location": "1",
      "cmi.objectives.0.success_status": "failed",
      "cmi.objectives.1.success_status": "failed",
      "cmi.objectives.2.id": "three",
      "cmi.objectives.2.score.raw": "7",
      "cmi.interactions.0.learner_response": "a[,]b",
    });
    const session = createSession2004(renewed, state, () => 0);
    session.initialize("");
    expect(session.getValue("cmi.entry")).to.equal("resume");
    expect(session.getValue("cmi.total_time")).to.equal("PT0H1M1.5S");
    expect(session.getValue("adl.nav.request")).to.equal("_none_");
    expect(session.getValue("adl.data.0.store")).to.equal("old");
  });

  it("keeps nothing for a new attempt, which counts only where the last one was begun", () => {
    const state = launch2004(setup, quiz.state);
    expect(state).to.deep.equal({ ...first, attempt: 2 });
    expect(launch2004(setup, state)).to.deep.equal(state);
  });

  it("closes what was left open and counts its time once", () => {
    const { state } = recorded((session, pass) => {
      pass(5000);
      session.setValue("cmi.location", "1");
    });
    expect(timeSpentMs(setup, state)).to.equal(5000);
    const next = launch2004(resuming, state);
    expect(next).to.include({ ended: "interrupted", totalTimeMs: 5000 });
    expect(launch2004(resuming, next).totalTimeMs).to.equal(5000);
  });

  it("counts the content's own session_time, the last one said, and silences no longer than the limit", () => {
    const said = recorded((session, pass) => {
      pass(90_000);
      session.setValue("cmi.session_time", "PT10S");
      session.setValue("cmi.session_time", "P1DT20S");
      session.terminate("");
    });
    expect(said.state.totalTimeMs).to.equal(86_420_000);
    const silent = recorded((session, pass) => {
      pass(2 * 3_600_000);
      session.terminate("");
    });
    expect(silent.state.totalTimeMs).to.equal(30 * 60_000);
    const never = { ...setup, switches: { ...setup.switches, elapsedTime: "never" as const } };
    expect(recorded((session, pass) => (pass(9000), session.terminate("")), never).state.totalTimeMs).to.equal(0);
  });

  it("writes nothing while browsing or reviewing, but answers as if it did and asks to navigate", () => {
    for (const mode of ["browse", "review"] as const) {
      const looking: Setup2004 = { ...resuming, mode };
      const before = launch2004(looking, quiz.state);
      const { state } = recorded((session, pass) => {
        session.setValue("cmi.location", "9");
        session.setValue("cmi.objectives.0.success_status", "passed");
        session.setValue("adl.data.0.store", "mine");
        session.setValue("adl.nav.request", "continue");
        expect(session.getValue("cmi.location")).to.equal("9");
        expect(session.getValue("cmi.credit")).to.equal("no-credit");
        pass(5000);
        session.terminate("");
      }, looking, before);
      const { seq, left, ...rest } = state;
      const { seq: _, left: __, ...kept } = before;
      expect(rest).to.deep.equal(kept);
      expect(seq).to.equal(6);
      expect(outcome2004(looking, state)).to.deep.include({ navRequest: { kind: "continue" }, sharedData: {}, sessionTimeMs: 0 });
      expect(left?.timeMs).to.equal(0);
    }
  });
});

describe("what a SCORM 2004 attempt hands to the sequencer", () => {
  it("is all that the content said, and what it asked for", () => {
    const { objectives, ...rest } = outcome2004(setup, quiz.state);
    expect(rest).to.deep.equal({
      completionStatus: { value: "unknown", setBy: null, said: null },
      successStatus: { value: "unknown", setBy: null, said: null },
      measure: 0.8,
      raw: null,
      min: null,
      max: null,
      progressMeasure: null,
      sharedData: { notes: "new" },
      navRequest: { kind: "choice", target: "b.1" },
      exit: "suspend",
      sessionTimeMs: 61_500,
    });
    const nothing = { scaled: null, raw: null, min: null, max: null, progress: null, completion: "unknown" };
    expect(objectives).to.deep.equal({
      one: { ...nothing, success: "failed", touched: ["success_status"] },
      two: { ...nothing, success: "passed", scaled: 0.5, touched: [] },
    });
  });

  it("tells an unknown that the content set from one that nobody did, and what a threshold overrides", () => {
    const rows: [on: Partial<Setup2004>, sets: Record<string, string>, completion: unknown, success: unknown][] = [
      [{}, {}, { value: "unknown", setBy: null, said: null }, { value: "unknown", setBy: null, said: null }],
      [
        {},
        { "cmi.completion_status": "unknown", "cmi.success_status": "unknown" },
        { value: "unknown", setBy: "content", said: "unknown" },
        { value: "unknown", setBy: "content", said: "unknown" },
      ],
      [
        { completionThreshold: 0.5, scaledPassingScore: 0.5 },
        { "cmi.completion_status": "completed", "cmi.success_status": "passed", "cmi.score.scaled": "0.4" },
        { value: "unknown", setBy: "measure", said: "completed" },
        { value: "failed", setBy: "measure", said: "passed" },
      ],
    ];
    for (const [on, sets, completion, success] of rows) {
      const given = { ...setup, ...on };
      const { state } = recorded((session) => Object.entries(sets).forEach(([element, value]) => session.setValue(element, value)), given);
      const { completionStatus, successStatus } = outcome2004(given, state);
      expect([completionStatus, successStatus]).to.deep.equal([completion, success]);
    }
  });

  it("reads a request of any kind, and none of _none_", () => {
    for (const [text, request] of [
      ["continue", { kind: "continue" }],
      ["suspendAll", { kind: "suspendAll" }],
      ["{target=A b.c}jump", { kind: "jump", target: "A b.c" }],
      ["_none_", null],
    ] as const) {
      const { state } = recorded((session) => session.setValue("adl.nav.request", text));
      expect(outcome2004(setup, state).navRequest, text).to.deep.equal(request);
    }
  });

  it("is for people a summary with the same statuses", () => {
    const summary = summary2004({ ...setup, scaledPassingScore: 0.7 }, quiz.state);
    expect(summary).to.deep.include({ attempt: 1, completion: "unknown", success: "passed", score: { scaled: 0.8 }, progress: null, location: "1", timeSpentMs: 61_500, open: false, ended: "suspend" });
    expect(summary.objectives.map(({ id, success, score }) => [id, success, score])).to.deep.equal([["one", "failed", null], ["two", "passed", { scaled: 0.5 }]]);
    expect(summary.interactions).to.have.length(2);
    expect(summary.interactions[0]).to.deep.include({ id: "q1", type: "choice", learner_response: "a[,]b", patterns: ["a"], objectives: [] });
  });
});
