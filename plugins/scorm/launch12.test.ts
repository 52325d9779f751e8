import { expect } from "chai";
import { createSession12, launch12, lessonStatus, setup12, summary12, timeSpentMs, formatTimespan, parseTimespan, type Setup12, type State12 } from "./runtime/scorm12/index.ts";

type Given = Partial<Omit<Setup12, "switches">> & { switches?: Partial<Setup12["switches"]> };
const setupOf = (given: Given = {}) => setup12({ learnerId: "l-1", learnerName: "Curie, Marie", ...given });
const minute = 60_000;

/** One launch from beginning to end: sets these values in order, then finishes unless told to break off. */
function sitting(state: State12 | null, sets: Record<string, string> = {}, given: Given = {}, { breakOff = false, lasts = minute } = {}) {
  let nowMs = Date.UTC(2030, 0, 1);
  const setup = setupOf(given);
  const session = createSession12(setup, launch12(setup, state), () => nowMs);
  session.initialize("");
  const reads = (element: string) => session.getValue(element);
  const began = { entry: reads("cmi.core.entry"), suspendData: reads("cmi.suspend_data"), location: reads("cmi.core.lesson_location"), totalTime: reads("cmi.core.total_time") };
  nowMs += lasts;
  for (const [element, value] of Object.entries(sets)) expect(session.setValue(element, value), element).to.equal("true");
  if (!breakOff) session.finish("");
  return { began, state: session.state(), setup };
}

const place = { "cmi.suspend_data": "page=7", "cmi.core.lesson_location": "7" };

describe("a launch after another (SCORM 1.2)", () => {
  const rules: { title: string; sets: Record<string, string>; breakOff?: boolean; given?: Given; entry: string; kept: boolean; attempt: number }[] = [
    { title: "exit suspend resumes with everything", sets: { "cmi.core.exit": "suspend" }, entry: "resume", kept: true, attempt: 1 },
    { title: "a session without LMSFinish resumes with everything", sets: {}, breakOff: true, entry: "resume", kept: true, attempt: 1 },
    { title: "LMSFinish without an exit keeps everything, entry blank", sets: {}, entry: "", kept: true, attempt: 1 },
    { title: "a blank exit begins a new attempt", sets: { "cmi.core.exit": "" }, entry: "", kept: false, attempt: 2 },
    { title: "exit logout begins a new attempt", sets: { "cmi.core.exit": "logout" }, entry: "", kept: false, attempt: 2 },
    { title: "exit time-out begins a new attempt", sets: { "cmi.core.exit": "time-out" }, entry: "", kept: false, attempt: 2 },
    { title: "no exit begins a new attempt where the package says never", sets: { "cmi.core.exit": "" }, given: { switches: { newAttempt: "never" } }, entry: "", kept: true, attempt: 1 },
  ];
  for (const { title, sets, breakOff, given, entry, kept, attempt } of rules) {
    it(title, () => {
      const first = sitting(null, { ...place, ...sets }, given, { breakOff });
      expect(first.began.entry).to.equal("ab-initio");
      const second = sitting(first.state, {}, given);
      expect(second.began).to.include({ entry, suspendData: kept ? "page=7" : "", location: kept ? "7" : "" });
      expect(second.state.attempt).to.equal(attempt);
    });
  }

  it("keeps status, score, objectives, time, comments and preferences in a new attempt, and begins interactions anew", () => {
    const sets = {
      "cmi.core.lesson_status": "passed",
      "cmi.core.score.raw": "90",
      "cmi.objectives.0.id": "one",
      "cmi.comments": "good",
      "cmi.student_preference.audio": "50",
      "cmi.interactions.0.id": "q1",
      "cmi.core.session_time": "00:10:00",
      "cmi.core.exit": "",
    };
    const { state, setup } = sitting(null, sets);
    const next = launch12(setup, state);
    const session = createSession12(setup, next, () => 0);
    session.initialize("");
    const read = (element: string) => session.getValue(element);
    expect([read("cmi.core.lesson_status"), read("cmi.core.score.raw"), read("cmi.objectives.0.id"), read("cmi.comments")]).to.deep.equal(["passed", "90", "one", "good"]);
    expect([read("cmi.student_preference.audio"), read("cmi.core.total_time"), read("cmi.interactions._count")]).to.deep.equal(["50", "0000:10:00.00", "0"]);
  });

  it("is still a first entry when the page was opened and nothing ran", () => {
    const setup = setupOf();
    expect(launch12(setup, launch12(setup, null)).entry).to.equal("ab-initio");
  });

  it("stays the new attempt when the page was opened and nothing ran", () => {
    const { state, setup } = sitting(null, { ...place, "cmi.core.exit": "" });
    const twice = launch12(setup, launch12(setup, state));
    expect(twice).to.include({ attempt: 2, entry: "" });
  });

  it("resumes at once when content finishes with suspend and initializes again", () => {
    const session = createSession12(setupOf(), null, () => 0);
    session.initialize("");
    session.setValue("cmi.suspend_data", "x");
    session.setValue("cmi.core.exit", "suspend");
    session.finish("");
    session.initialize("");
    expect([session.getValue("cmi.core.entry"), session.getValue("cmi.suspend_data")]).to.deep.equal(["resume", "x"]);
    session.finish("");
    session.initialize("");
    expect(session.getValue("cmi.core.entry"), "the exit of one session is not that of the next").to.equal("");
  });
});

