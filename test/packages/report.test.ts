import { expect } from "chai";
import { createReport } from "../../core/courses/packages/report.ts";

const codes = {
  broken: { severity: "error", sentence: "{path} is broken: {reason}." },
  plain: { severity: "note", sentence: "{path} is there." },
  odd: { severity: "leniency", sentence: "{path} is odd." },
} as const;

describe("The report of an import", () => {
  it("puts what it is given into the code's sentence", () => {
    const report = createReport(codes);
    report.add("broken", { path: "a.html", line: 3, reason: "it is empty" });
    expect(report.diagnostics).to.deep.equal([{ severity: "error", code: "broken", message: "a.html is broken: it is empty.", path: "a.html", line: 3 }]);
  });

  it("is ok until there is an error", () => {
    const report = createReport(codes);
    report.add("odd", { path: "a" });
    expect(report.ok).to.equal(true);
    report.add("broken", { path: "a" });
    expect(report.ok).to.equal(false);
  });

  it("says the same thing at the same place once", () => {
    const report = createReport(codes);
    for (const line of [1, 1, 2]) report.add("odd", { path: "a", line });
    expect(report.diagnostics).to.have.length(2);
  });

  it("keeps 20 of a kind and counts the rest", () => {
    const report = createReport(codes);
    for (let line = 1; line <= 50; line++) report.add("odd", { path: "a", line });
    expect(report.diagnostics).to.have.length(21);
    expect(report.diagnostics.at(-1)).to.deep.equal({ severity: "leniency", code: "odd", message: "The same again, 30 times more." });
  });

  it("keeps 3 of a note, and tells the rest right after them", () => {
    const report = createReport(codes);
    for (let line = 1; line <= 4; line++) report.add("plain", { path: "a", line });
    report.add("odd", { path: "b" });
    expect(report.diagnostics.map(({ message }) => message)).to.deep.equal([...Array<string>(3).fill("a is there."), "The same once more.", "b is odd."]);
  });

  it("knows only the codes it was given", () => {
    expect(() => createReport(codes).add("new_one")).to.throw('No diagnostic is declared under "new_one".');
  });
});
