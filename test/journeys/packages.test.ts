import { expect } from "chai";
import type { BrowserContext } from "playwright-core";
import { isCadreError } from "../../core/kernel/errors.ts";
import type { Diagnostic } from "../../core/courses/packages/report.ts";
import { openItems } from "../../plugins/scorm/openings.ts";
import { unitsOf } from "../../plugins/scorm/units.ts";
import { password } from "../learning/support.ts";
import { courseOf, learnerIn } from "../scorm/support.ts";
import { givenPackage, takeIn } from "../support/packages.ts";
import { scormInChromium } from "../support/scorm-site.ts";
import { framesOf, openBrowser, said, signIn } from "./support.ts";

interface Expected {
  /** How many units can be played, and how many of the first three that are open begin by themselves to speak to us. */
  units: number;
  speak: number;
  /** Codes of what the report says. */
  report?: string[];
}

/** What the given packages of SCORM 1.2 are. */
const playable: Record<string, Expected> = {
  "scorm12/golf-singlescobasic.zip": { units: 1, speak: 1 },
  "scorm12/golf-RuntimeMinimumCalls_SCORM12-mini.zip": { units: 9, speak: 3 },
  "scorm12/golf-ContentPackagingOneFilePerSCO_SCORM12.zip": { units: 18, speak: 0, report: ["scorm_assets_only"] },
  "scorm12/golf-ContentPackagingWithMetadata_SCORM12-manifestonly.zip": { units: 1, speak: 0 },
  "scorm12/golf-singlesco_scorm12.zip": { units: 1, speak: 0 },
  "scorm12/jcp-LaunchUrlFromNestedItem_SCORM12.zip": { units: 2, speak: 0 },
  "scorm12/jcp-MultipleItemsWithIdentifierRef_SCORM12.zip": { units: 3, speak: 0 },
  "scorm12/jcp-PrerequisitesTest_SCORM12.zip": { units: 4, speak: 0, report: ["scorm_name_in_other_case", "scorm_prerequisites_in_words"] },
  "scorm12/orca-er_rel_trainer-SCORM12.zip": { units: 1, speak: 0, report: ["junk_skipped", "scorm_assets_only", "scorm_namespace_missing", "scorm_scormtype_missing"] },
  "scorm12/reload-interink.zip": { units: 1, speak: 0, report: ["scorm_schemaversion_missing"] },
  "odd/jcp-ItemWithNonExistentResourceId_SCORM12.zip": { units: 1, speak: 0, report: ["scorm_identifierref_dangling"] },
};

/** Those that can't be played, with the reason that the report gives. */
const refused: Record<string, string> = {
  "odd/jcp-ComplexNestedOrganization_SCORM12.zip": "scorm_nothing_to_open",
  "odd/jcp-InvalidFileReferences_SCORM12.zip": "scorm_nothing_to_open",
  "odd/jcp-MissingRequiredFields_SCORM12.zip": "scorm_nothing_to_open",
};

const codesOf = (diagnostics: readonly Diagnostic[]) => [...new Set(diagnostics.map(({ code }) => code))].sort();

describe("The given packages of SCORM 1.2", function () {
  this.timeout(120_000);
  const site = scormInChromium({ needs: ["scorm12/golf-singlescobasic.zip"] });
  let context: BrowserContext & { complaints: string[] };

  beforeEach(async () => void (context = await openBrowser(site.browser)));
  afterEach(() => context?.close());

  for (const [file, { units, speak, report = [] }] of Object.entries(playable)) {
    it(`imports ${file}, launches it and lets it speak`, async () => {
      const { versionId, imported } = await takeIn(site.host, givenPackage(file) ?? "");
      expect(codesOf(imported.diagnostics)).to.deep.equal(report);
      const all = unitsOf(imported.structure);
      expect(all).to.have.length(units);
      const course = await courseOf(site.host, versionId);
      const learner = await learnerIn(site.host, course);
      const page = await context.newPage();
      await signIn(context, site.host.url, { email: learner.email, password });
      const open = openItems(imported.structure, {});
      for (const [index, { identifier }] of all.filter((unit) => open.has(unit.identifier)).slice(0, 3).entries()) {
        const loaded = page.waitForResponse((response) => response.url().includes("/content/"));
        await page.goto(`${site.host.url}/courses/${course.slug}/play/${course.item}?unit=${encodeURIComponent(identifier)}`);
        expect((await loaded).status()).to.equal(200);
        await framesOf(page);
        if (index < speak) await said(page, /Saved \d\d:\d\d:\d\d/);
      }
      expect((await learner.told()).filter((verb) => verb === "initialized")).to.have.length(speak);
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
      expect((error.data.diagnostics as Diagnostic[]).filter(({ severity }) => severity === "error").map(({ code }) => code)).to.include(reason);
      expect((error.data.diagnostics as Diagnostic[]).every(({ line }) => line === undefined || line > 0)).to.equal(true);
    });
  }
});