describe("LMSFinish (SCORM 1.2)", () => {
  const rules: { title: string; sets?: Record<string, string>; given?: Given; status: string }[] = [
    { title: "completes what never set a status", status: "completed" },
    { title: "leaves a status that was set", sets: { "cmi.core.lesson_status": "incomplete" }, status: "incomplete" },
    { title: "leaves a status when there is a score and no mastery score", sets: { "cmi.core.lesson_status": "incomplete", "cmi.core.score.raw": "90" }, status: "incomplete" },
    { title: "completes when there is a mastery score and no score", given: { masteryScore: "80" }, status: "completed" },
    { title: "leaves the status when the score was set blank", given: { masteryScore: "80" }, sets: { "cmi.core.lesson_status": "incomplete", "cmi.core.score.raw": "" }, status: "incomplete" },
    { title: "passes a score at the mastery score", given: { masteryScore: "80" }, sets: { "cmi.core.score.raw": "80" }, status: "passed" },
    { title: "fails a score below it", given: { masteryScore: "80" }, sets: { "cmi.core.score.raw": "79.99" }, status: "failed" },
    { title: "compares as numbers, so that 100 passes 80", given: { masteryScore: "80" }, sets: { "cmi.core.score.raw": "100" }, status: "passed" },
    { title: "follows the manifest over the content", given: { masteryScore: "80" }, sets: { "cmi.core.lesson_status": "passed", "cmi.core.score.raw": "10" }, status: "failed" },
    {
      title: "trusts the content where the package says so",
      given: { masteryScore: "80", switches: { masteryScore: "trust content" } },
      sets: { "cmi.core.lesson_status": "completed", "cmi.core.score.raw": "10" },
      status: "completed",
    },
    {
      title: "compares even then where the content set no status",
      given: { masteryScore: "80", switches: { masteryScore: "trust content" } },
      sets: { "cmi.core.score.raw": "10" },
      status: "failed",
    },
    { title: "ignores a mastery score that is no number", given: { masteryScore: "high" }, sets: { "cmi.core.score.raw": "10" }, status: "completed" },
    { title: "decides nothing without credit", given: { credit: "no-credit", masteryScore: "80" }, sets: { "cmi.core.score.raw": "90" }, status: "not attempted" },
    { title: "marks what was only browsed", given: { mode: "browse", masteryScore: "80" }, sets: { "cmi.core.lesson_status": "passed", "cmi.core.score.raw": "90" }, status: "browsed" },
    { title: "leaves nothing of a review", given: { mode: "review" }, sets: { "cmi.core.lesson_status": "passed" }, status: "not attempted" },
  ];
  for (const { title, sets, given, status } of rules) {
    it(title, () => {
      expect(lessonStatus(sitting(null, sets, given).state)).to.equal(status);
    });
  }

  it("remembers whether the content or we set the status", () => {
    expect(sitting(null).state.statusSetBy).to.equal("lms");
    expect(sitting(null, { "cmi.core.lesson_status": "completed" }).state.statusSetBy).to.equal("content");
    expect(sitting(sitting(null).state, { "cmi.core.lesson_status": "completed" }).state.statusSetBy).to.equal("content");
  });

  it("does not complete a session that was cut off", () => {
    const { state, setup } = sitting(null, {}, {}, { breakOff: true });
    expect(lessonStatus(launch12(setup, state))).to.equal("not attempted");
  });

  for (const mode of ["browse", "review"] as const) {
    it(`lets content work in ${mode} mode and leaves the record as it was`, () => {
      const done = sitting(null, { ...place, "cmi.core.lesson_status": "completed", "cmi.core.score.raw": "70", "cmi.core.exit": "suspend" }).state;
      const setup = setupOf({ mode });
      let nowMs = 0;
      const session = createSession12(setup, launch12(setup, done), () => nowMs);
      session.initialize("");
      expect([session.getValue("cmi.core.credit"), session.getValue("cmi.core.lesson_mode"), session.getValue("cmi.suspend_data")]).to.deep.equal(["no-credit", mode, "page=7"]);
      nowMs += minute;
      expect(session.setValue("cmi.core.lesson_status", "incomplete")).to.equal("true");
      expect(session.setValue("cmi.interactions.0.id", "q1")).to.equal("true");
      expect(session.setValue("cmi.interactions.1.id", "q2")).to.equal("true");
      expect(session.getValue("cmi.core.lesson_status")).to.equal("incomplete");
      expect(lessonStatus(session.state())).to.equal("completed");
      session.finish("");
      const { seq, ...after } = session.state();
      expect(seq).to.be.greaterThan(0);
      expect(after).to.deep.equal((({ seq: _, ...rest }) => rest)(launch12(setup, done)));
    });
  }
});

