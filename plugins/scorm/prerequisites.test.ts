import { expect } from "chai";
import { isMet, parsePrerequisites, type PrerequisiteStatus } from "./runtime/scorm12/prerequisites.ts";

const stand: Record<string, PrerequisiteStatus> = { P: "passed", C: "completed", B: "browsed", F: "failed", N: "not attempted", I: "incomplete" };

describe("Prerequisites of SCORM 1.2 (aicc_script)", () => {
  const scripts: [script: string, met: boolean][] = [
    ["P", true],
    ["C", true],
    ["B", false],
    ["F", false],
    ["N", false],
    ["I", false],
    ["P & C", true],
    ["P&I", false],
    ["I | C", true],
    ["I|N", false],
    ["P | I & N", true],
    ["(P | I) & N", false],
    ["~N", true],
    ["~P", false],
    ["~~P", true],
    ["~(P & N)", true],
    ["~N & P", true],
    ["P=passed", true],
    ['P = "passed"', true],
    ["P=Passed", true],
    ["P=P", true],
    ["C=passed", false],
    ["C<>passed", true],
    ["F=failed", true],
    ["F=f & B=b", true],
    ["B=browsed", true],
    ["I=incomplete", true],
    ["N=not attempted", true],
    ['N="not attempted"', true],
    ["N=n", true],
    ["N<>not attempted | F", false],
    ["2*{P,C,N}", true],
    ["3*{P,C,N}", false],
    ["2*{P, (I|N), C=completed}", true],
    ["0*{N}", true],
    ["P & 1*{N,C} & ~F", true],
    ["P AND C", true],
    ["(P and I) OR C", true],
    ["NOT P", false],
  ];
  for (const [script, met] of scripts) {
    it(`${script} is ${met ? "met" : "not met"}`, () => {
      const parsed = parsePrerequisites(script);
      if (!parsed?.ok) return expect.fail(`not read: ${JSON.stringify(parsed)}`);
      expect(isMet(parsed.prerequisite, (item) => stand[item] ?? expect.fail(`asked for ${item}`))).to.equal(met);
    });
  }

  const unreadable: [script: string, why: string][] = [
    ["P &", "an item is missing at its end"],
    ["& P", "an item is missing before “&”"],
    ["(P", "“)” is missing at its end"],
    ["P)", "“)” is one too many"],
    ["P C", "“C” is one too many"],
    ["P=", "“” is no status"],
    ["P=done", "“done” is no status"],
    ["2*{P", "“}” is missing at its end"],
    ["2*P", "“{” is missing before “P”"],
    ["{P}", "an item is missing before “{”"],
    ["P < C", "“<” is one too many"],
    ["(".repeat(2000), "it is too long"],
  ];
  for (const [script, why] of unreadable) {
    it(`${script.slice(0, 20)} is not read: ${why}`, () => void expect(parsePrerequisites(script)).to.deep.equal({ ok: false, why }));
  }

  it("are none where nothing is written", () => {
    expect([parsePrerequisites(""), parsePrerequisites(" \n ")]).to.deep.equal([null, null]);
  });

  it("name their items once each, and whether they were joined by words", () => {
    expect(parsePrerequisites("A & (B-1|A) & 1*{item.3}")).to.deep.include({ items: ["A", "B-1", "item.3"], inWords: false });
    expect(parsePrerequisites("A and B")).to.deep.include({ items: ["A", "B"], inWords: true });
  });
});
