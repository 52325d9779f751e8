import { expect } from "chai";
import { preview } from "../../core/learning/play.ts";
import { sql } from "../../core/db/sql.ts";
import { person, type Person } from "../learning/support.ts";
import { scormInChromium } from "../support/scorm-site.ts";
import { until } from "../support/until.ts";
import { findApi, ownPackage } from "./own-packages.ts";
import { commitOf, courseOf, learnerIn, openPlayer, type Learner } from "./support.ts";

const clumsy = `<!doctype html><title>Clumsy</title><script>${findApi}
  api.LMSGetValue("cmi.core.lesson_status");
  api.LMSInitialize("");
  api.LMSSetValue("cmi.core.score.raw", "ninety");
  api.LMSSetValue("cmi.core.student_id", "somebody else");
  for (let n = 0; n < 5000; n += 1) api.LMSGetValue("cmi.nothing." + n);
  api.LMSSetValue("cmi.core.lesson_location", "=1+1");
  api.LMSCommit("");
</script>`;

describe("The diagnosis of a launch", () => {
  const site = scormInChromium();
  let course: Awaited<ReturnType<typeof courseOf>>;
  let learner: Learner;
  let instructor: Person;
  let here: string;

  const rowsIn = async (table: string) => (await site.host.context.db.one<{ count: number }>(sql`select count(*)::int as count from ${sql.raw(table)}`)).count;

  before(async () => {
    course = await courseOf(site.host, await ownPackage(site.host, { "index.html": clumsy }));
    learner = await learnerIn(site.host, course);
    instructor = await person(site.host, `instructor:${course.id}`);
    const { frameHref, launchId } = await learner.play();
    const page = await site.browser.newPage();
    await page.goto(frameHref);
    await until(async () => (await rowsIn("scorm.journal")) > 0);
    await page.close();
    here = `/scorm/courses/${course.id}/launches/${launchId}`;
  });
  it("is reached from the learner's record", async () => {
    const { text } = await (await instructor.browser()).get(`/teach/courses/${course.id}/learners/${learner.id}`);
    expect(text).to.include(here).and.to.include("calls failed").and.to.match(/>The package, <time/);
  });

  it("shows what content called, with what it gave and the error it got, a bounded number of them", async () => {
    const { text, status } = await (await instructor.browser()).get(here);
    expect(status).to.equal(200);
    for (const words of ["LMSInitialize", "LMSGetValue", "cmi.core.score.raw, ninety", "405", "cmi.core.student_id, somebody else", "403", "301", "cmi.core.lesson_location, &#x3D;1+1"]) expect(text).to.include(words);
    expect(text.match(/cmi\.nothing/g)?.length).to.be.within(1, 1000);
  });

  it("is filtered, and downloaded as CSV that no spreadsheet runs and as JSON", async () => {
    const session = await instructor.browser();
    const errors = await session.get(`${here}?only=failed&q=student_id`);
    expect(errors.text).to.include("somebody else").and.not.to.include("ninety");
    const csv = await session.get(`${here}/download?as=csv&part=journal`);
    expect(csv.headers.get("content-disposition")).to.match(/^attachment; filename="journal-/);
    expect(csv.text.split("\r\n")[0]).to.equal("Time,Activity,What,Given,Result,Error");
    expect(csv.text).to.include('"cmi.core.lesson_location, =1+1"');
    const lines = (await session.get(`${here}/download?as=json&part=calls&only=failed`)).json as { what: string; code: string }[];
    expect(lines.every(({ code }) => code !== "0")).to.equal(true);
    expect(lines[0]).to.include({ what: "LMSGetValue", code: "301" });
  });

  it("shows what the server's run refused", async () => {
    const player = await learner.launch();
    await player.post(commitOf(player.launchId, [[1, Date.now(), "initialize"], [2, Date.now(), "set", "cmi.core.score.raw", "1000"]]));
    const [{ launchId } = { launchId: "" }] = await site.host.context.db.rows<{ launchId: string }>(sql`select launch_id from scorm.run where id = ${player.launchId}`);
    const { text } = await (await instructor.browser()).get(`/scorm/courses/${course.id}/launches/${launchId}?part=refused`);
    expect(text).to.include("cmi.core.score.raw").and.to.include("entry 2").and.to.include("405");
  });

  it("is for who may read the learner's record, in that course", async () => {
    const elsewhere = await courseOf(site.host, await ownPackage(site.host, { "index.html": clumsy }));
    const other = await person(site.host, `instructor:${elsewhere.id}`);
    for (const path of [here, `${here}/download`]) {
      expect((await (await other.browser()).get(path)).status).to.equal(403);
      expect((await (await learner.browser()).get(path)).status).to.equal(403);
      expect((await site.host.browser().get(path)).status).to.equal(303);
      expect((await (await other.browser()).get(path.replace(course.id, elsewhere.id))).status).to.equal(404);
    }
  });

  it("keeps nothing of a preview, however hostile the content", async () => {
    const tables = ["scorm.run", "scorm.journal", "scorm.outcome", "statement", "attempt"];
    const counts = () => Promise.all(tables.map(rowsIn));
    const before = await counts();
    const ctx = await instructor.as();
    const [{ versionId } = { versionId: "" }] = await site.host.context.db.rows<{ versionId: string }>(sql`select published_version_id as version_id from course where id = ${course.id}`);
    const { frameHref } = await preview(ctx, { courseId: course.id, versionId, itemKey: course.item });
    const player = await openPlayer(site.host, frameHref);
    const theirs = (await site.host.context.db.rows<{ id: string }>(sql`select id from scorm.run limit 1`))[0]!.id;
    for (const more of [{}, { recover: true }, { take: true }, { leaving: true }, { calls: [[1, "LMSGetValue", "x", "", "201"]] }]) {
      expect((await player.post(commitOf(player.launchId, [[1, Date.now(), "initialize"], [2, Date.now(), "set", "cmi.core.lesson_status", "passed"], [3, Date.now(), "finish"]], more))).status).to.equal(200);
      await player.post(commitOf(theirs, [[900, Date.now(), "set", "cmi.core.lesson_status", "passed"]], more));
    }
    const page = await site.browser.newPage();
    await page.goto(frameHref);
    await page.waitForFunction("document.querySelector('#sco')?.contentWindow?.api?.LMSFinish('') === 'true' || window.API?.LMSFinish('') === 'true'");
    await Promise.all([page.waitForEvent("close"), page.close({ runBeforeUnload: true })]);
    expect(await counts()).to.deep.equal(before);
  });
});
