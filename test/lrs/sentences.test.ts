import { expect } from "chai";
import { daysOf, lineOf, sentencesOf, type Sentence } from "../../core/lrs/sentences.ts";
import { durationMsOf } from "../../core/lrs/statement/durations.ts";
import { statement, uuid } from "./support.ts";

const verbs = new Map([["http://example.org/verbs/tried", "had a go at"]]);
const definitions = new Map([["http://example.org/activities/one", { name: { en: "Number one" } }]]);
const sentence = (changes: Record<string, unknown> = {}): Sentence => sentencesOf([{ raw: JSON.stringify({ id: uuid(1), timestamp: "2026-03-04T23:30:00Z", ...statement(), ...changes }) }], { verbs, definitions })[0]!;

describe("records: statements as sentences", () => {
  for (const [what, changes, line] of [
    ["by what others have said of verb and activity", {}, "ann@example.org had a go at Number one"],
    ["by its own words first", { actor: { mbox: "mailto:a@b.org", name: "Ann" }, verb: { id: "http://e/v", display: { de: "versuchte", "en-US": "tried" } }, object: { id: "http://e/o", definition: { name: { fr: "Un" } } } }, "Ann tried Un"],
    ["by the ends of IRIs for want of words", { actor: { account: { homePage: "http://e", name: "u-1" } }, verb: { id: "http://e/verbs/sang" }, object: { id: "http://e/songs/Ode%20to%20joy" } }, "u-1 sang Ode to joy"],
    ["by a question's text", { object: { id: "http://e/q1", definition: { description: { en: "Which port?" } } } }, "ann@example.org had a go at Which port?"],
    ["of a person", { object: { objectType: "Agent", mbox: "mailto:bo@b.org" } }, "ann@example.org had a go at bo@b.org"],
    ["of a group without a name", { actor: { objectType: "Group", member: [{ mbox: "mailto:a@b.org" }, { mbox: "mailto:c@b.org", name: "Cy" }] } }, "a@b.org, Cy had a go at Number one"],
    ["of another statement", { object: { objectType: "StatementRef", id: uuid(2) } }, `ann@example.org had a go at the statement ${uuid(2)}`],
    ["of what was only meant", { object: { objectType: "SubStatement", ...statement({ verb: { id: "http://e/pass" } }) } }, "ann@example.org had a go at “ann@example.org pass Number one”"],
    ["with a broken IRI", { object: { id: "http://e/%E0%A4%A" } }, "ann@example.org had a go at %E0%A4%A"],
  ] as [string, Record<string, unknown>, string][]) {
    it(`reads ${what}`, () => expect(lineOf(sentence(changes))).to.equal(line));
  }

  for (const [what, result, wanted] of [
    ["a scaled score", { score: { scaled: -0.5, raw: 1, max: 2 } }, { score: -0.5 }],
    ["a raw score within its bounds", { score: { raw: 15, min: 10, max: 20 } }, { score: 0.5 }],
    ["no score without a maximum", { score: { raw: 15 } }, { score: null }],
    ["success", { success: true }, { success: true, tone: "good" }],
    ["failure", { success: false }, { success: false, tone: "bad" }],
    ["a duration", { duration: "PT1M30.5S" }, { durationMs: 90_500 }],
    ["a response of several choices", { response: "a[,]b" }, { response: "a, b" }],
    ["pairs that were matched", { response: "a[.]1[,]b[.]2" }, { response: "a → 1, b → 2" }],
  ] as [string, object, object][]) {
    it(`tells ${what}`, () => expect(sentence({ result })).to.include(wanted));
  }

  it("takes every form of timestamp that xAPI has", () => {
    for (const [sent, at] of [["2026-03-04T05:06:07.1234567+01:00", "2026-03-04T04:06:07.123Z"], ["20260304T050607Z", "2026-03-04T05:06:07.000Z"], ["2026-03-04", "2026-03-04T00:00:00.000Z"], ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"]]) {
      expect(sentence({ timestamp: sent }).at, sent).to.equal(at);
    }
  });

  it("shows the JSON with its numbers as they were sent", () => {
    const [shown] = sentencesOf([{ raw: `{"id":"${uuid(1)}","timestamp":"2026-03-04","result":{"extensions":{"http://e/x":12345678901234567890}},${JSON.stringify(statement()).slice(1)}` }], { verbs });
    expect(shown!.raw).to.include('\n      "http://e/x": 12345678901234567890\n');
  });

  it("puts a statement into the day the reader's clock had, the newest day first", () => {
    const at = ["2026-03-04T23:30:00Z", "2026-03-05T00:30:00Z", "2026-03-05T06:00:00Z"];
    const sentences = at.map((timestamp) => sentence({ timestamp })).reverse();
    const days = (timeZone: string) => daysOf(sentences, timeZone).map(({ statements }) => statements.map((one) => at.indexOf(one.at.replace(".000", ""))));
    expect(days("UTC")).to.deep.equal([[1, 2], [0]]);
    expect(days("America/New_York")).to.deep.equal([[2], [0, 1]]);
  });

  for (const [text, ms] of [["P1W", 604_800_000], ["P1DT2H", 93_600_000], ["PT0,5S", 500], ["P1M", null], ["soon", null]] as const) {
    it(`reads the duration ${text}`, () => expect(durationMsOf(text)).to.equal(ms));
  }
});