describe("session time (SCORM 1.2)", () => {
  it("adds the content's last session_time once", () => {
    const setup = setupOf();
    let nowMs = 0;
    const session = createSession12(setup, null, () => nowMs);
    session.initialize("");
    for (const time of ["00:01:00", "00:02:00", "00:03:00.25"]) {
      nowMs += minute;
      session.setValue("cmi.core.session_time", time);
      session.commit("");
      expect(session.getValue("cmi.core.total_time"), "the open session is not in it").to.equal("0000:00:00.00");
    }
    session.finish("");
    session.initialize("");
    expect(session.getValue("cmi.core.total_time")).to.equal("0000:03:00.25");
    session.setValue("cmi.core.session_time", "0001:00:00");
    session.finish("");
    expect(formatTimespan(session.state().totalTimeMs)).to.equal("0001:03:00.25");
  });

  it("counts by the clock what never finished, before and after the next launch, once", () => {
    const { state, setup } = sitting(null, { "cmi.core.lesson_location": "3" }, {}, { breakOff: true, lasts: 7 * minute });
    expect(timeSpentMs(setup, state)).to.equal(7 * minute);
    const next = launch12(setup, state);
    expect([next.totalTimeMs, timeSpentMs(setup, next), timeSpentMs(setup, launch12(setup, next))]).to.deep.equal([7 * minute, 7 * minute, 7 * minute]);
  });

  it("takes the content's word over the clock, also where it was cut off", () => {
    const { state, setup } = sitting(null, { "cmi.core.session_time": "00:02:00" }, {}, { breakOff: true, lasts: 7 * minute });
    expect(timeSpentMs(setup, launch12(setup, state))).to.equal(2 * minute);
  });

  it("counts nothing by the clock where the package says never", () => {
    expect(sitting(null, {}, { switches: { elapsedTime: "never" } }).state.totalTimeMs).to.equal(0);
  });

  it("cuts a long silence to the idle limit, goes on with ticks, and bears a clock that is set back", () => {
    const setup = setupOf({ idleLimitMs: 10 * minute });
    let nowMs = 1e9;
    const session = createSession12(setup, null, () => nowMs);
    session.tick();
    session.initialize("");
    for (const step of [minute, 600 * minute, -5 * minute, minute]) {
      nowMs += step;
      session.tick();
    }
    session.finish("");
    session.tick();
    expect(session.state().totalTimeMs).to.equal(11 * minute);
    expect(session.state().seq, "no entries of ticks outside a session or behind its clock").to.equal(4);
  });

  const spans: [string, number | null][] = [["00:00:00", 0], ["0001:00:00.5", 3_600_500], ["99:99:99.99", 362_439_990 ], ["1:00:00", null], ["", null]];
  for (const [text, ms] of spans) it(`reads "${text}" as ${ms} ms`, () => expect(parseTimespan(text)).to.equal(ms));

  it("writes at least four digits of hours and never more than the format can say", () => {
    expect(["", 0, 3_600_500, 362_439_999, 1e15, -5].slice(1).map((ms) => formatTimespan(Number(ms)))).to.deep.equal([
      "0000:00:00.00", "0001:00:00.50", "0100:40:39.99", "9999:59:59.99", "0000:00:00.00",
    ]);
  });
});

