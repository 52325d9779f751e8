import { expect } from "chai";
import { isCadreError } from "../../core/kernel/errors.ts";
import { system } from "../../core/kernel/permissions.ts";
import * as courses from "../../core/courses/courses.ts";
import * as enrollments from "../../core/learning/enrollments.ts";
import * as items from "../../core/learning/items.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { addItem, countOf, person, publishedCourse, type Person } from "./support.ts";

const codeOf = (error: unknown): string => (isCadreError(error) ? error.code : String(error));

/** How many succeeded, and with which codes the others were refused. */
async function settled(tries: readonly Promise<unknown>[]): Promise<{ done: number; refused: string[] }> {
  const results = await Promise.allSettled(tries);
  const refused = results.flatMap((result) => (result.status === "rejected" ? [codeOf(result.reason)] : []));
  return { done: results.length - refused.length, refused: [...new Set(refused)] };
}

describe("Enrolling", () => {
  let host: TestHost;
  before(async () => (host = await testHost()));
  after(() => host.stop());

  it("gives the last 10 seats to 10 of 100 people who come at once", async function () {
    this.timeout(120_000);
    const course = await publishedCourse(host, "Crowded", ["One"], { capacity: 12 });
    const crowd: Person[] = [];
    for (let number = 0; number < 102; number++) crowd.push(await person(host, "no-password"));
    const enroll = ({ id }: Person) => enrollments.create(host.context.by(system), { userId: id, courseId: course.id });
    await Promise.all(crowd.splice(0, 2).map(enroll));
    expect(await settled(crowd.map(enroll))).to.deep.equal({ done: 10, refused: ["no_seats_left"] });
    expect(await countOf(host, "enrollment", "course_id", course.id)).to.equal(12);
  });

  it("enrolls somebody once, however often they press the button at once", async () => {
    const course = await publishedCourse(host, "Pressed", ["One"]);
    const learner = await person(host, "no-password");
    const tries = Array.from({ length: 20 }, () => enrollments.create(host.context.by(system), { userId: learner.id, courseId: course.id }));
    expect(await settled(tries)).to.deep.equal({ done: 1, refused: ["already_enrolled"] });
  });

  it("gives a seat back when somebody leaves, and lets them come again with another registration", async () => {
    const course = await publishedCourse(host, "One seat", ["One"], { capacity: 1 });
    const [first, second] = [await person(host, "no-password"), await person(host, "no-password")];
    const ctx = host.context.by(system);
    const { id, registration } = await enrollments.create(ctx, { userId: first.id, courseId: course.id });
    expect((await settled([enrollments.create(ctx, { userId: second.id, courseId: course.id })])).refused).to.deep.equal(["no_seats_left"]);
    await enrollments.withdraw(ctx, id);
    const again = await enrollments.create(ctx, { userId: first.id, courseId: course.id });
    expect(again.registration).not.to.equal(registration);
    expect((await settled([enrollments.withdraw(ctx, id)])).refused).to.deep.equal(["already_withdrawn"]);
  });

  it("asks for the prerequisites, until they are completed or an instructor says otherwise", async () => {
    const first = await publishedCourse(host, "First steps", ["One"]);
    const second = await publishedCourse(host, "Second steps", ["One"], { requires: [first.id] });
    const learner = await person(host, "no-password");
    const ctx = await learner.as();
    const refused = await enrollments.enrollOneself(ctx, second.id).catch((error: unknown) => error);
    expect(refused).to.deep.include({ code: "prerequisites_missing", data: { missing: ["first-steps"] } });
    expect(refused).to.have.property("message", "Complete First steps first.");
    const { id } = await enrollments.enrollOneself(ctx, first.id);
    await items.complete(ctx, id, first.items[0] as string);
    await enrollments.enrollOneself(ctx, second.id);
    const other = await person(host, "no-password");
    await enrollments.create(host.context.by(system), { userId: other.id, courseId: second.id, overridePrerequisites: true });
  });

  it("refuses courses that are not open, and people who are not there", async () => {
    const ctx = host.context.by(system);
    const draft = await courses.create(ctx, { title: "Draft" });
    const archived = await publishedCourse(host, "Archived", ["One"]);
    await courses.archive(ctx, archived.id);
    const learner = await person(host, "no-password");
    const nobody = "00000000-0000-7000-8000-000000000000";
    expect((await settled([draft, archived].map(({ id }) => enrollments.create(ctx, { userId: learner.id, courseId: id })))).refused).to.deep.equal(["course_not_open"]);
    expect((await settled([enrollments.create(ctx, { userId: learner.id, courseId: nobody })])).refused).to.deep.equal(["course_not_found"]);
    const open = await publishedCourse(host, "Open", ["One"]);
    expect((await settled([enrollments.create(ctx, { userId: nobody, courseId: open.id })])).refused).to.deep.equal(["not_found"]);
  });

  it("keeps learners on the version they began, and gives new ones the latest", async () => {
    const ctx = host.context.by(system);
    const course = await publishedCourse(host, "Versions", ["Old"]);
    const [early, late] = [await person(host, "no-password"), await person(host, "no-password")];
    const before = await enrollments.create(ctx, { userId: early.id, courseId: course.id });
    const { modules } = await import("../../core/courses/reading.ts").then(({ showContent }) => showContent(ctx, before.versionId));
    await addItem(ctx, course.id, modules[0]?.key ?? "", "New");
    await courses.publish(ctx, course.id);
    const after = await enrollments.create(ctx, { userId: late.id, courseId: course.id });
    expect(after.versionId).not.to.equal(before.versionId);
    await items.complete(ctx, before.id, course.items[0] as string);
    expect((await enrollments.find(ctx, before.id)).status).to.equal("completed");
    await items.complete(ctx, after.id, course.items[0] as string);
    expect(await enrollments.find(ctx, after.id)).to.deep.include({ status: "active", progress: 0.5 });
  });
});
