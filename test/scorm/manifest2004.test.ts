import { expect } from "chai";
import { createReport } from "../../core/courses/packages/report.ts";
import { readManifest2004, scorm2004Diagnostics, type Item2004, type Manifest2004 } from "../../plugins/scorm/manifest2004.ts";
import type { CourseItem } from "../../plugins/scorm/runtime/engine/index.ts";
import { defaultSequencing } from "../../plugins/scorm/runtime/sequencing/index.ts";
import { readZip } from "./packages2004.ts";
import { treeOfXml } from "./xml.ts";

interface Reading {
  manifest: Manifest2004 | null;
  items: Item2004[];
  /** "warning value_invalid", in the order said. */
  says: string[];
  lines: (number | undefined)[];
}

const namespaces =
  'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3" xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss"';
const resource = '<resource identifier="r" type="webcontent" adlcp:scormType="sco" href="index.html?a=1"/>';

/** Reads a manifest whose default organization holds `items`; `rest` follows the resources. */
async function read(items: string, { rest = "", organization = "", resources = resource, version = "2004 4th Edition", files = ["index.html", "in/deep/page.html"] } = {}): Promise<Reading> {
  const metadata = version === "" ? "" : `<metadata><schema>ADL SCORM</schema><schemaversion>${version}</schemaversion></metadata>`;
  const xml = `<manifest identifier="m" ${namespaces}>
${metadata}<organizations default="o"><organization identifier="o" ${organization}><title>Course</title>
${items}</organization></organizations>
<resources>${resources}</resources>${rest}</manifest>`;
  const report = createReport(scorm2004Diagnostics);
  const manifest = readManifest2004(await treeOfXml(xml), { has: (path) => files.includes(path), find: (path) => files.find((one) => one === path) }, report);
  const { diagnostics } = report;
  const said = diagnostics.map(({ severity, code }) => `${severity} ${code.replace("scorm_", "")}`);
  return { manifest, items: manifest?.organizations[0]?.items ?? [], says: said, lines: diagnostics.map(({ line }) => line) };
}

const item = (inner: string, attributes = "") => `<item identifier="i" identifierref="r" ${attributes}><title>Item</title>${inner}</item>`;
const sequencing = (inner: string, attributes = "") => item(`<imsss:sequencing ${attributes}>${inner}</imsss:sequencing>`);
const sequencingOf = async (inner: string) => (await read(sequencing(inner))).items[0]?.sequencing;

