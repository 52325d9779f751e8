import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import scorm from "../../plugins/scorm/index.ts";
import type { ProblemAnswer } from "../courses/support.ts";
import { person, type Person } from "../learning/support.ts";
import { openCourse } from "../scorm/course2004.ts";
import { courseOf, instructorsPackage, learnerIn } from "../scorm/support.ts";
import { givenPackage, takeIn } from "../support/packages.ts";

const golf = givenPackage("scorm2004/golf-SequencingForcedSequential_SCORM20043rdEdition.zip");
const google = "https://ajax.googleapis.com";

describe("Hosts that a package's content may load from", () => {
  let host: TestHost;
  let ines: Person;
  let packageId: string;
  let course: { id: string; slug: string; item: string };
  let other: typeof course;

  before(async function () {
    if (!golf) return this.skip();
    host = await testHost({ plugins: [scorm] });
    ines = await person(host, "instructor");
    ({ packageId, course } = await instructorsPackage(host, ines, golf));
    other = await courseOf(host, (await takeIn(host, golf)).versionId);
  });
  after(() => host?.stop());

  const change = (settings: object, by = ines) => by.api<ProblemAnswer & { settings: object }>("PATCH", `/packages/${packageId}`, { settings });
  const policyOf = async (place: typeof course): Promise<string> => {
    const player = await openCourse(host, await learnerIn(host, place), place.item);
    const answer = await fetch(player.delivery.scoUrl ?? "");
    expect(answer.status).to.equal(200);
    return answer.headers.get("content-security-policy") ?? "";
  };

  it("are none at first", async () => {
    expect(await policyOf(course)).to.include("default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval';");
  });

  it("stand in the policy of that package's content alone, and in the audit", async () => {
    const { json } = await change({ outsideHosts: `${google} https://fonts.example.org:8443` });
    expect(json.settings).to.deep.equal({ outsideHosts: `${google} https://fonts.example.org:8443` });
    const policy = await policyOf(course);
    expect(policy).to.include(`'unsafe-eval' ${google} https://fonts.example.org:8443;`);
    expect(policy, "framed by the site alone, as before").to.include(`frame-ancestors 'self' ${host.url}`);
    expect(await policyOf(other)).not.to.include("googleapis");
    const page = await (await ines.browser()).get(`/teach/packages/${packageId}`);
    expect(page.headers.get("content-security-policy")).not.to.include("googleapis");
    const audited = await host.context.db.one(sql`select actor_id, detail from audit_entry where action = 'package.set' and subject_id = ${packageId}`);
    expect(audited).to.deep.equal({ actorId: ines.id, detail: json.settings });
    await change({});
    expect(await policyOf(course)).not.to.include("googleapis");
  });

  for (const wrong of ["http://ajax.googleapis.com", "ajax.googleapis.com", "https://*.example.org", "https://example.org/path", "https://localhost", "https://10.0.0.1", "https://example.org; script-src *", "'unsafe-hashes'", "https://EXAMPLE.org", ""]) {
    it(`are not “${wrong}”`, async () => {
      const { status, json } = await change({ outsideHosts: wrong });
      expect([status, json.errors?.map(({ pointer }) => pointer)]).to.deep.equal([422, ["/settings/outsideHosts"]]);
    });
  }

  it("are no business of who does not have the package", async () => {
    expect((await change({ outsideHosts: google }, await person(host, "instructor"))).json.code).to.equal("package_missing");
    expect((await change({ outsideHosts: google }, await person(host))).json.code).to.equal("forbidden");
  });

  it("are named on the package's page", async () => {
    const browser = await ines.browser();
    expect((await browser.get(`/teach/packages/${packageId}`)).text).to.include("Outside hosts");
    expect((await browser.post(`/teach/packages/${packageId}/settings`, { outsideHosts: google })).status).to.equal(303);
    expect((await browser.get(`/teach/packages/${packageId}`)).text).to.include(`value="${google}"`);
    const refused = await browser.post(`/teach/packages/${packageId}/settings`, { outsideHosts: "http://example.org" });
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('href="#setting-outsideHosts"');
  });
});
