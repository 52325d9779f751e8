import { expect } from "chai";
import { createSession2004, presetObjective, setup2004, switchesOf, type Session2004, type Setup2004 } from "./runtime/scorm2004/index.ts";
import { elements, groups } from "./runtime/scorm2004/model.ts";

const learner = { learnerId: "l-1", learnerName: "Curie, Marie" };

function running(given: Partial<Setup2004> = {}): Session2004 {
  const session = createSession2004(setup2004({ ...learner, ...given }), null, () => 1_000_000);
  expect(session.initialize("")).to.equal("true");
  return session;
}

/** A session with a record in each array, so that index 0 of everything may be set. */
function furnished(): Session2004 {
  const session = running(given);
  session.setValue("cmi.objectives.0.id", "o1");
  session.setValue("cmi.interactions.0.id", "i1");
  session.setValue("cmi.interactions.0.type", "other");
  return session;
}

const name = (pattern: string) => pattern.replaceAll(".n.", ".0.").replace("{target}", "{target=a.1}");
const long = (length: number) => "x".repeat(length);
const completion = { good: ["completed", "incomplete", "not attempted", "unknown"], bad: [["Completed"], [""], ["passed"], ["completed "]] };
const success = { good: ["passed", "failed", "unknown"], bad: [["Passed"], [""], ["completed"]] };
const real = { good: ["0", "-7", "66.6666667", ".5", "1234567.1234567"], bad: [[""], ["1e1"], ["+5"], ["NaN"], ["1,5"], ["Infinity"], ["0x10"], ["8 "]] };
const scaled = { good: ["-1", "1.0", "0", "-0.25"], bad: [["1.01", "407"], ["-2", "407"], ["", "406"], ["1e-1", "406"]] };
const ratio = { good: ["0", "1.0", "0.5"], bad: [["1.01", "407"], ["-0.1", "407"], ["half", "406"]] };
const level = { good: ["0", "1.5", "100"], bad: [["-0.1", "407"], ["loud", "406"], ["", "406"]] };
const identifier = { good: ["a", "Q_1-2.3", "urn:adl:x/1", "größe", long(4000)], bad: [[""], ["  "], ["urn:"], ["urn:adl"], ["urn:a b:c"]] };
const timespan = {
  good: ["PT0S", "P1Y2M3DT4H5M6.78S", "P1D", "PT36H", "P0Y029DT0H"],
  bad: [[""], ["P"], ["PT"], ["P1DT"], ["PT1.234S"], ["1D"], ["P1W"], ["P1H"], ["PT-1S"], ["00:01:00"]],
};
const timestamp = {
  good: ["1970", "2004-02", "2004-02-29", "2004-02-29T23", "2004-02-29T23:59", "2004-02-29T23:59:58", "2004-02-29T23:59:58.25Z", "2038-01-01T00:00:00.0+05:30"],
  bad: [[""], ["1969"], ["2039"], ["2005-02-29"], ["2004-13"], ["2004-02-29T24"], ["2004-02-29T23:59:58Z"], ["2004-02-29T23:59:58.255"], ["29.02.2004"]],
};
const localized = { good: ["", "good", "{lang=de}gut", "{lang=}x".slice(7), "{other}", long(64_000)], bad: [["{lang=}x"], ["{lang=xyz}x"], ["{lang=e n}x"], [long(64_001)]] };
const characters = { good: ["", "page 3", long(1000)], bad: [[long(64_001)]] };

