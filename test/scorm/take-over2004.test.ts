import { expect } from "chai";
import { sql } from "../../core/db/sql.ts";
import { play } from "../../core/learning/play.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import scorm from "../../plugins/scorm/index.ts";
import { givenPackage, takeIn } from "../support/packages.ts";
import { coursePage, openCourse, playerOf, taking, type Player2004 } from "./course2004.ts";
import { commitOf, courseOf, learnerIn, type Learner } from "./support.ts";

const golf = givenPackage("scorm2004/golf-SequencingForcedSequential_SCORM20043rdEdition.zip");

describe("A SCORM 2004 course that is open twice", function () {
  this.timeout(60_000);
  let host: TestHost;
  let course: { id: string; slug: string; item: string };
  let learner: Learner;
  let first: Player2004;

  before(async function () {
    if (!golf) return this.skip();
    host = await testHost({ plugins: [scorm] });
    course = await courseOf(host, (await takeIn(host, golf)).versionId);
  });
  after(() => host?.stop());
  beforeEach(async () => {
    learner = await learnerIn(host, course);
    first = await openCourse(host, learner, course.item);
    await first.send("initialize", ["cmi.location", "here"], "commit");
  });

  const addressOf = async (unit?: string) => (await play(await learner.as(), learner.enrollmentId, course.item, unit)).frameHref;
  const runs = () => host.context.db.rows<{ seq: number }>(sql`select seq from scorm.run where registration = ${learner.registration} order by id`);
  const pass = (ms: number) => host.context.db.run(sql`update scorm.run set seen_at = seen_at - ${ms} * interval '1 ms' where registration = ${learner.registration}`);

  it("begins nothing in the second page before the learner chose to, and changes nothing for the first", async () => {
    const { delivery, elsewhere, situation } = await coursePage(await addressOf());
    expect(delivery).to.equal(null);
    expect(elsewhere).to.deep.equal({ launchId: first.launchId });
    expect(situation.contents.find(({ current }) => current)?.title).to.equal("Playing the Game");
    expect((await runs()).map(({ seq }) => seq)).to.deep.equal([3]);
    const { json } = await first.send(["cmi.location", "still here"], "commit");
    expect(json).not.to.have.property("takenOver");
  });

  it("goes on in the page that takes over from what the first one had, and tells the first", async () => {
    const address = await addressOf();
    const second = playerOf(address, await coursePage(taking(address)));
    expect(second.delivery.state.cmi["cmi.location"]).to.equal("here");
    expect(second.delivery.setup.entry).to.equal("resume");
    const late = await first.send(["cmi.location", "late"], "commit");
    expect(late.json).to.include({ takenOver: true, ackSeq: 5 });
    const { json } = await second.send("initialize", "commit");
    expect(json).not.to.have.property("takenOver");
    const kept = await host.context.db.rows<{ entries: string }>(sql`select entries from scorm.journal join scorm.run on run.id = run_id where registration = ${learner.registration}`);
    expect(kept.some(({ entries }) => entries.includes('"late"')), "what the first one said is kept, though it counts for nothing").to.equal(true);
    await second.go({ kind: "leave" });
    expect((await openCourse(host, learner, course.item)).delivery.state.cmi["cmi.location"]).to.equal("here");
  });

  it("moves nowhere for a page whose place was taken", async () => {
    const address = await addressOf();
    const second = playerOf(address, await coursePage(taking(address)));
    const { json } = await first.go({ kind: "continue" }, ["cmi.success_status", "passed"], ["cmi.completion_status", "completed"], "finish");
    expect(json).to.include({ takenOver: true }).and.not.to.have.property("move");
    await second.send("initialize");
    expect((await second.go({ kind: "continue" })).json.move?.message, "the sequencer knows nothing of it").to.equal("The next activity is not to be entered.");
  });

  it("counts no time twice", async () => {
    await first.send(["cmi.session_time", "PT10M"], "commit");
    const address = await addressOf();
    const second = playerOf(address, await coursePage(taking(address)));
    await first.send(["cmi.session_time", "PT15M"], "finish");
    await second.send("initialize", ["cmi.session_time", "PT5M"], "finish");
    expect((await learner.standing()).timeMs).to.equal(15 * 60_000);
  });

  it("can be taken back", async () => {
    const address = await addressOf();
    const second = playerOf(address, await coursePage(taking(address)));
    await second.send("initialize", ["cmi.location", "there"], "commit");
    const back = playerOf(first.frameHref, await coursePage(taking(first.frameHref)));
    expect(back.delivery.state.cmi["cmi.location"]).to.equal("there");
    expect((await second.send(["cmi.location", "late"], "commit")).json).to.include({ takenOver: true });
  });

  it("asks nobody when the first page was left, has ended its session, or was silent for two minutes", async () => {
    await first.post(commitOf(first.delivery.launchId, [], { fromSeq: 4, leaving: true }));
    expect(await coursePage(await addressOf()), "left").not.to.have.property("elsewhere");
    const second = await openCourse(host, learner, course.item);
    await second.send("initialize", "commit");
    expect(await coursePage(await addressOf()), "at work").to.have.property("elsewhere");
    await pass(121_000);
    expect(await coursePage(await addressOf()), "silent").not.to.have.property("elsewhere");
    const third = await openCourse(host, learner, course.item);
    await third.send("initialize", "commit");
    await pass(119_000);
    await third.post(commitOf(third.delivery.launchId, [], { fromSeq: 3 }));
    await pass(60_000);
    expect(await coursePage(await addressOf()), "it said that it is there").to.have.property("elsewhere");
    await third.send(["cmi.exit", "suspend"], "finish");
    expect(await coursePage(await addressOf()), "ended").not.to.have.property("elsewhere");
  });

  it("goes where the second page was asked to go only once that one plays", async () => {
    await first.go({ kind: "continue" }, ["cmi.success_status", "passed"], ["cmi.completion_status", "completed"], "finish");
    await first.send("initialize", "commit");
    const address = await addressOf("playing_item");
    expect((await coursePage(address)).delivery).to.equal(null);
    expect((await first.send(["cmi.location", "x"], "commit")).json).not.to.have.property("takenOver");
    expect((await coursePage(taking(address))).delivery?.activity).to.equal("playing_item");
  });
});
