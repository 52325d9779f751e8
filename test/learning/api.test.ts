import { expect } from "chai";
import { checker, t } from "../../core/kernel/schema.ts";
import { enrollmentShape, itemProgressShape, launchShape } from "../../core/learning/shapes.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { person, publishedCourse, storedPackage, testPlayer } from "./support.ts";

interface EnrollmentAnswer {
  id: string;
  status: string;
  progress: number;
  user: { id: string; name: string };
  course: { id: string; version: number };
}

const { plugin: player } = testPlayer();

describe("Learning over the API", () => {
  let host: TestHost;
  before(async () => (host = await testHost({ plugins: [player] })));
  after(() => host.stop());

  it("enrolls, completes, launches and tells how far one is, as its documents say", async () => {
    const course = await publishedCourse(host, "By API", ["Page", await storedPackage(host, {})]);
    const learner = await person(host, "no-password");
    const made = await learner.api<EnrollmentAnswer>("POST", "/enrollments", { courseId: course.id });
    expect([made.status, made.headers.get("location")]).to.deep.equal([201, `/api/v1/enrollments/${made.json.id}`]);
    checker(enrollmentShape)(made.json);
    expect(made.json).to.deep.include({ status: "not-started", progress: 0 });
    const [page, packaged] = course.items;
    const done = await learner.api("POST", `/enrollments/${made.json.id}/items/${page}/complete`);
    expect([done.status, (done.json as { status: string }).status]).to.deep.equal([200, "completed"]);
    expect((await learner.api("POST", `/enrollments/${made.json.id}/items/${page}/complete`)).json).to.deep.equal(done.json);
    const launch = await learner.api("POST", `/enrollments/${made.json.id}/items/${packaged}/launches`, { unit: "two" });
    expect(launch.status).to.equal(201);
    checker(launchShape)(launch.json);
    expect(launch.json).to.deep.include({ mode: "normal", unit: "two" });
    const progress = await learner.api<object[]>("GET", `/enrollments/${made.json.id}/progress`);
    checker(t.Array(itemProgressShape))(progress.json);
    expect(progress.json).to.have.nested.property("[0].status", "completed");
    expect(progress.json).to.have.nested.property("[1].attempts[0].number", 1);
    const own = await learner.api<EnrollmentAnswer[]>("GET", "/enrollments");
    checker(t.Array(enrollmentShape))(own.json);
    expect(own.json.map(({ id, progress: ratio, status }) => [id, ratio, status])).to.deep.equal([[made.json.id, 0.5, "in-progress"]]);
    expect((await learner.api("DELETE", `/enrollments/${made.json.id}`)).status).to.equal(204);
    expect((await learner.api<EnrollmentAnswer>("GET", `/enrollments/${made.json.id}`)).json.status).to.equal("withdrawn");
  });

  it("pages through the learners of a course by name, and narrows them", async () => {
    const course = await publishedCourse(host, "Paged", ["One"]);
    const teacher = await person(host, `instructor:${course.id}`, "no-password");
    const learners = [];
    for (let number = 0; number < 5; number++) learners.push(await person(host, "no-password"));
    for (const { id } of learners) expect((await teacher.api("POST", `/courses/${course.id}/enrollments`, { userId: id })).status).to.equal(201);
    const seen: string[] = [];
    let path: string | undefined = `/courses/${course.id}/enrollments?limit=2`;
    while (path) {
      const answer: Awaited<ReturnType<typeof teacher.api<EnrollmentAnswer[]>>> = await teacher.api<EnrollmentAnswer[]>("GET", path);
      expect(answer.status).to.equal(200);
      seen.push(...answer.json.map(({ user }) => user.name));
      path = /<\/api\/v1([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
    }
    expect(seen).to.have.members(learners.map(({ name }) => name)).and.to.have.lengthOf(5);
    const found = await teacher.api<EnrollmentAnswer[]>("GET", `/courses/${course.id}/enrollments?q=${encodeURIComponent(learners[3]?.email ?? "")}`);
    expect(found.json.map(({ user }) => user.id)).to.deep.equal([learners[3]?.id]);
    expect((await teacher.api<unknown[]>("GET", `/courses/${course.id}/enrollments?status=completed`)).json).to.deep.equal([]);
  });

  it("shows and changes only what is one's own, or of a course one teaches", async () => {
    const course = await publishedCourse(host, "Private", ["One"]);
    const [owner, other] = [await person(host, "no-password"), await person(host, "no-password")];
    const [teacher, elsewhere] = [await person(host, `instructor:${course.id}`, "no-password"), await person(host, "instructor", "no-password")];
    const { id } = (await owner.api<EnrollmentAnswer>("POST", "/enrollments", { courseId: course.id })).json;
    const item = course.items[0];
    for (const stranger of [other, elsewhere]) {
      expect((await stranger.api("GET", `/enrollments/${id}`)).status).to.equal(404);
      expect((await stranger.api("GET", `/enrollments/${id}/progress`)).status).to.equal(404);
      expect((await stranger.api("DELETE", `/enrollments/${id}`)).status).to.equal(404);
      expect((await stranger.api("POST", `/enrollments/${id}/items/${item}/complete`)).status).to.equal(404);
      expect((await stranger.api("GET", `/courses/${course.id}/enrollments`)).status).to.equal(403);
      expect((await stranger.api("POST", `/courses/${course.id}/enrollments`, { userId: stranger.id })).status).to.equal(403);
    }
    expect((await teacher.api("GET", `/enrollments/${id}/progress`)).status).to.equal(200);
    expect((await teacher.api("POST", `/enrollments/${id}/items/${item}/complete`)).status).to.equal(404);
    expect((await teacher.api("DELETE", `/enrollments/${id}`)).status).to.equal(204);
    expect((await host.request("GET", `/api/v1/enrollments/${id}`)).status).to.equal(401);
    expect((await host.request("POST", "/api/v1/enrollments", { body: { courseId: course.id } })).status).to.equal(401);
  });

  it("answers wrong input with a pointer, and what is not there with 404", async () => {
    const learner = await person(host, "no-password");
    const nobody = "00000000-0000-7000-8000-000000000000";
    expect((await learner.api("POST", "/enrollments", { courseId: "x" })).json).to.have.nested.property("errors[0].pointer", "/courseId");
    expect((await learner.api("POST", "/enrollments", { courseId: nobody })).status).to.equal(404);
    expect((await learner.api("GET", "/enrollments/x")).status).to.equal(404);
    expect((await learner.api("GET", `/enrollments/${nobody}`)).status).to.equal(404);
    expect((await learner.api("GET", "/enrollments?cursor=x")).status).to.equal(400);
    expect((await learner.api("GET", "/enrollments?colour=red")).status).to.equal(400);
  });

  it("does a repeated POST with one Idempotency-Key once", async () => {
    const course = await publishedCourse(host, "Repeated", ["One"]);
    const learner = await person(host, "no-password");
    const headers = { "Idempotency-Key": "once" };
    const [first, second] = [await learner.api("POST", "/enrollments", { courseId: course.id }, headers), await learner.api("POST", "/enrollments", { courseId: course.id }, headers)];
    expect([first.status, second.status, second.json]).to.deep.equal([201, 201, first.json]);
  });
});
