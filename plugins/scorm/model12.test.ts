import { expect } from "chai";
import { createSession12, errorStrings, launch12, setup12, type Session12, type Setup12 } from "./runtime/scorm12/index.ts";
import { elements, groups } from "./runtime/scorm12/model.ts";

const learner = { learnerId: "l-1", learnerName: "Curie, Marie" };

function running(given: Partial<Setup12> = {}): Session12 {
  const session = createSession12(setup12({ ...learner, ...given }), null, () => 1_000_000);
  expect(session.initialize("")).to.equal("true");
  return session;
}

const name = (pattern: string) => pattern.replaceAll(".n.", ".0.");
const long = (length: number) => "x".repeat(length);
const status = { good: ["passed", "completed", "failed", "incomplete", "browsed"], bad: ["Passed", "", "banana", "passed ", "unknown"] };
const scorePart = { good: ["0", "100", "", "66.6666666667", ".5", "07"], bad: ["101", "-1", "1e1", "+5", "NaN", "8 ", "1,5", "Infinity", "0x10"] };
const identifier = { good: ["a", "Q_1-2.3", long(255), "größe"], bad: ["", "two words", long(256), "a\tb", "a\u0000"] };
const timespan = { good: ["00:00:00", "0000:00:00.00", "9999:59:59.9", "01:99:99"], bad: ["", "1:00:00", "00:00", "00:00:00.123", "PT1H", "00000:00:00"] };
const feedback = { good: ["", "a", "1.c,2.b", long(4096)], bad: [long(4097)] };

/** Every element of the model: values it takes and values it refuses, and what is read of it when it is given by the LMS. */
const table: Record<string, { good?: string[]; bad?: string[]; reads?: string }> = {
  "cmi.core.student_id": { reads: "l-1" },
  "cmi.core.student_name": { reads: "Curie, Marie" },
  "cmi.core.lesson_location": { good: ["", "page 3", long(255)], bad: [long(256)] },
  "cmi.core.credit": { reads: "credit" },
  "cmi.core.lesson_status": { good: status.good, bad: [...status.bad, "not attempted"] },
  "cmi.core.entry": { reads: "ab-initio" },
  "cmi.core.score.raw": scorePart,
  "cmi.core.score.min": scorePart,
  "cmi.core.score.max": scorePart,
  "cmi.core.total_time": { reads: "0000:00:00.00" },
  "cmi.core.lesson_mode": { reads: "normal" },
  "cmi.core.exit": { good: ["time-out", "suspend", "logout", ""], bad: ["normal", "Suspend", "timeout"] },
  "cmi.core.session_time": timespan,
  "cmi.suspend_data": { good: ["", "\u0000\ud800 anything", long(64_000)], bad: [long(64_001)] },
  "cmi.launch_data": { reads: "start=here" },
  "cmi.comments": { good: ["well done", long(4087)], bad: [long(4096)] },
  "cmi.comments_from_lms": { reads: "Take your time" },
  "cmi.objectives.n.id": identifier,
  "cmi.objectives.n.score.raw": scorePart,
  "cmi.objectives.n.score.min": scorePart,
  "cmi.objectives.n.score.max": scorePart,
  "cmi.objectives.n.status": { good: [...status.good, "not attempted"], bad: status.bad },
  "cmi.student_data.mastery_score": { reads: "80" },
  "cmi.student_data.max_time_allowed": { reads: "01:00:00" },
  "cmi.student_data.time_limit_action": { reads: "exit,message" },
  "cmi.student_preference.audio": { good: ["-1", "0", "100"], bad: ["-2", "101", "1.5", ""] },
  "cmi.student_preference.language": { good: ["", "de", long(255)], bad: [long(256)] },
  "cmi.student_preference.speed": { good: ["-100", "100"], bad: ["-101", "101", "fast"] },
  "cmi.student_preference.text": { good: ["-1", "0", "1"], bad: ["2", "-2", "on"] },
  "cmi.interactions.n.id": identifier,
  "cmi.interactions.n.objectives.n.id": identifier,
  "cmi.interactions.n.time": { good: ["00:00:00", "23:59:59.99"], bad: ["24:00:00", "1:00:00", "12:60:00", ""] },
  "cmi.interactions.n.type": {
    good: ["true-false", "choice", "fill-in", "matching", "performance", "sequencing", "likert", "numeric"],
    bad: ["Choice", "essay", "", "long-fill-in"],
  },
  "cmi.interactions.n.correct_responses.n.pattern": feedback,
  "cmi.interactions.n.weighting": { good: ["1", "-2.5", "1000"], bad: ["", "heavy"] },
  "cmi.interactions.n.student_response": feedback,
  "cmi.interactions.n.result": { good: ["correct", "wrong", "unanticipated", "neutral", "0.5"], bad: ["incorrect", "Correct", ""] },
  "cmi.interactions.n.latency": timespan,
};