describe("the manifest of SCORM 2004", () => {
  it("gives an item that says nothing the defaults of the standard", async () => {
    const { items, says } = await read(item(""));
    expect(items[0]?.sequencing).to.deep.equal(defaultSequencing());
    expect(says).to.deep.equal([]);
  });

  it("reads control modes, limits, delivery controls and considerations", async () => {
    const read = await sequencingOf(`<imsss:controlMode choice="false" choiceExit="0" flow="true" forwardOnly=" true "/>
      <imsss:limitConditions attemptLimit="2" attemptAbsoluteDurationLimit="PT1M"/><imsss:deliveryControls tracked="false" objectiveSetByContent="1"/>
      <adlseq:constrainedChoiceConsiderations preventActivation="true"/><adlseq:rollupConsiderations requiredForCompleted="ifNotSkipped" measureSatisfactionIfActive="false"/>
      <imsss:randomizationControls randomizationTiming="once" reorderChildren="true" selectionTiming="onEachNewAttempt" selectCount="3"/>`);
    expect(read?.controlMode).to.deep.include({ choice: false, choiceExit: false, flow: true, forwardOnly: true, useCurrentAttemptObjectiveInfo: true });
    expect(read?.limits).to.deep.equal({ attemptLimit: 2, attemptAbsoluteDurationMs: 60_000 });
    expect(read?.deliveryControls).to.deep.equal({ tracked: false, completionSetByContent: false, objectiveSetByContent: true });
    expect(read?.constrainedChoice).to.deep.equal({ preventActivation: true, constrainChoice: false });
    expect(read?.rollupConsiderations).to.deep.include({ requiredForCompleted: "ifNotSkipped", requiredForSatisfied: "always", measureSatisfactionIfActive: false });
    expect(read?.randomization).to.deep.equal({ selectionTiming: "onEachNewAttempt", selectCount: 3, randomizationTiming: "once", reorderChildren: true });
  });

  it("reads rules with their conditions, all joined by default", async () => {
    const read = await sequencingOf(`<imsss:objectives><imsss:primaryObjective/><imsss:objective objectiveID="o1"/></imsss:objectives><imsss:sequencingRules>
      <imsss:preConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="objectiveMeasureLessThan" measureThreshold="0.5" operator="not" referencedObjective="o1"/></imsss:ruleConditions><imsss:ruleAction action="skip"/></imsss:preConditionRule>
      <imsss:exitConditionRule><imsss:ruleConditions conditionCombination="any"><imsss:ruleCondition condition="satisfied"/></imsss:ruleConditions><imsss:ruleAction action="exit"/></imsss:exitConditionRule>
      <imsss:postConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="always"/></imsss:ruleConditions><imsss:ruleAction action="retryAll"/></imsss:postConditionRule></imsss:sequencingRules>`);
    expect(read?.preConditionRules).to.deep.equal([{ action: "skip", combination: "all", conditions: [{ condition: "objectiveMeasureLessThan", not: true, objective: "o1", measureThreshold: 0.5 }] }]);
    expect(read?.exitConditionRules[0]?.combination).to.equal("any");
    expect(read?.postConditionRules[0]?.action).to.equal("retryAll");
  });

  it("reads rollup rules, any condition being enough by default", async () => {
    const read = await sequencingOf(`<imsss:rollupRules rollupObjectiveSatisfied="false" objectiveMeasureWeight="0.25"><imsss:rollupRule childActivitySet="atLeastPercent" minimumPercent=".5">
      <imsss:rollupConditions><imsss:rollupCondition condition="attempted" operator="not"/></imsss:rollupConditions><imsss:rollupAction action="incomplete"/></imsss:rollupRule></imsss:rollupRules>`);
    expect(read?.rollup).to.deep.equal({ objectiveSatisfied: false, progressCompletion: true, objectiveMeasureWeight: 0.25 });
    expect(read?.rollupRules).to.deep.equal([
      { action: "incomplete", childActivitySet: "atLeastPercent", minimumCount: 0, minimumPercent: 0.5, combination: "any", conditions: [{ condition: "attempted", not: true }] },
    ]);
  });

  it("joins the maps of the 4th edition to the objectives they name", async () => {
    const read = await sequencingOf(`<imsss:objectives><imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true"><imsss:minNormalizedMeasure> 0.7 </imsss:minNormalizedMeasure><imsss:mapInfo targetObjectiveID="g" writeSatisfiedStatus="true"/></imsss:primaryObjective></imsss:objectives>
      <adlseq:objectives><adlseq:objective objectiveID="p"><adlseq:mapInfo targetObjectiveID="h" readRawScore="false" writeProgressMeasure="true"/></adlseq:objective></adlseq:objectives>`);
    expect(read?.objectives).to.deep.equal([
      {
        id: "p",
        primary: true,
        satisfiedByMeasure: true,
        minNormalizedMeasure: 0.7,
        maps: [
          { target: "g", read: ["satisfied", "measure"], write: ["satisfied"] },
          { target: "h", read: ["min", "max", "completed", "progress"], write: ["progress"] },
        ],
      },
    ]);
  });

  it("fills sections that an item leaves out from the collection, and no others", async () => {
    const collection = `<imsss:sequencingCollection><imsss:sequencing ID="s"><imsss:controlMode flow="true" choice="false"/><imsss:deliveryControls tracked="false"/></imsss:sequencing></imsss:sequencingCollection>`;
    const { items } = await read(sequencing('<imsss:controlMode forwardOnly="true"/>', 'IDRef=" s "'), { rest: collection });
    expect(items[0]?.sequencing.controlMode).to.deep.include({ flow: false, choice: true, forwardOnly: true });
    expect(items[0]?.sequencing.deliveryControls.tracked).to.equal(false);
  });

  it("reads what content is told", async () => {
    const { items } = await read(
      item(`<adlcp:dataFromLMS>data</adlcp:dataFromLMS><adlcp:timeLimitAction>exit, message</adlcp:timeLimitAction><adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.4" progressWeight="0.5"/>
        <adlcp:data><adlcp:map targetID=" b%201 " writeSharedData="false"/></adlcp:data>
        <adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>exitAll</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation>`),
    );
    expect(items[0]).to.deep.include({ dataFromLms: "data", timeLimitAction: "exit,message", completionThreshold: 0.4, hiddenControls: ["exitAll"], sharedData: [{ id: "b 1", read: true, write: false }] });
    expect(items[0]?.sequencing.completion).to.deep.equal({ completedByMeasure: true, minProgressMeasure: 0.4, progressWeight: 0.5 });
  });

  it("reads the completion threshold of earlier editions, which only content is told", async () => {
    const { items } = await read(item("<adlcp:completionThreshold>0.75</adlcp:completionThreshold>"), { version: "2004 3rd Edition" });
    expect(items[0]).to.deep.include({ completionThreshold: 0.75 });
    expect(items[0]?.sequencing.completion.completedByMeasure).to.equal(false);
  });

  it("joins parameters to the query and looks files up under xml:base", async () => {
    const based = '<resource identifier="r" adlcp:scormType="sco" xml:base="deep/" href="page.html#x"/>';
    const { items } = await read(item("", 'parameters="?b=2"'));
    expect(items[0]?.launch).to.deep.include({ path: "index.html", query: "?a=1&b=2" });
    const other = await read(item(""), { resources: based.replace("<resource", "<resource ").replace("deep/", "in/deep/") });
    expect(other.items[0]?.launch).to.deep.include({ path: "in/deep/page.html", query: "#x" });
  });

  it("reads a manifest within the manifest where an item stands for it", async () => {
    const inner = `<manifest identifier="sub" xml:base="in/"><organizations><organization identifier="so"><title>Sub</title><item identifier="si" identifierref="sr"><title>Sub item</title></item></organization></organizations>
      <resources><resource identifier="sr" adlcp:scormType="sco" href="deep/page.html"/></resources></manifest>`;
    const { items, says } = await read('<item identifier="i" identifierref="sub"><title>Part</title></item>', { rest: inner });
    expect(items[0]?.children.map(({ identifier, launch }) => [identifier, launch?.path])).to.deep.equal([["si", "in/deep/page.html"]]);
    expect(says).to.deep.equal(["note submanifest_grafted"]);
  });

  it("reads the scopes of objectives and shared data", async () => {
    const { manifest } = await read(item(""), { organization: 'adlseq:objectivesGlobalToSystem="false" adlcp:sharedDataGlobalToSystem="false"' });
    expect(manifest?.organizations[0]).to.deep.include({ objectivesGlobalToSystem: false, sharedDataGlobalToSystem: false });
  });

  it("guesses the edition of a manifest that does not say it", async () => {
    expect((await read(item(""), { version: "" })).manifest?.edition).to.equal("3rd");
    const fourth = await read(item("<adlcp:data/>"), { version: "" });
    expect([fourth.manifest?.edition, ...fourth.says]).to.deep.equal(["4th", "leniency edition_guessed"]);
    expect((await read(item(""), { version: "CAM 1.3" })).manifest?.edition).to.equal("2nd");
  });

  const found: [what: string, items: string, says: string[]][] = [
    ["a value that is none", sequencing('<imsss:controlMode flow="yes"/>'), ["warning value_invalid"]],
    ["a rule with an action that nobody knows, which is left out", sequencing('<imsss:sequencingRules><imsss:preConditionRule><imsss:ruleAction action="dance"/></imsss:preConditionRule></imsss:sequencingRules>'), ["warning value_invalid"]],
    ["a threshold out of bounds", sequencing('<imsss:objectives><imsss:primaryObjective><imsss:minNormalizedMeasure>2</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives>'), ["warning value_invalid"]],
    ["a shared sequencing that is not there", sequencing("", 'IDRef="none"'), ["warning sequencing_reference_unknown"]],
    ["an objective named twice", sequencing('<imsss:objectives><imsss:primaryObjective objectiveID="x"/><imsss:objective objectiveID="x"/></imsss:objectives>'), ["warning objective_repeated"]],
    ["maps of an objective that is not there", sequencing('<adlseq:objectives><adlseq:objective objectiveID="x"/></adlseq:objectives>'), ["warning objective_unknown"]],
    ["a control that nobody knows", item("<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>quit</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation>"), ["warning value_invalid"]],
    ["an item that opens something and has items below it", item('<item identifier="j" identifierref="r"><title>J</title></item>'), ["warning sequencing_leaf_only"]],
    ["a resource that is not there", item('<item identifier="j" identifierref="gone"><title>J</title></item><item identifier="k" identifierref="r"><title>K</title></item>').replace(' identifierref="r" ', " "), ["warning identifierref_dangling"]],
    ["nothing to open", '<item identifier="i"><title>I</title></item>', ["error nothing_to_open"]],
  ];
  for (const [what, items, says] of found) it(`reports ${what}`, async () => expect((await read(items)).says).to.deep.equal(says));

  it("says in which line", async () => expect((await read(`\n\n${sequencing('<imsss:controlMode flow="yes"/>')}`)).lines).to.deep.equal([5]));
});

