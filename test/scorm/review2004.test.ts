import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import * as launches from "../../core/learning/launches.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import scorm from "../../plugins/scorm/index.ts";
import { givenPackage, takeIn } from "../support/packages.ts";
import { loadCourse, openCourse, type Player2004 } from "./course2004.ts";
import { commitOf, courseOf, learnerIn, type Call, type Learner } from "./support.ts";

const golf = givenPackage("scorm2004/golf-SequencingForcedSequential_SCORM20043rdEdition.zip");
const tables = ["scorm.run", "scorm.journal", "scorm.course_state", "scorm.decision", "scorm.global_objective", "scorm.shared_data", "attempt", "statement"];

describe("A review of SCORM 2004", function () {
  this.timeout(60_000);
  let host: TestHost;
  let course: { id: string; slug: string; item: string };
  let learner: Learner;
  let learnt: Player2004;
  let review: Player2004;

  before(async function () {
    if (!golf) return this.skip();
    host = await testHost({ plugins: [scorm] });
    course = await courseOf(host, (await takeIn(host, golf)).versionId);
    learner = await learnerIn(host, course);
    learnt = await openCourse(host, learner, course.item);
    await learnt.go({ kind: "continue" }, "initialize", ["cmi.location", "end"], ["cmi.completion_status", "completed"], ["cmi.success_status", "passed"], "finish");
    await learnt.send("initialize", ["cmi.location", "7"], ["cmi.suspend_data", "bag"], "commit");
  });
  after(() => host?.stop());

  beforeEach(async () => {
    const row = await host.context.db.one<{ attemptId: string; packageVersionId: string }>(sql`
      select attempt_id, package_version_id from scorm.course_state join attempt on attempt.id = attempt_id where enrollment_id = ${learner.enrollmentId}`);
    const { token } = await launches.open(host.context, { ...row, userId: learner.id, courseId: course.id, itemKey: course.item, mode: "review" });
    const { origin } = new URL(learnt.frameHref);
    review = await loadCourse(host, `${origin}/scorm/${token}/course`);
  });

  /** All that is kept anywhere, as text. */
  const everything = () => Promise.all(tables.map(async (table) => JSON.stringify(await host.context.db.rows(sql`select * from ${sql.id(...table.split("."))} one order by one::text`))));

  it("shows what the learner has done, where they are and how all parts stand", () => {
    expect(review.delivery).to.include({ activity: "etuqiette_item" });
    expect(review.delivery.setup).to.include({ mode: "review", entry: "resume" });
    expect(review.delivery.state.cmi).to.include({ "cmi.location": "7", "cmi.suspend_data": "bag" });
    expect(review.situation.contents.map(({ title, status }) => [title, status]).slice(0, 2)).to.deep.equal([
      ["Playing the Game", "passed"],
      ["Etiquette", "in-progress"],
    ]);
    expect(review).not.to.have.property("elsewhere");
  });

  it("leads to every part, each as it was left", async () => {
    const { json } = await review.post(commitOf(review.delivery.launchId, [], { activity: review.delivery.activity, navigation: { number: 1, request: { kind: "choice", target: "playing_item" } } }));
    expect(json.move?.delivery?.state.cmi["cmi.location"]).to.equal("end");
  });

  const hostile: Call[] = ["initialize", ["cmi.score.scaled", "1"], ["cmi.success_status", "passed"], ["cmi.completion_status", "completed"], ["cmi.suspend_data", "forged"], ["cmi.session_time", "PT9H"], ["cmi.exit", "suspend"], ["adl.nav.request", "exitAll"], "commit", "finish"];
  const attempts: [what: string, body: (review: Player2004, learnt: Player2004) => object][] = [
    ["content that says that all is done", (page) => commitOf(page.delivery.launchId, page.entries(...hostile))],
    ["content that writes into the learner's own page", (page, { delivery }) => commitOf(delivery.launchId, page.entries(...hostile))],
    ["content that says that this was left behind", (page, { delivery }) => commitOf(delivery.launchId, page.entries(...hostile), { recover: true })],
    ["content that takes the learner's place", (_, { delivery }) => commitOf(delivery.launchId, [], { take: true })],
    ["content that leaves the learner's page", (_, { delivery }) => commitOf(delivery.launchId, [], { leaving: true, navigation: { number: 9, request: { kind: "exitAll" } } })],
  ];
  for (const [what, body] of attempts) {
    it(`keeps nothing of ${what}`, async () => {
      const before = await everything();
      const { status, json } = await review.post(body(review, learnt));
      expect(status).to.equal(200);
      expect(json).not.to.have.property("code");
      expect(await everything()).to.deep.equal(before);
    });
  }
});
