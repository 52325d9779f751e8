import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import scorm from "../../plugins/scorm/index.ts";
import { played2004, type PackageSettings2004 } from "../../plugins/scorm/settings.ts";
import type { ProblemAnswer } from "../courses/support.ts";
import { person, type Person } from "../learning/support.ts";
import { givenPackage } from "../support/packages.ts";
import { openCourse } from "./course2004.ts";
import { instructorsPackage, learnerIn } from "./support.ts";

const golf = givenPackage("scorm2004/golf-SequencingForcedSequential_SCORM20043rdEdition.zip");
const site = { strictSuspendData: false, masteryScore: "follow manifest", elapsedTime: "when content is silent", newAttempt: "never", idleLimitMinutes: 30 } as const;

describe("How a package of SCORM 2004 is played", () => {
  const rules: [title: string, own: PackageSettings2004, edition: "2nd" | "3rd" | "4th", sequencing: object, content: object][] = [
    ["by the edition of its manifest", {}, "3rd", { continueBehindTheLast: "is refused", completionByMeasure: false, jump: false }, { sharedData: false, jump: false, suspendDataLimit: 64_000 }],
    ["by another edition where that is said", { edition: "4th" }, "2nd", { continueBehindTheLast: "ends the session", completionByMeasure: true, jump: true }, { sharedData: true, jump: true }],
    ["with a single rule of another edition", { continueBehindTheLast: "is refused" }, "4th", { continueBehindTheLast: "is refused", completionByMeasure: true }, { sharedData: true }],
    ["with time limits that close activities", { timeLimits: "enforced" }, "4th", { timeLimits: "enforced" }, {}],
    ["with short suspend_data, and no clock but the content's", { strictSuspendData: true, elapsedTime: "never" }, "3rd", {}, { suspendDataLimit: 4000, elapsedTime: "never" }],
  ];
  for (const [title, own, edition, sequencing, content] of rules) {
    it(title, () => {
      const how = played2004(site, own, edition);
      expect(how.sequencing).to.include(sequencing);
      expect(how.content).to.include(content);
    });
  }
});

describe("The settings of one package of SCORM 2004", () => {
  let host: TestHost;
  let ines: Person;
  let packageId: string;
  let course: { id: string; slug: string; item: string };

  before(async function () {
    if (!golf) return this.skip();
    host = await testHost({ plugins: [scorm] });
    ines = await person(host, "instructor");
    ({ packageId, course } = await instructorsPackage(host, ines, golf));
  });
  after(() => host?.stop());

  const change = (settings: object) => ines.api<ProblemAnswer & { settings: object }>("PATCH", `/packages/${packageId}`, { settings });

  it("reach the content that learners open from then on, and the sequencer", async () => {
    const before = await openCourse(host, await learnerIn(host, course), course.item);
    expect(before.delivery.setup).to.deep.include({ idleLimitMs: 1_800_000, switches: { suspendDataLimit: 64_000, sharedData: false, jump: false, elapsedTime: "when content is silent" } });
    const said = { edition: "4th", idleLimitMinutes: 5, elapsedTime: "never" };
    expect((await change(said)).json.settings).to.deep.equal(said);
    const after = await openCourse(host, await learnerIn(host, course), course.item);
    expect(after.delivery.setup).to.deep.include({ idleLimitMs: 300_000, switches: { suspendDataLimit: 64_000, sharedData: true, jump: true, elapsedTime: "never" } });
    const audited = await host.context.db.one(sql`select detail from audit_entry where action = 'package.set' and subject_id = ${packageId}`);
    expect(audited).to.deep.equal({ detail: said });
  });

  it("refuse what SCORM 1.2 alone has, and an edition that never was", async () => {
    const { status, json } = await change({ masteryScore: "trust content", edition: "5th" });
    expect([status, json.errors?.map(({ pointer }) => pointer).sort()]).to.deep.equal([422, ["/settings/edition", "/settings/masteryScore"]]);
  });

  it("are set on the package's page", async () => {
    const browser = await ines.browser();
    expect((await browser.get(`/teach/packages/${packageId}`)).text).to.include("Continue behind the last activity").and.not.to.include("Passing by mastery score");
    const fields = { edition: "", continueBehindTheLast: "is refused", timeLimits: "enforced", elapsedTime: "", idleLimitMinutes: "", strictSuspendData: "true" };
    expect((await browser.post(`/teach/packages/${packageId}/settings`, fields)).status).to.equal(303);
    const { json } = await ines.api<{ settings: object }>("GET", `/packages/${packageId}`);
    expect(json.settings).to.deep.equal({ continueBehindTheLast: "is refused", timeLimits: "enforced", strictSuspendData: true });
  });
});