/** Every element of the model: values it takes, values it refuses with 406 or the code beside them, and what is read of what the LMS gives. */
const table: Record<string, { good?: string[]; bad?: string[][]; reads?: string }> = {
  "cmi.comments_from_learner.n.comment": localized,
  "cmi.comments_from_learner.n.location": characters,
  "cmi.comments_from_learner.n.timestamp": timestamp,
  "cmi.comments_from_lms.n.comment": { reads: "Take your time" },
  "cmi.comments_from_lms.n.location": { reads: "page 1" },
  "cmi.comments_from_lms.n.timestamp": { reads: "2024-05-01" },
  "cmi.completion_status": completion,
  "cmi.completion_threshold": { reads: "0.75" },
  "cmi.credit": { reads: "credit" },
  "cmi.entry": { reads: "ab-initio" },
  "cmi.exit": { good: ["time-out", "suspend", "logout", "normal", ""], bad: [["Suspend"], ["timeout"]] },
  "cmi.interactions.n.id": identifier,
  "cmi.interactions.n.type": {
    good: ["true-false", "choice", "fill-in", "long-fill-in", "likert", "matching", "performance", "sequencing", "numeric", "other"],
    bad: [["Choice"], ["essay"], [""]],
  },
  "cmi.interactions.n.objectives.n.id": identifier,
  "cmi.interactions.n.timestamp": timestamp,
  "cmi.interactions.n.correct_responses.n.pattern": { good: ["", "anything"], bad: [[long(256_001)]] },
  "cmi.interactions.n.weighting": real,
  "cmi.interactions.n.learner_response": { good: ["", "anything"], bad: [[long(256_001)]] },
  "cmi.interactions.n.result": { good: ["correct", "incorrect", "unanticipated", "neutral", "-0.5"], bad: [["wrong"], ["Correct"], [""]] },
  "cmi.interactions.n.latency": timespan,
  "cmi.interactions.n.description": localized,
  "cmi.launch_data": { reads: "start=here" },
  "cmi.learner_id": { reads: "l-1" },
  "cmi.learner_name": { reads: "Curie, Marie" },
  "cmi.learner_preference.audio_level": level,
  "cmi.learner_preference.language": { good: ["", "de", "DEU", "en-GB-oed", "x-own", "i-klingon"], bad: [["german"], ["xx"], ["i"], ["de_AT"], ["de-"], ["de-toolongpart"]] },
  "cmi.learner_preference.delivery_speed": level,
  "cmi.learner_preference.audio_captioning": { good: ["-1", "0", "1"], bad: [["2"], [""], ["on"]] },
  "cmi.location": characters,
  "cmi.max_time_allowed": { reads: "PT1H" },
  "cmi.mode": { reads: "normal" },
  "cmi.objectives.n.id": { good: ["o1"], bad: [["o2", "351"], ["", "406"], ["urn:", "406"]] },
  "cmi.objectives.n.score.scaled": scaled,
  "cmi.objectives.n.score.raw": real,
  "cmi.objectives.n.score.min": real,
  "cmi.objectives.n.score.max": real,
  "cmi.objectives.n.success_status": success,
  "cmi.objectives.n.completion_status": completion,
  "cmi.objectives.n.progress_measure": ratio,
  "cmi.objectives.n.description": localized,
  "cmi.progress_measure": ratio,
  "cmi.scaled_passing_score": { reads: "0.6" },
  "cmi.score.scaled": scaled,
  "cmi.score.raw": real,
  "cmi.score.min": real,
  "cmi.score.max": real,
  "cmi.session_time": timespan,
  "cmi.success_status": success,
  "cmi.suspend_data": { good: ["", "\u0000\ud800 anything", long(64_000)], bad: [[long(64_001)]] },
  "cmi.time_limit_action": { reads: "exit,message" },
  "cmi.total_time": { reads: "PT0H0M0S" },
  "adl.nav.request": {
    good: ["continue", "previous", "exit", "exitAll", "abandon", "abandonAll", "suspendAll", "{target=a.1}choice", "{target=b c}jump", "_none_"],
    bad: [[""], ["Continue"], ["choice"], ["{target=}choice"], ["{target=a}continue"], ["{a}jump"], ["retry"]],
  },
  "adl.nav.request_valid.continue": { reads: "true" },
  "adl.nav.request_valid.previous": { reads: "false" },
  "adl.nav.request_valid.exit": { reads: "true" },
  "adl.nav.request_valid.exitAll": { reads: "unknown" },
  "adl.nav.request_valid.abandon": { reads: "unknown" },
  "adl.nav.request_valid.abandonAll": { reads: "unknown" },
  "adl.nav.request_valid.suspendAll": { reads: "true" },
  "adl.nav.request_valid.choice.{target}": { reads: "true" },
  "adl.nav.request_valid.jump.{target}": { reads: "false" },
  "adl.data.n.id": { reads: "notes" },
  "adl.data.n.store": { good: ["a", "{lang=x}", long(64_000)], bad: [[long(64_001)]] },
};

const given: Partial<Setup2004> = {
  launchData: "start=here",
  maxTimeAllowed: "PT1H",
  timeLimitAction: "exit,message",
  completionThreshold: 0.75,
  scaledPassingScore: 0.6,
  commentsFromLms: [{ comment: "Take your time", location: "page 1", timestamp: "2024-05-01" }],
  sharedData: [{ id: "notes", value: "", read: true, write: true }],
  valid: { continue: "true", previous: "false", exit: "true", suspendAll: "true", choice: { "a.1": "true" }, jump: { "a.1": "false" } },
};
const overridden = ["cmi.completion_status", "cmi.success_status"];

