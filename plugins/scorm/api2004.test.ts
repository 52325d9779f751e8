import { expect } from "chai";
import type { Entry } from "./runtime/journal.ts";
import { createSession2004, errorStrings, setup2004, type Session2004 } from "./runtime/scorm2004/index.ts";

const learner = { learnerId: "l-1", learnerName: "Curie, Marie" };
const long = (length: number) => "x".repeat(length);

function running(): Session2004 {
  const session = createSession2004(setup2004(learner), null, () => 1_000_000);
  expect(session.initialize("")).to.equal("true");
  return session;
}

describe("responses and patterns of SCORM 2004 interactions", () => {
  const response = "learner_response";
  const pattern = "correct_responses.0.pattern";
  const rows: [type: string, member: string, good: string[], bad: string[]][] = [
    ["true-false", response, ["true", "false"], ["t", "1", "", "True"]],
    ["choice", response, ["a", "", "a[,]b", "urn:x[,]b"], ["a[,]a", "a[,]", "[,]", "{a}", "a[.]b"]],
    ["choice", pattern, ["a", "", "b[,]a"], ["a[,]a", "[,]a"]],
    ["fill-in", response, ["", "a[,]b", "{lang=de}ja[,]{lang=en}yes", "{lang", "[,]"], ["{lang=xx}a", "a[,]{lang=xx}b"]],
    ["fill-in", pattern, ["{case_matters=true}{order_matters=false}{lang=de}a[,]b", "{order_matters=true}a", "{lang=de}{case_matters=maybe}a"], ["{case_matters=maybe}a", "{order_matters=}a", "{order_matters=true}{lang=xx}a"]],
    ["long-fill-in", response, ["", "a[,]b", "{lang=fr}bon", long(4000)], ["{lang=xx}a"]],
    ["long-fill-in", pattern, ["{case_matters=true}{lang=fr}bon", "{lang=fr}bon", "{order_matters=maybe}a"], ["{case_matters=1}bon", "{case_matters=true}{lang=xx}a"]],
    ["matching", response, ["a[.]1", "a[.]1[,]b[.]2", "a[.]1[,]a[.]2"], ["a", "a[.]", "[.]1", "a[.]1[,]", "a[.]1[.]2", "a[,]b"]],
    ["matching", pattern, ["a[.]1"], ["z", "a[.]"]],
    ["performance", response, ["s[.]done", "[.]done", "s[.]", "s[.]1[,]t[.]2", "s[.]3.5", "[.]a b"], ["s", "[.]", "s[.]1[.]2", "s[.]1[,]", "[,]s[.]1", "{s}[.]1"]],
    ["performance", pattern, ["{order_matters=false}s[.]1[:]2[,]t[.]x", "s[.][:]4"], ["{order_matters=no}s[.]1"]],
    ["sequencing", response, ["a", "a[,]b[,]a"], ["[,]", "a[,]", "a[.]b", "{}"]],
    ["sequencing", pattern, ["a[,]b"], ["a[,]"]],
    ["likert", response, ["agree", "5"], ["", "a[,]b", "a[.]b", "{a}"]],
    ["likert", pattern, ["agree"], ["a[,]b"]],
    ["numeric", response, ["4", "-0.5"], ["", "4a", "1[:]2", "1,000"]],
    ["numeric", pattern, ["1[:]2", "1[:]", "[:]2", "4", "1[:]1", "[:]"], ["2[:]1", "a[:]b", "1[:]2[:]3", "", "1,000"]],
    ["other", response, ["", "anything {at} [all]"], [long(256_001)]],
  ];
  for (const [type, member, good, bad] of rows) {
    it(`take ${type} ${member} in its own notation alone`, () => {
      const session = running();
      session.setValue("cmi.interactions.0.id", "i1");
      session.setValue("cmi.interactions.0.type", type);
      for (const value of good) {
        expect(session.setValue(`cmi.interactions.0.${member}`, value), JSON.stringify(value.slice(0, 60))).to.equal("true");
        expect(session.getValue(`cmi.interactions.0.${member}`)).to.equal(value);
      }
      for (const value of bad) {
        expect(session.setValue(`cmi.interactions.0.${member}`, value), JSON.stringify(value.slice(0, 60))).to.equal("false");
        expect(session.getLastError()).to.equal("406");
      }
    });
  }

  it("have a second pattern only where there can be two right answers", () => {
    for (const [type, first, second, code] of [
      ["true-false", "true", "false", "351"],
      ["likert", "a", "b", "351"],
      ["numeric", "1[:]2", "3[:]4", "351"],
      ["other", "a", "b", "351"],
      ["choice", "a", "b", "0"],
      ["choice", "a[,]b", "b[,]a", "351"],
      ["sequencing", "a[,]b", "b[,]a", "0"],
      ["sequencing", "a[,]b", "a[,]b", "351"],
      ["fill-in", "a", "a", "0"],
      ["matching", "a[.]1", "a[.]1", "0"],
      ["performance", "a[.]1", "a[.]1", "0"],
    ] as const) {
      const session = running();
      session.setValue("cmi.interactions.0.id", "i1");
      session.setValue("cmi.interactions.0.type", type);
      session.setValue("cmi.interactions.0.correct_responses.0.pattern", first);
      session.setValue("cmi.interactions.0.correct_responses.1.pattern", second);
      expect(session.getLastError(), `${type} ${second}`).to.equal(code);
    }
  });
});

