import { expect } from "chai";
import { adlCase, caseIds, needCases } from "./cases.ts";
import { readPackage, type AdlPackage } from "./packages.ts";
import { newTesttaker, runCase } from "./runner.ts";

/**
 * ADL's LMS test for SCORM 2004 4th Edition at the level of the engine: one learner goes through all cases in order, with shared objectives and
 * shared data kept from package to package.
 */
describe("SCORM 2004 before ADL's cases", () => {
  const learner = newTesttaker();
  const packages = new Map<string, Promise<AdlPackage>>();
  const packageOf = (id: string) => {
    const reading = packages.get(id) ?? readPackage(id);
    packages.set(id, reading);
    return reading;
  };

  before(function () {
    needCases(this);
  });

  for (const id of caseIds()) {
    it(`passes ${id}`, async () => {
      expect(await runCase(adlCase(id), { learner, packageOf })).to.deep.equal([]);
    });
  }
});
