import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import scorm from "../../plugins/scorm/index.ts";
import type { ProblemAnswer } from "../courses/support.ts";
import { person, type Person } from "../learning/support.ts";
import { givenPackage } from "../support/packages.ts";
import { instructorsPackage, learnerIn } from "./support.ts";

const golf = givenPackage("scorm12/golf-singlescobasic.zip");

interface PackageAnswer extends ProblemAnswer {
  settings: Record<string, unknown>;
}

describe("The settings of one package", () => {
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

  const change = (by: Person, settings: object) => by.api<PackageAnswer>("PATCH", `/packages/${packageId}`, { settings });

  it("take the place of the site's in what learners open from then on", async () => {
    const learner = await learnerIn(host, course);
    expect((await learner.launch()).setup.switches).to.include({ masteryScore: "follow manifest", newAttempt: "after explicit exit" });
    const changed = await change(ines, { masteryScore: "trust content", idleLimitMinutes: 5 });
    expect(changed.json.settings).to.deep.equal({ masteryScore: "trust content", idleLimitMinutes: 5 });
    const { setup } = await learner.launch();
    expect(setup.switches).to.include({ masteryScore: "trust content", newAttempt: "after explicit exit" });
    expect(setup.idleLimitMs).to.equal(300_000);
    const audited = await host.context.db.one(sql`select detail from audit_entry where action = 'package.set' and subject_id = ${packageId}`);
    expect(audited).to.deep.equal({ detail: { masteryScore: "trust content", idleLimitMinutes: 5 } });
    expect((await change(ines, {})).json.settings).to.deep.equal({});
    expect((await learner.launch()).setup.switches).to.include({ masteryScore: "follow manifest" });
  });

  const wrong: [string, object, string][] = [
    ["an unknown one", { colour: "red" }, "/settings/colour"],
    ["a value that is none of its values", { masteryScore: "sometimes" }, "/settings/masteryScore"],
    ["a number as a text", { idleLimitMinutes: "5" }, "/settings/idleLimitMinutes"],
  ];
  for (const [what, settings, pointer] of wrong) {
    it(`refuse ${what}, pointing at ${pointer}`, async () => {
      const { status, json, text } = await change(ines, settings);
      expect([status, json.errors?.map((each) => each.pointer)], text).to.deep.equal([422, [pointer]]);
    });
  }

  it("are no business of other instructors", async () => {
    expect((await change(await person(host, "instructor"), { masteryScore: "trust content" })).json.code).to.equal("package_missing");
    expect((await change(await person(host), {})).json.code).to.equal("forbidden");
  });

  it("are set on the package's page, where what is left blank is as the site has it", async () => {
    const browser = await ines.browser();
    const shown = (await browser.get(`/teach/packages/${packageId}`)).text;
    expect(shown).to.include("How it is played").and.to.include("By default").and.to.include("Trust content");
    const fields = { newAttempt: "never", masteryScore: "", elapsedTime: "", idleLimitMinutes: "", strictSuspendData: "true" };
    expect((await browser.post(`/teach/packages/${packageId}/settings`, fields)).status).to.equal(303);
    expect((await ines.api<PackageAnswer>("GET", `/packages/${packageId}`)).json.settings).to.deep.equal({ newAttempt: "never", strictSuspendData: true });
    const again = await browser.get(`/teach/packages/${packageId}`);
    expect(again.text).to.match(/<option value="never" selected>/).and.to.match(/<option value="true" selected>/);
    const refused = await browser.post(`/teach/packages/${packageId}/settings`, { ...fields, idleLimitMinutes: "0" });
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('href="#setting-idleLimitMinutes"').and.to.include('value="0"');
  });
});