describe("the SCORM 2004 data model", () => {
  it("has a row of this test for each of its elements", () => {
    expect(Object.keys(table)).to.deep.equal([...elements.keys()]);
  });

  for (const [pattern, { good = [], bad = [], reads }] of Object.entries(table)) {
    const element = elements.get(pattern)!;

    it(`${pattern} takes what it should and refuses the rest with its code`, () => {
      const session = furnished();
      for (const value of good) {
        expect(session.setValue(name(pattern), value), JSON.stringify(value.slice(0, 30))).to.equal("true");
        expect(session.getLastError()).to.equal("0");
        if (element.access === "both" && !overridden.includes(pattern)) expect(session.getValue(name(pattern))).to.equal(value);
      }
      const before = session.state();
      for (const [value = "", code = "406"] of bad) {
        expect(session.setValue(name(pattern), value), JSON.stringify(value.slice(0, 30))).to.equal("false");
        expect(session.getLastError(), JSON.stringify(value.slice(0, 30))).to.equal(code);
        expect(session.getDiagnostic("").length).to.be.within(1, 255);
      }
      expect(session.state()).to.deep.equal(before);
    });

    it(`${pattern} is ${element.access === "both" ? "read and written" : `${element.access} only`}`, () => {
      const session = furnished();
      if (good[0] !== undefined) session.setValue(name(pattern), good[0]);
      const value = session.getValue(name(pattern));
      expect(session.getLastError()).to.equal(element.access === "write" ? "405" : "0");
      if (reads !== undefined) expect(value).to.equal(reads);
      if (element.access === "read") {
        expect(session.setValue(name(pattern), value)).to.equal("false");
        expect(session.getLastError()).to.equal("404");
      }
      if (pattern.includes("{")) return;
      for (const keyword of ["_children", "_count"]) {
        expect(session.getValue(`${name(pattern)}.${keyword}`)).to.equal("");
        expect(session.getLastError(), keyword).to.equal("301");
      }
    });
  }

  it("answers 403 for what has no value yet, and its default where there is one", () => {
    const session = furnished();
    const defaults: Record<string, string> = {
      "cmi.learner_preference.audio_level": "1",
      "cmi.learner_preference.language": "",
      "cmi.learner_preference.delivery_speed": "1",
      "cmi.learner_preference.audio_captioning": "0",
      "cmi.objectives.n.success_status": "unknown",
      "cmi.objectives.n.completion_status": "unknown",
      "cmi.completion_status": "unknown",
      "cmi.success_status": "unknown",
      "adl.nav.request": "_none_",
    };
    const set = ["cmi.objectives.n.id", "cmi.interactions.n.id", "cmi.interactions.n.type"];
    for (const [pattern, { access }] of elements) {
      if (access !== "both" || set.includes(pattern) || (pattern.match(/\.n\./g)?.length ?? 0) > 1 || pattern.includes("from_learner")) continue;
      expect(session.getValue(name(pattern)), pattern).to.equal(defaults[pattern] ?? "");
      expect(session.getLastError(), pattern).to.equal(pattern in defaults ? "0" : "403");
    }
    const bare = running();
    for (const element of ["cmi.launch_data", "cmi.max_time_allowed", "cmi.completion_threshold", "cmi.scaled_passing_score"]) {
      bare.getValue(element);
      expect(bare.getLastError(), element).to.equal("403");
    }
    expect(bare.getValue("cmi.time_limit_action")).to.equal("continue,no message");
  });

  it("tells children, counts as texts, and the version", () => {
    const session = furnished();
    session.setValue("cmi.interactions.0.objectives.0.id", "o1");
    const answers: Record<string, string> = {
      "cmi._version": "1.0",
      "cmi.comments_from_learner._children": "comment,location,timestamp",
      "cmi.comments_from_lms._children": "comment,location,timestamp",
      "cmi.interactions._children": "id,type,objectives,timestamp,correct_responses,weighting,learner_response,result,latency,description",
      "cmi.learner_preference._children": "audio_level,language,delivery_speed,audio_captioning",
      "cmi.objectives._children": "id,score,success_status,completion_status,progress_measure,description",
      "cmi.objectives.0.score._children": "scaled,raw,min,max",
      "cmi.score._children": "scaled,raw,min,max",
      "adl.data._children": "id,store",
      "cmi.comments_from_learner._count": "0",
      "cmi.comments_from_lms._count": "1",
      "cmi.interactions._count": "1",
      "cmi.interactions.0.objectives._count": "1",
      "cmi.interactions.0.correct_responses._count": "0",
      "cmi.objectives._count": "1",
      "adl.data._count": "1",
    };
    for (const [element, answer] of Object.entries(answers)) {
      expect(session.getValue(element), element).to.equal(answer);
      expect(session.getLastError(), element).to.equal("0");
    }
  });

  it("refuses to set any keyword with 404", () => {
    const session = furnished();
    for (const group of groups.keys()) {
      for (const keyword of ["_children", "_count"]) {
        expect(session.setValue(`${name(group)}.${keyword}`, "1")).to.equal("false");
        expect(session.getLastError(), `${group}.${keyword}`).to.equal("404");
      }
    }
    session.setValue("cmi._version", "9");
    expect(session.getLastError()).to.equal("404");
  });

  it("wants a record's id first, a response's type too, and the next index", () => {
    const session = running(given);
    const sets: [element: string, value: string, code: string][] = [
      ["cmi.objectives.0.success_status", "passed", "408"],
      ["cmi.objectives.1.id", "o1", "351"],
      ["cmi.objectives.01.id", "o1", "351"],
      ["cmi.objectives.0.id", "o1", "0"],
      ["cmi.objectives.1.id", "o1", "351"],
      ["cmi.objectives.0.id", "o1", "0"],
      ["cmi.interactions.0.type", "choice", "408"],
      ["cmi.interactions.0.objectives.0.id", "o1", "408"],
      ["cmi.interactions.0.id", "i1", "0"],
      ["cmi.interactions.0.learner_response", "a", "408"],
      ["cmi.interactions.0.correct_responses.0.pattern", "a", "408"],
      ["cmi.interactions.0.type", "choice", "0"],
      ["cmi.interactions.0.learner_response", "a", "0"],
      ["cmi.interactions.0.correct_responses.1.pattern", "a", "351"],
      ["cmi.interactions.0.correct_responses.0.pattern", "a[,]b", "0"],
      ["cmi.interactions.0.correct_responses.1.pattern", "b[,]a", "351"],
      ["cmi.interactions.0.objectives.0.id", "o1", "0"],
      ["cmi.interactions.0.objectives.1.id", "o1", "351"],
      ["cmi.interactions.1.id", "i1", "0"],
      ["cmi.comments_from_learner.1.comment", "late", "351"],
      ["cmi.comments_from_learner.0.location", "p", "0"],
      ["cmi.comments_from_lms.0.comment", "mine", "404"],
      ["adl.data.1.store", "x", "351"],
      ["adl.data.0.id", "x", "404"],
    ];
    for (const [element, value, code] of sets) {
      session.setValue(element, value);
      expect(session.getLastError(), `${element} ${value}`).to.equal(code);
    }
    for (const element of ["cmi.interactions.7.objectives._count", "cmi.objectives.1.id", "cmi.objectives.01.id", "adl.data.1.id", "cmi.comments_from_lms.1.comment"]) {
      session.getValue(element);
      expect(session.getLastError(), element).to.equal("301");
    }
  });

  it("answers hostile and malformed names with a code and changes nothing", () => {
    const session = running({ objectives: [presetObjective("one")] });
    const before = session.state();
    const names = [
      ...["cmi", "cmi.", "cmi.score", "cmi.score.", "cmi.objectives.0", "cmi.__proto__.polluted", "cmi.score.__proto__", "cmi.constructor", "adl.data.__proto__.id"],
      ...["cmi.objectives.__proto__.id", "cmi.objectives.NaN.id", "cmi.objectives.undefined.id", "cmi.objectives.-1.id", "cmi.objectives.1e0.id", "cmi.objectives.n.id"],
      ...["cmi.core.lesson_status", "CMI.location", "cmi.Location", "cmi.location ", "cmi.score._version", "__proto__", "constructor", "adl", "adl.nav", "adl.nav.request_valid"],
      ...["adl.nav.request_valid.choice", "adl.nav.request_valid.choice.{target}", "adl.nav.request_valid.choice.a", "adl.nav.request_valid.retry", "adl.nav.request_valid.__proto__"],
      ...[`cmi.${long(5000)}`, `cmi${".score".repeat(100)}`, "cmi.objectives.0.5.id"],
    ];
    for (const element of names) {
      expect(session.getValue(element), element).to.equal("");
      expect(session.getLastError(), element).to.equal("401");
      expect(session.setValue(element, "x"), element).to.equal("false");
      expect(session.getLastError(), element).to.equal("401");
    }
    expect(session.state()).to.deep.equal(before);
    expect(session.getValue("adl.nav.request_valid.choice.{target=__proto__}")).to.equal("unknown");
    expect(({} as Record<string, unknown>)["polluted"]).to.equal(undefined);
  });

  it("keeps the rights of shared data apart", () => {
    const bucket = (id: string, read: boolean, write: boolean) => ({ id, value: "old", read, write });
    const session = running({ sharedData: [bucket("rw", true, true), bucket("r", true, false), bucket("w", false, true), bucket("-", false, false)] });
    const codes = [0, 1, 2, 3].map((n) => {
      session.getValue(`adl.data.${n}.store`);
      const reading = session.getLastError();
      session.setValue(`adl.data.${n}.store`, "new");
      return [reading, session.getLastError()];
    });
    expect(codes).to.deep.equal([["0", "0"], ["0", "404"], ["405", "0"], ["405", "404"]]);
    expect(session.getValue("adl.data.0.store")).to.equal("new");
    expect(session.getValue("adl.data.1.store")).to.equal("old");
    session.setValue("adl.data.0.store", "");
    session.getValue("adl.data.0.store");
    expect(session.getLastError()).to.equal("403");
  });

  it("knows neither shared data nor jumps before the 4th edition", () => {
    expect(switchesOf("4th")).to.deep.equal({ ...switchesOf("3rd"), sharedData: true, jump: true });
    expect(switchesOf("3rd")).to.deep.equal(switchesOf("2nd"));
    const session = running({ switches: switchesOf("3rd") });
    session.getValue("adl.data._count");
    expect(session.getLastError()).to.equal("401");
    session.setValue("adl.nav.request", "{target=a}jump");
    expect(session.getLastError()).to.equal("406");
    expect(session.setValue("adl.nav.request", "{target=a}choice")).to.equal("true");
  });

  it("holds suspend_data to 4,000 characters where an earlier edition is to be taken by the letter", () => {
    const session = createSession2004(setup2004({ ...learner, switches: { suspendDataLimit: 4000 } }), null, () => 0);
    session.initialize("");
    expect(session.setValue("cmi.suspend_data", long(4000))).to.equal("true");
    expect(session.setValue("cmi.suspend_data", long(4001))).to.equal("false");
    expect(session.getValue("cmi.suspend_data")).to.have.length(4000);
  });

  it("lets a threshold decide, whatever the content says, and the content where there is none", () => {
    const rows: [given: Partial<Setup2004>, sets: Record<string, string>, reads: [string, string]][] = [
      [{}, {}, ["unknown", "unknown"]],
      [{}, { "cmi.completion_status": "completed", "cmi.success_status": "passed", "cmi.progress_measure": "0", "cmi.score.scaled": "-1" }, ["completed", "passed"]],
      [{ completionThreshold: 0.6, scaledPassingScore: 0.6 }, { "cmi.completion_status": "completed", "cmi.success_status": "passed" }, ["unknown", "unknown"]],
      [{ completionThreshold: 0.6, scaledPassingScore: 0.6 }, { "cmi.progress_measure": "0.6", "cmi.score.scaled": "0.60" }, ["completed", "passed"]],
      [{ completionThreshold: 0.6, scaledPassingScore: 0.6 }, { "cmi.progress_measure": "0.59", "cmi.score.scaled": "0.59", "cmi.success_status": "passed" }, ["incomplete", "failed"]],
      [{ completionThreshold: 0, scaledPassingScore: -0.5 }, { "cmi.progress_measure": "0", "cmi.score.scaled": "-0.5" }, ["completed", "passed"]],
    ];
    for (const [setup, sets, reads] of rows) {
      const session = running(setup);
      for (const [element, value] of Object.entries(sets)) expect(session.setValue(element, value)).to.equal("true");
      expect([session.getValue("cmi.completion_status"), session.getValue("cmi.success_status")], JSON.stringify([setup, sets])).to.deep.equal(reads);
    }
  });

  it("answers what may be asked for as it is told, also while the content runs", () => {
    const session = running();
    expect(session.getValue("adl.nav.request_valid.continue")).to.equal("unknown");
    session.allow({ continue: "true", choice: { "b c": "false" }, jump: {} });
    expect(session.getValue("adl.nav.request_valid.continue")).to.equal("true");
    expect(session.getValue("adl.nav.request_valid.choice.{target=b c}")).to.equal("false");
    expect(session.getValue("adl.nav.request_valid.jump.{target=b c}")).to.equal("unknown");
  });
});