const given = {
  launchData: "start=here",
  commentsFromLms: "Take your time",
  masteryScore: "80",
  maxTimeAllowed: "01:00:00",
  timeLimitAction: "exit,message",
};

describe("the SCORM 1.2 data model", () => {
  it("has a row of this test for each of its elements", () => {
    expect(Object.keys(table)).to.deep.equal([...elements.keys()]);
  });

  for (const [pattern, { good = [], bad = [], reads }] of Object.entries(table)) {
    const element = elements.get(pattern)!;

    it(`${pattern} takes what it should and refuses the rest with 405`, () => {
      const session = running(given);
      for (const value of good) {
        expect(session.setValue(name(pattern), value), JSON.stringify(value.slice(0, 30))).to.equal("true");
        expect(session.getLastError()).to.equal("0");
        if (element.access === "both" && !element.appends) expect(session.getValue(name(pattern))).to.equal(value);
      }
      const before = session.state();
      for (const value of bad) {
        expect(session.setValue(name(pattern), value), JSON.stringify(value.slice(0, 30))).to.equal("false");
        expect(session.getLastError()).to.equal("405");
      }
      expect(session.state()).to.deep.equal(before);
    });

    it(`${pattern} is ${element.access === "both" ? "read and written" : `${element.access} only`}`, () => {
      const session = running(given);
      if (good[0] !== undefined) session.setValue(name(pattern), good[0]);
      const value = session.getValue(name(pattern));
      expect(session.getLastError()).to.equal(element.access === "write" ? "404" : "0");
      if (reads !== undefined) expect(value).to.equal(reads);
      if (element.access === "read") {
        expect(session.setValue(name(pattern), value)).to.equal("false");
        expect(session.getLastError()).to.equal("403");
      }
      for (const [keyword, code] of [["_children", "202"], ["_count", "203"]]) {
        expect(session.getValue(`${name(pattern)}.${keyword}`)).to.equal("");
        expect(session.getLastError(), keyword).to.equal(code);
      }
    });
  }

  it("reads an element that was never set as its default, without an error", () => {
    const session = running();
    expect(session.getValue("cmi.core.lesson_status")).to.equal("not attempted");
    expect(session.getValue("cmi.suspend_data")).to.equal("");
    expect(session.getLastError()).to.equal("0");
  });

  it("tells the exact children, counts as texts, and the version", () => {
    const session = running({ objectives: ["one", "two"] });
    session.setValue("cmi.interactions.0.objectives.0.id", "one");
    const answers: Record<string, string> = {
      "cmi._version": "3.4",
      "cmi.core._children": "student_id,student_name,lesson_location,credit,lesson_status,entry,score,total_time,lesson_mode,exit,session_time",
      "cmi.core.score._children": "raw,min,max",
      "cmi.objectives._children": "id,score,status",
      "cmi.objectives.1.score._children": "raw,min,max",
      "cmi.student_data._children": "mastery_score,max_time_allowed,time_limit_action",
      "cmi.student_preference._children": "audio,language,speed,text",
      "cmi.interactions._children": "id,objectives,time,type,correct_responses,weighting,student_response,result,latency",
      "cmi.objectives._count": "2",
      "cmi.interactions._count": "1",
      "cmi.interactions.0.objectives._count": "1",
      "cmi.interactions.0.correct_responses._count": "0",
    };
    for (const [element, answer] of Object.entries(answers)) {
      expect(session.getValue(element), element).to.equal(answer);
      expect(session.getLastError(), element).to.equal("0");
    }
  });

  it("refuses to set any keyword with 402 and to count what is no array with 203", () => {
    const session = running();
    for (const group of groups.keys()) {
      for (const keyword of ["_children", "_count"]) {
        expect(session.setValue(`${name(group)}.${keyword}`, "1")).to.equal("false");
        expect(session.getLastError(), `${group}.${keyword}`).to.equal("402");
      }
    }
    for (const group of ["cmi", "cmi.core", "cmi.core.score", "cmi.student_data", "cmi.student_preference"]) {
      session.getValue(`${group}._count`);
      expect(session.getLastError(), group).to.equal("203");
    }
    expect(session.setValue("cmi._version", "9")).to.equal("false");
    expect(session.getLastError()).to.equal("402");
  });

  it("takes only the next index of an array, in records and within them", () => {
    const session = running();
    const sets: [string, "true" | "false"][] = [
      ["cmi.interactions.1.id", "false"],
      ["cmi.interactions.0.id", "true"],
      ["cmi.interactions.0.id", "true"],
      ["cmi.interactions.2.id", "false"],
      ["cmi.interactions.1.correct_responses.1.pattern", "false"],
      ["cmi.interactions.1.correct_responses.0.pattern", "true"],
      ["cmi.interactions.2.student_response", "true"],
      ["cmi.objectives.0.status", "false"],
    ];
    for (const [element, answer] of sets) {
      expect(session.setValue(element, "x"), element).to.equal(answer);
      if (answer === "false") expect(session.getLastError()).to.equal(element.endsWith("status") ? "405" : "201");
    }
    expect(session.getValue("cmi.interactions._count")).to.equal("3");
    expect(session.getValue("cmi.objectives._count")).to.equal("0");
    session.getValue("cmi.interactions.7.objectives._count");
    expect(session.getLastError()).to.equal("201");
  });

  it("answers hostile and malformed names with a code and changes nothing", () => {
    const session = running({ objectives: ["one"] });
    const before = session.state();
    const names: Record<string, string> = {
      "": "401",
      "cmi": "201",
      "cmi.": "201",
      "cmi.core": "201",
      "cmi.core.": "201",
      "cmi.core.score": "201",
      "cmi.objectives.0": "201",
      "cmi.__proto__.polluted": "201",
      "cmi.core.__proto__": "201",
      "cmi.constructor": "201",
      "cmi.core.constructor.prototype": "201",
      "cmi.objectives.__proto__.id": "201",
      "cmi.objectives.NaN.id": "201",
      "cmi.objectives.undefined.id": "201",
      "cmi.objectives.-1.id": "201",
      "cmi.objectives.00.id": "201",
      "cmi.objectives.1e0.id": "201",
      "cmi.objectives.0.5.id": "201",
      "cmi.objectives.n.id": "201",
      "cmi.objectives.99999999999.id": "201",
      "cmi.core.0.lesson_status": "201",
      "cmi.core.nothing._children": "201",
      "cmi.core._version": "201",
      "CMI.core.lesson_status": "401",
      "cmi.Core.lesson_status": "201",
      "cmi.location": "201",
      "cmi.suspend_data ": "201",
      "adl.nav.request": "401",
      "__proto__": "401",
      [`cmi.${long(300)}`]: "201",
      [`cmi${".core".repeat(100)}`]: "201",
    };
    for (const [element, code] of Object.entries(names)) {
      expect(session.getValue(element), element).to.equal("");
      expect(session.getLastError(), element).to.equal(code);
      expect(session.setValue(element, "x"), element).to.equal("false");
      expect(session.getLastError(), element).to.equal(code);
    }
    expect(session.state()).to.deep.equal(before);
    expect(({} as Record<string, unknown>)["polluted"]).to.equal(undefined);
  });

  it("adds comments to one another and refuses, uncut, what would be too long", () => {
    const session = running();
    session.setValue("cmi.comments", "first;");
    session.setValue("cmi.comments", "second");
    expect(session.getValue("cmi.comments")).to.equal("first;second");
    expect(session.setValue("cmi.comments", long(4096))).to.equal("false");
    expect(session.getValue("cmi.comments")).to.equal("first;second");
  });

  it("holds suspend_data to 4,096 characters where a package is to be taken by the letter", () => {
    const session = createSession12(setup12({ ...learner, switches: { strictSuspendData: true } }), null, () => 0);
    session.initialize("");
    expect(session.setValue("cmi.suspend_data", long(4096))).to.equal("true");
    expect(session.setValue("cmi.suspend_data", long(4097))).to.equal("false");
    expect(session.getValue("cmi.suspend_data")).to.have.length(4096);
  });

  it("compares values as texts, so that 10, 1e1, 10.0 and 010 are four things", () => {
    const entries: unknown[] = [];
    const session = createSession12(setup12(learner), null, () => 0, (entry) => entries.push(entry));
    session.initialize("");
    for (const value of ["10", "1e1", "10.0", "010", "010"]) session.setValue("cmi.core.lesson_location", value);
    expect(session.getValue("cmi.core.lesson_location")).to.equal("010");
    expect(entries).to.have.length(5);
  });

  it("has objectives of the manifest in place before the content starts", () => {
    const session = running({ objectives: ["golf-1", "golf-2"] });
    expect(session.getValue("cmi.objectives.1.id")).to.equal("golf-2");
    expect(session.setValue("cmi.objectives.1.status", "passed")).to.equal("true");
    expect(session.setValue("cmi.objectives.2.id", "golf-3")).to.equal("true");
  });
});

