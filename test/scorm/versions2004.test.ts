import { expect } from "chai";
import type { Followers } from "../../core/courses/hooks.ts";
import * as courses from "../../core/courses/courses.ts";
import * as items from "../../core/courses/items.ts";
import { sql } from "../../core/db/sql.ts";
import { system } from "../../core/kernel/permissions.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import scorm from "../../plugins/scorm/index.ts";
import { givenPackage, takeIn } from "../support/packages.ts";
import { openCourse } from "./course2004.ts";
import { courseOf, learnerIn, type Call, type Learner } from "./support.ts";

const sequential = givenPackage("scorm2004/golf-SequencingForcedSequential_SCORM20043rdEdition.zip");
const passed: Call[] = ["initialize", ["cmi.completion_status", "completed"], ["cmi.success_status", "passed"], "finish"];

describe("A package that is replaced while learners are in it", function () {
  this.timeout(60_000);
  let host: TestHost;

  before(async function () {
    if (!sequential) return this.skip();
    host = await testHost({ plugins: [scorm] });
  });
  after(() => host?.stop());

  /** A course, somebody in its second part and somebody who has not begun, and then the same package anew. */
  async function replaced(followers?: Followers): Promise<{ begun: Learner; other: Learner; item: string; versions: (learner: Learner) => Promise<number> }> {
    const course = await courseOf(host, (await takeIn(host, sequential ?? "")).versionId);
    const [begun, other] = [await learnerIn(host, course), await learnerIn(host, course)];
    const player = await openCourse(host, begun, course.item);
    await player.go({ kind: "continue" }, ...passed);
    await player.send("initialize", ["cmi.location", "2"], "commit");
    const ctx = host.context.by(system);
    await items.edit(ctx, course.id, course.item, { content: { packageVersionId: (await takeIn(host, sequential ?? "")).versionId } });
    await courses.publish(ctx, course.id, { followers });
    const versions = async ({ enrollmentId }: Learner) =>
      (await host.context.db.one<{ number: number }>(sql`select number from enrollment join course_version version on version.id = version_id where enrollment.id = ${enrollmentId}`)).number;
    return { begun, other, item: course.item, versions };
  }

  for (const [followers, expected] of [[undefined, [1, 1]], ["who has not begun", [1, 2]], ["everybody", [2, 2]]] as const) {
    it(`leaves who is in it where they are, and moves ${followers ?? "nobody"}`, async () => {
      const { begun, other, versions } = await replaced(followers);
      expect([await versions(begun), await versions(other)]).to.deep.equal(expected);
    });
  }

  it("goes on for who was moved where they were, with what they had said; what the old version kept stays readable", async () => {
    const { begun, item } = await replaced("everybody");
    const { delivery, situation } = await openCourse(host, begun, item);
    expect([delivery.activity, delivery.setup.entry, delivery.state.cmi["cmi.location"]]).to.deep.equal(["etuqiette_item", "resume", "2"]);
    expect(situation.contents[0]).to.include({ title: "Playing the Game", status: "passed" });
    const kept = await host.context.db.rows<{ state: string }>(sql`
      select state from scorm.course_state join attempt on attempt.id = attempt_id where enrollment_id = ${begun.enrollmentId} order by course_state.created_at`);
    expect(kept).to.have.length(2);
    expect((JSON.parse(kept[0]?.state ?? "") as { sequencing: { current: string } }).sequencing.current).to.equal("etuqiette_item");
  });

  it("keeps a completion that was reached before", async () => {
    const { begun, item } = await replaced();
    const player = await openCourse(host, begun, item);
    for (const _ of [2, 3, 4, 5]) await player.go({ kind: "continue" }, ...passed);
    expect(await begun.standing()).to.include({ status: "completed" });
    const { courseId } = await host.context.db.one<{ courseId: string }>(sql`select course_id from enrollment where id = ${begun.enrollmentId}`);
    const ctx = host.context.by(system);
    await items.edit(ctx, courseId, item, { content: { packageVersionId: (await takeIn(host, sequential ?? "")).versionId } });
    await courses.publish(ctx, courseId, { followers: "everybody" });
    await openCourse(host, begun, item);
    expect(await begun.standing()).to.include({ status: "completed", attemptStatus: "passed", progress: 1 });
  });
});