describe("the SCORM 2004 API", () => {
  it("knows twenty-six error codes and no others", () => {
    const session = running();
    expect(Object.keys(errorStrings)).to.have.length(26);
    for (const [code, words] of Object.entries(errorStrings)) expect(session.getErrorString(code)).to.equal(words);
    for (const code of ["", "001", "1444", "202", "__proto__", "toString", undefined]) expect(session.getErrorString(code)).to.equal("");
  });

  it("has a code of its own for each call before the session and after it, and begins once", () => {
    const session = createSession2004(setup2004(learner), null, () => 0);
    const codes = () =>
      [() => session.getValue("cmi.mode"), () => session.setValue("cmi.location", "x"), () => session.commit(""), () => session.terminate("")].map((call) => {
        expect(call()).to.be.oneOf(["", "false"]);
        return session.getLastError();
      });
    expect(codes()).to.deep.equal(["122", "132", "142", "112"]);
    expect(session.initialize("")).to.equal("true");
    expect(session.initialize("")).to.equal("false");
    expect(session.getLastError()).to.equal("103");
    expect(session.terminate("")).to.equal("true");
    expect(codes()).to.deep.equal(["123", "133", "143", "113"]);
    expect(session.initialize("")).to.equal("false");
    expect(session.getLastError()).to.equal("104");
  });

  it("answers what calls it from a window that outlasts its part as after the session's end, and journals nothing of it", () => {
    const journal: Entry[] = [];
    const session = createSession2004(setup2004(learner), null, () => 0, (entry) => journal.push(entry));
    session.initialize("");
    session.setValue("cmi.location", "here");
    session.shut();
    const calls = [() => session.initialize(""), () => session.getValue("cmi.mode"), () => session.setValue("cmi.location", "x"), () => session.commit(""), () => session.terminate("")];
    expect(calls.map((call) => [call(), session.getLastError()])).to.deep.equal([["false", "104"], ["", "123"], ["false", "133"], ["false", "143"], ["false", "113"]]);
    session.tick();
    expect(journal.map(([, , kind]) => kind)).to.deep.equal(["initialize", "set"]);
  });

  it("refuses a parameter other than the empty text with 201, forgives a missing one, and an element without a name is 301 or 351", () => {
    const session = createSession2004(setup2004(learner), null, () => 0);
    expect(session.initialize("x")).to.equal("false");
    expect(session.getLastError()).to.equal("201");
    expect(session.initialize()).to.equal("true");
    for (const call of [session.commit, session.terminate]) {
      expect(call("x")).to.equal("false");
      expect(session.getLastError()).to.equal("201");
    }
    session.getValue("");
    expect(session.getLastError()).to.equal("301");
    session.setValue(undefined, "x");
    expect(session.getLastError()).to.equal("351");
    expect(session.commit()).to.equal("true");
  });

  it("takes numbers, booleans and nothing as content passes them, and survives what is no text", () => {
    const session = running();
    expect(session.setValue("cmi.score.raw", 80)).to.equal("true");
    expect(session.getValue("cmi.score.raw")).to.equal("80");
    const unheard = { toString: () => { throw new Error("no text"); } };
    expect(session.setValue("cmi.location", unheard)).to.equal("false");
    expect(session.getLastError()).to.equal("406");
  });

  it("says in the diagnostic what was wrong, and leaves the error alone when it is asked about it", () => {
    const session = running();
    session.setValue("cmi.score.scaled", "2");
    expect(session.getDiagnostic("")).to.equal("cmi.score.scaled: not between -1 and 1");
    expect(session.getDiagnostic("407")).to.equal("cmi.score.scaled: not between -1 and 1");
    expect(session.getDiagnostic("404")).to.equal("Data Model Element Is Read Only");
    expect(session.getDiagnostic("999")).to.equal("");
    expect(session.getLastError()).to.equal("407");
    session.getValue("cmi.mode");
    expect(session.getLastError()).to.equal("0");
  });

  it("takes the state it is given as it is, and never changes the caller's copy", () => {
    const session = running();
    session.setValue("cmi.location", "here");
    const state = session.state();
    const copy = structuredClone(state);
    const again = createSession2004(setup2004(learner), state, () => 2_000_000);
    expect(again.getValue("cmi.location")).to.equal("here");
    again.setValue("cmi.location", "there");
    again.terminate("");
    expect(state).to.deep.equal(copy);
  });
});
