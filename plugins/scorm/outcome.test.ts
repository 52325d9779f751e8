import { expect } from "chai";
import { moved, opened, rolledUp, untouched, type UnitOutcome, type UnitOutcomes } from "./outcome.ts";
import type { Summary12 } from "./runtime/scorm12/index.ts";

const summary = (given: Partial<Summary12>): Summary12 => ({
  attempt: 1, lessonStatus: "incomplete", statusSetBy: "content", completed: null, success: null, score: null, location: "", timeSpentMs: 0, open: true, ended: null, objectives: [], interactions: [], ...given,
});
const score = (raw: number) => ({ raw, scaled: raw / 100 });
const unit = (given: Partial<UnitOutcome>): UnitOutcome => ({ ...untouched, ...given });

describe("The outcome of a unit", () => {
  const statuses: [string, UnitOutcome["status"], UnitOutcome["status"]][] = [
    ["not attempted", "not-started", "in-progress"],
    ["browsed", "not-started", "in-progress"],
    ["incomplete", "in-progress", "in-progress"],
    ["failed", "in-progress", "failed"],
    ["incomplete", "failed", "failed"],
    ["completed", "failed", "completed"],
    ["incomplete", "completed", "completed"],
    ["failed", "passed", "passed"],
    ["passed", "completed", "passed"],
  ];
  for (const [said, before, after] of statuses) {
    it(`is ${after} when the content says "${said}" of what was ${before}`, () => {
      expect(moved(unit({ status: before }), summary({ lessonStatus: said }), 1).status).to.equal(after);
    });
  }

  it("takes the latest score of one attempt, up or down, and the best of several", () => {
    let place = moved(untouched, summary({ score: score(100) }), 1);
    place = moved(place, summary({ score: score(60) }), 2);
    expect(place.score).to.deep.equal(score(60));
    place = moved(place, summary({ score: null }), 3);
    expect(place.score, "a score is not lost").to.deep.equal(score(60));
    place = moved(place, summary({ attempt: 2, score: score(90) }), 4);
    place = moved(place, summary({ attempt: 2, score: score(70) }), 5);
    expect(place.score).to.deep.equal(score(70));
    place = moved(place, summary({ attempt: 2, score: score(10) }), 6);
    expect(place.score).to.deep.equal(score(60));
  });

  it("is only made better by a journal that comes late", () => {
    const place = moved(untouched, summary({ score: score(50), timeSpentMs: 9000 }), 100);
    expect(moved(place, summary({ score: score(40), timeSpentMs: 8000 }), 50)).to.deep.equal(place);
    expect(moved(place, summary({ lessonStatus: "passed", score: score(80) }), 50)).to.deep.include({ status: "passed", score: score(80), lastMs: 100 });
  });

  it("is complete for an asset once it was opened", () => expect(opened(untouched, 5)).to.include({ status: "completed", lastMs: 5 }));
});

describe("The outcome of an item", () => {
  const cases: [string, UnitOutcome[], object][] = [
    ["nothing was opened", [unit({})], { status: "in-progress", score: null }],
    ["its only unit is done", [unit({ status: "passed", score: { raw: 8, min: 0, max: 10, scaled: 0.8 }, timeMs: 5 })], { status: "passed", score: 0.8, scoreRaw: 8, scoreMin: 0, scoreMax: 10, timeMs: 5 }],
    ["its only unit has a score without a scale", [unit({ status: "failed", score: { raw: 7, max: 9 } })], { status: "failed", score: null, scoreRaw: 7, scoreMax: 9 }],
    ["one of several is not done", [unit({ status: "passed", score: score(80) }), unit({ status: "in-progress" })], { status: "in-progress", score: 0.8, scoreRaw: null }],
    ["all are completed", [unit({ status: "completed", timeMs: 2 }), unit({ status: "completed", timeMs: 3 })], { status: "completed", score: null, timeMs: 5 }],
    ["one passed and the others are completed", [unit({ status: "passed", score: score(80) }), unit({ status: "completed", score: score(40) }), unit({ status: "completed" })], { status: "passed", score: 0.6000000000000001 }],
    ["one failed and the others are done", [unit({ status: "failed" }), unit({ status: "passed" })], { status: "failed" }],
  ];
  for (const [when, units, expected] of cases) {
    it(`follows its rule when ${when}`, () => expect(rolledUp(Object.fromEntries(units.map((each, index) => [String(index), each])) as UnitOutcomes)).to.deep.include(expected));
  }
});