describe("the summary of a run (SCORM 1.2)", () => {
  const scores: [string, Record<string, string>, object | null][] = [
    ["no raw value", { max: "100" }, null],
    ["a blank raw value", { raw: "" }, null],
    ["raw alone, on the standard's own scale", { raw: "66" }, { raw: 66, scaled: 0.66 }],
    ["raw with min and max", { raw: "15", min: "10", max: "20" }, { raw: 15, min: 10, max: 20, scaled: 0.5 }],
    ["a max of 100", { raw: "50", max: "100" }, { raw: 50, max: 100, scaled: 0.5 }],
    ["a min of 0", { raw: "50", min: "0" }, { raw: 50, min: 0, scaled: 0.5 }],
    ["a max of 10 without a min, which tells no scale", { raw: "5", max: "10" }, { raw: 5, max: 10 }],
    ["a raw value above max", { raw: "50", min: "0", max: "10" }, { raw: 50 }],
    ["min and max the wrong way round", { raw: "5", min: "5", max: "5" }, { raw: 5 }],
  ];
  for (const [title, parts, expected] of scores) {
    it(`gives the score for ${title}`, () => {
      const sets = Object.fromEntries(Object.entries(parts).map(([part, value]) => [`cmi.core.score.${part}`, value]));
      const { state, setup } = sitting(null, sets);
      expect(summary12(setup, state).score).to.deep.equal(expected);
    });
  }

  it("lists objectives and interactions, outcome, place and time", () => {
    const sets = {
      ...place,
      "cmi.core.lesson_status": "passed",
      "cmi.objectives.0.id": "one",
      "cmi.objectives.0.score.raw": "40",
      "cmi.objectives.0.status": "failed",
      "cmi.interactions.0.id": "q1",
      "cmi.interactions.0.type": "choice",
      "cmi.interactions.0.correct_responses.0.pattern": "a,b",
      "cmi.interactions.0.objectives.0.id": "one",
    };
    const { state, setup } = sitting(null, sets, {}, { breakOff: true });
    const summary = summary12(setup, state);
    expect(summary).to.deep.include({ lessonStatus: "passed", completed: true, success: true, location: "7", timeSpentMs: minute, open: true, ended: null });
    expect(summary.objectives).to.deep.equal([{ id: "one", status: "failed", score: { raw: 40, scaled: 0.4 } }]);
    expect(summary.interactions[0]).to.deep.include({ index: 0, id: "q1", type: "choice", objectives: ["one"], patterns: ["a,b"] });
  });
});
