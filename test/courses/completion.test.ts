import { expect } from "chai";
import { completionChoices } from "../../core/courses/completion-choices.ts";
import { isComplete, progressOf, type CompletionRule, type ItemProgress } from "../../core/courses/completion.ts";
import { placed } from "../../core/courses/order.ts";
import { slugOf } from "../../core/courses/slugs.ts";

const done: ItemProgress = { completed: true, score: null };
const begun: ItemProgress = { completed: false, score: null };
const scored = (score: number): ItemProgress => ({ completed: true, score });
const items = [
  { key: "a", required: true },
  { key: "b", required: true },
  { key: "c", required: false },
];
const optional = items.map(({ key }) => ({ key, required: false }));

const cases: { rule: CompletionRule; items?: typeof items; progress: Record<string, ItemProgress>; complete: boolean; ratio: number }[] = [
  { rule: { type: "all-required" }, progress: {}, complete: false, ratio: 0 },
  { rule: { type: "all-required" }, progress: { a: done, c: done }, complete: false, ratio: 0.5 },
  { rule: { type: "all-required" }, progress: { a: done, b: begun }, complete: false, ratio: 0.5 },
  { rule: { type: "all-required" }, progress: { a: done, b: done }, complete: true, ratio: 1 },
  { rule: { type: "all-required" }, items: optional, progress: { a: done, b: done }, complete: false, ratio: 2 / 3 },
  { rule: { type: "all-required" }, items: optional, progress: { a: done, b: done, c: done }, complete: true, ratio: 1 },
  { rule: { type: "all-required" }, items: [], progress: {}, complete: false, ratio: 0 },
  { rule: { type: "items", keys: ["c"] }, progress: { a: done, b: done }, complete: false, ratio: 0 },
  { rule: { type: "items", keys: ["c"] }, progress: { c: done }, complete: true, ratio: 1 },
  { rule: { type: "items", keys: ["c", "gone"] }, progress: { c: done, gone: done }, complete: false, ratio: 0.5 },
  { rule: { type: "count", atLeast: 2 }, progress: { c: done }, complete: false, ratio: 0.5 },
  { rule: { type: "count", atLeast: 2 }, progress: { a: done, c: done }, complete: true, ratio: 1 },
  { rule: { type: "score", itemKey: "b", atLeast: 0.8 }, progress: { a: done, b: scored(0.79) }, complete: false, ratio: 0.99 },
  { rule: { type: "score", itemKey: "b", atLeast: 0.8 }, progress: { b: scored(0.8) }, complete: true, ratio: 1 },
  { rule: { type: "score", itemKey: "b", atLeast: 0 }, progress: { b: done }, complete: false, ratio: 0.5 },
];

describe("Completion rules", () => {
  for (const { rule, items: some = items, progress, complete, ratio } of cases) {
    it(`${JSON.stringify(rule)} of ${some.length} items with ${JSON.stringify(progress)} is ${complete ? "complete" : `at ${Math.round(ratio * 100)} %`}`, () => {
      const byKey = new Map(Object.entries(progress));
      expect(isComplete(rule, some, byKey)).to.equal(complete);
      expect(progressOf(rule, some, byKey)).to.equal(ratio);
    });
  }

  it("offers the rules that fit the course, and the present one wherever it came from", () => {
    const kinds = new Map([["package", { label: "Package", icon: "package", opens: "player" as const, scored: true, content: {} }]]);
    const titled = [
      { key: "a", kind: "page", title: "Read" },
      { key: "b", kind: "package", title: "Play" },
    ];
    const labels = completionChoices({ type: "items", keys: ["a"] }, titled, kinds).map(({ label }) => label);
    expect(labels).to.deep.equal([
      "Every required item is completed",
      "Any one item is completed",
      "Score of 70% or more in “Play”",
      "Score of 80% or more in “Play”",
      "Score of 90% or more in “Play”",
      "Completed: Read",
    ]);
  });
});

describe("Slugs", () => {
  for (const [title, slug] of [
    ["Phishing: see it, report it", "phishing-see-it-report-it"],
    ["Été à l'école", "ete-a-lecole"],
    ["日本語", "course"],
    ["  --  ", "course"],
    ["x".repeat(200), "x".repeat(80)],
  ] as const) {
    it(`"${title.slice(0, 40)}" becomes ${slug.slice(0, 40)}`, () => expect(slugOf(title)).to.equal(slug));
  }
});

describe("Placing in an order", () => {
  for (const [key, position, result] of [
    ["a", 0, "abc"],
    ["a", 1, "bac"],
    ["a", 99, "bca"],
    ["a", undefined, "bca"],
    ["new", 1, "anewbc"],
  ] as const) {
    it(`${key} at ${position ?? "the end"} of abc is ${result}`, () => expect(placed(["a", "b", "c"], key, position).join("")).to.equal(result));
  }
});