describe("the SCORM 1.2 API", () => {
  it("knows eleven error codes and no others", () => {
    const session = running();
    expect(Object.keys(errorStrings)).to.deep.equal(["0", "101", "201", "202", "203", "301", "401", "402", "403", "404", "405"]);
    for (const [code, words] of Object.entries(errorStrings)) expect(session.getErrorString(code)).to.equal(words);
    for (const code of ["", "407", "351", "__proto__", "toString", undefined]) expect(session.getErrorString(code)).to.equal("");
  });

  it("says in the diagnostic what was wrong, in at most 255 characters", () => {
    const session = running();
    session.setValue("cmi.core.score.raw", "1e1");
    expect(session.getDiagnostic("405")).to.equal("cmi.core.score.raw: not a decimal number");
    expect(session.getDiagnostic("")).to.equal("cmi.core.score.raw: not a decimal number");
    expect(session.getDiagnostic("404")).to.equal("Element is write only");
    expect(session.getDiagnostic("999")).to.equal("");
    session.setValue(long(5000), "");
    expect(session.getDiagnostic("").length).to.be.at.most(255);
    expect(session.getLastError()).to.equal("401");
  });

  it("answers 301 before LMSInitialize and after LMSFinish, 101 to a second LMSInitialize, and may begin again", () => {
    const session = createSession12(setup12(learner), null, () => 0);
    const calls = (code: string) => {
      const answers = [session.getValue("cmi.core.entry"), session.setValue("cmi.suspend_data", "x"), session.commit(""), session.finish("")];
      expect(answers).to.deep.equal(["", "false", "false", "false"]);
      expect(session.getLastError()).to.equal(code);
    };
    calls("301");
    for (let round = 0; round < 17; round += 1) {
      expect(session.initialize("")).to.equal("true");
      expect(session.getLastError()).to.equal("0");
      expect(session.initialize("")).to.equal("false");
      expect(session.getLastError()).to.equal("101");
      expect(session.commit("")).to.equal("true");
      expect(session.finish("")).to.equal("true");
      calls("301");
    }
  });

  it("refuses a parameter other than the empty text with 201 and forgives a missing one", () => {
    const session = createSession12(setup12(learner), null, () => 0);
    for (const call of ["initialize", "commit", "finish"] as const) {
      expect(session[call]("x")).to.equal("false");
      expect(session.getLastError()).to.equal("201");
      expect(session[call]()).to.equal("true");
    }
  });

  it("takes numbers, booleans and nothing as content passes them, and survives what is no text", () => {
    const session = running();
    expect(session.setValue("cmi.core.score.raw", 80)).to.equal("true");
    expect(session.getValue("cmi.core.score.raw")).to.equal("80");
    expect(session.setValue("cmi.core.exit", undefined)).to.equal("true");
    expect(session.setValue("cmi.suspend_data", Object.create(null))).to.equal("false");
    expect(session.getLastError()).to.equal("405");
    expect(session.setValue(Symbol("x"), "y")).to.equal("false");
    expect(session.getValue(null)).to.equal("");
  });

  it("leaves the error alone when it is asked about it, and clears it with the next good call", () => {
    const session = running();
    session.getValue("cmi.core.exit");
    for (let times = 0; times < 2; times += 1) expect(session.getLastError()).to.equal("404");
    session.getErrorString("201");
    expect(session.getLastError()).to.equal("404");
    session.getValue("cmi.core.entry");
    expect(session.getLastError()).to.equal("0");
  });

  it("takes the state it is given as it is, and never changes the caller's copy", () => {
    const setup = setup12(learner);
    const state = launch12(setup, null);
    const frozen = JSON.stringify(state);
    const session = createSession12(setup, state, () => 0);
    session.initialize("");
    session.setValue("cmi.suspend_data", "x");
    expect(JSON.stringify(state)).to.equal(frozen);
  });
});
