import { expect } from "chai";
import type { Diagnostic } from "../../core/courses/packages/report.ts";
import { isCadreError } from "../../core/kernel/errors.ts";
import { playedFrom } from "../../plugins/scorm/play2004/course.ts";
import { givenPackage, takeIn } from "../support/packages.ts";
import { scormSite } from "../support/scorm-site.ts";
import { openCourse } from "./course2004.ts";
import { courseOf, learnerIn } from "./support.ts";

interface Expected {
  edition: string;
  /** How many activities open something. */
  activities: number;
  /** Codes of what the report says. */
  report?: string[];
}

/** What the given packages of SCORM 2004 are. */
const playable: Record<string, Expected> = {
  "scorm2004/golf-ContentPackagingSingleSCO_SCORM20042ndEdition.zip": { edition: "2004 2nd Edition", activities: 1 },
  "scorm2004/golf-RunTimeAdvancedCalls_SCORM20043rdEdition.zip": { edition: "2004 3rd Edition", activities: 1 },
  "scorm2004/golf-RuntimeBasicCalls_SCORM20043rdEdition.zip": { edition: "2004 3rd Edition", activities: 1 },
  "scorm2004/golf-RuntimeMinimumCalls_SCORM20043rdEdition.zip": { edition: "2004 3rd Edition", activities: 18 },
  "scorm2004/golf-SequencingForcedSequential_SCORM20043rdEdition.zip": { edition: "2004 3rd Edition", activities: 5 },
  "scorm2004/golf-SequencingPostTestRollup4thEd_SCORM20044thEdition.zip": { edition: "2004 4th Edition", activities: 5, report: ["scorm_outside_host"] },
  "scorm2004/golf-SequencingPreOrPostTestRollup_SCORM20043rdEdition.zip": { edition: "2004 3rd Edition", activities: 6 },
  "scorm2004/golf-SequencingRandomTest_SCORM20043rdEdition.zip": { edition: "2004 3rd Edition", activities: 8 },
  "scorm2004/golf-SequencingSimpleRemediation_SCORM20043rdEdition.zip": { edition: "2004 3rd Edition", activities: 8 },
};

/** Those that can't be played, with the reason that the report gives. */
const refused: Record<string, string> = {
  "odd/jcp-AdlAttributes_SCORM20043rdEdition.zip": "scorm_nothing_to_open",
  "odd/jcp-ContentPackagingNoSchemaVersion_SCORM20042ndEdition.zip": "scorm_nothing_to_open",
  "odd/jcp-MinimalValid_SCORM20043rdEdition.zip": "scorm_nothing_to_open",
};

describe("The given packages of SCORM 2004", function () {
  this.timeout(60_000);
  const site = scormSite({ needs: Object.keys(playable) });

  for (const [file, { edition, activities, report = [] }] of Object.entries(playable)) {
    it(`imports ${file}, opens it, takes what its content says and suspends it`, async () => {
      const { versionId, imported } = await takeIn(site.host, givenPackage(file) ?? "");
      expect([...new Set(imported.diagnostics.map(({ code }) => code))].sort()).to.deep.equal(report);
      expect([imported.format, imported.structure.edition]).to.deep.equal(["scorm2004", edition]);
      expect(playedFrom(versionId, imported.structure).leaves.size).to.equal(activities);
      const course = await courseOf(site.host, versionId);
      const learner = await learnerIn(site.host, course);
      const player = await openCourse(site.host, learner, course.item);
      expect((await fetch(player.delivery.scoUrl ?? "")).status).to.equal(200);
      const { status, json } = await player.go({ kind: "leave" }, "initialize", ["cmi.location", "2"], ["cmi.exit", "suspend"], "finish");
      expect([status, json.divergences, json.move?.ended]).to.deep.equal([200, undefined, true]);
      const again = await openCourse(site.host, learner, course.item);
      expect([again.delivery.activity, again.delivery.setup.entry, again.delivery.state.cmi["cmi.location"]]).to.deep.equal([player.delivery.activity, "resume", "2"]);
    });
  }

  for (const [file, reason] of Object.entries(refused)) {
    it(`refuses ${file} with its reason`, async () => {
      const error = await takeIn(site.host, givenPackage(file) ?? "").then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (!isCadreError(error)) throw new Error("It was taken.");
      expect([error.code, error.status]).to.deep.equal(["package_refused", 422]);
      const diagnostics = error.data.diagnostics as Diagnostic[];
      expect(diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code)).to.include(reason);
    });
  }
});