describe("real packages of SCORM 2004", () => {
  const packages: [name: string, edition: string, leaves: number, says?: string][] = [
    ["ContentPackagingSingleSCO_SCORM20042ndEdition", "2nd", 1],
    ["RunTimeAdvancedCalls_SCORM20043rdEdition", "3rd", 1],
    ["RuntimeBasicCalls_SCORM20043rdEdition", "3rd", 1],
    ["RuntimeMinimumCalls_SCORM20043rdEdition", "3rd", 18],
    ["SequencingForcedSequential_SCORM20043rdEdition", "3rd", 5],
    ["SequencingPostTestRollup4thEd_SCORM20044thEdition", "4th", 5, "note outside_host"],
    ["SequencingPreOrPostTestRollup_SCORM20043rdEdition", "3rd", 6],
    ["SequencingRandomTest_SCORM20043rdEdition", "3rd", 8],
    ["SequencingSimpleRemediation_SCORM20043rdEdition", "3rd", 8],
  ];
  for (const [name, edition, leaves, ...says] of packages) {
    it(`golf ${name} has ${leaves} activities, and nothing is wrong with it`, async function () {
      const read = await readZip(`scorm2004/golf-${name}.zip`);
      if (!read) return this.skip();
      const flat = (items: CourseItem[]): CourseItem[] => items.flatMap((one) => (one.children.length > 0 ? flat(one.children) : [one]));
      expect([read.detected, read.edition, read.course.edition, read.says]).to.deep.equal([1, `2004 ${edition} Edition`, edition, says]);
      expect(flat(read.course.items).filter(({ scormType }) => scormType !== null)).to.have.length(leaves);
    });
  }

  const odd: [name: string, says: string[]][] = [
    ["AdlAttributes_SCORM20043rdEdition", ["warning launch_file_missing", "leniency scormtype_missing", "warning item_cannot_open", "error nothing_to_open"]],
    ["ContentPackagingNoSchemaVersion_SCORM20042ndEdition", ["leniency edition_guessed", "warning launch_file_missing", "warning item_cannot_open", "error nothing_to_open"]],
    ["MinimalValid_SCORM20043rdEdition", ["warning launch_file_missing", "leniency scormtype_missing", "warning item_cannot_open", "error nothing_to_open"]],
  ];
  for (const [name, says] of odd) {
    it(`${name} is told what is wrong with it`, async function () {
      const read = await readZip(`odd/jcp-${name}.zip`);
      if (!read) return this.skip();
      expect(read.says).to.deep.equal(says);
    });
  }
});
