import { expect } from "chai";
import { refuse } from "../../core/kernel/errors.ts";
import { system } from "../../core/kernel/permissions.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import * as courses from "../../core/courses/courses.ts";
import * as items from "../../core/courses/items.ts";
import * as modules from "../../core/courses/modules.ts";
import * as enrollments from "../../core/learning/enrollments.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { addItem, countOf, person, publishedCourse, storedPackage, testPlayer } from "./support.ts";

let paid = true;
const till = definePlugin({
  name: "till",
  version: "1.0.0",
  summary: "Asks for money.",
  hooks: { "enrollment.creating": () => (paid ? undefined : refuse("payment_required", "Pay first: this course costs $49.", { status: 402 })) },
});
const { plugin: player, asked } = testPlayer();

/** The page's text as a reader has it. */
const textOf = (html: string): string => html.replace(/<(script|style|svg)[\s\S]*?<\/\1>/g, "").replace(/<[^>]+>/g, " ").replaceAll("&#x27;", "'").replaceAll("&amp;", "&").replace(/\s+/g, " ");

describe("Pages of learners", () => {
  let host: TestHost;
  before(async () => (host = await testHost({ plugins: [till, player] })));
  after(() => host.stop());

  it("sends guests from home to the catalogue, and people to their learning", async () => {
    const guest = await host.browser().get("/");
    expect([guest.status, guest.headers.get("location")]).to.deep.equal([303, "/courses"]);
    const learner = await person(host);
    const home = await (await learner.browser()).get("/");
    expect(home.headers.get("location")).to.equal("/learning");
    expect((await host.browser().get("/learning")).headers.get("location")).to.contain("/sign-in");
  });

  it("shows a guest what is in a course, and how to begin, with nothing to open", async () => {
    const course = await publishedCourse(host, "Open course", ["Ports", "Protocols"], { capacity: 5 });
    const { status, text } = await host.browser().get(`/courses/${course.slug}`);
    expect(status).to.equal(200);
    expect(textOf(text)).to.contain("Open course").and.to.contain("About Open course.").and.to.contain("Ports").and.to.contain("Protocols").and.to.contain("Sign in to enroll");
    expect(text).not.to.contain(`/courses/${course.slug}/items/`);
    expect((await host.browser().get("/courses/no-such-course")).status).to.equal(404);
  });

  it("takes a learner from enrolling to completion by the one clear button", async () => {
    const course = await publishedCourse(host, "The whole way", ["Ports", "Protocols"], { capacity: 5 });
    const learner = await person(host);
    const browser = await learner.browser();
    const before = await browser.get(`/courses/${course.slug}`);
    expect(textOf(before.text)).to.contain("5 seats left").and.to.contain("Enroll");
    expect((await browser.post(`/courses/${course.slug}/enroll`)).headers.get("location")).to.equal(`/courses/${course.slug}`);
    const enrolled = await browser.get(`/courses/${course.slug}`);
    expect(textOf(enrolled.text)).to.contain("You are enrolled.").and.to.contain("0 of 2 done").and.to.contain("Start").and.to.contain("Next: Ports");
    const item = await browser.get(`/courses/${course.slug}/items/${course.items[0]}`);
    expect(item.text).to.contain("Read about <strong>Ports</strong> well.");
    expect(textOf(item.text)).to.contain("1 of 2").and.to.contain("Done, continue");
    const next = await browser.post(`/courses/${course.slug}/items/${course.items[0]}/complete`);
    expect(next.headers.get("location")).to.equal(`/courses/${course.slug}/items/${course.items[1]}`);
    const half = textOf((await browser.get(`/courses/${course.slug}`)).text);
    expect(half).to.contain("1 of 2 done").and.to.contain("Continue").and.to.contain("Next: Protocols");
    expect(textOf((await browser.get("/learning")).text)).to.contain("The whole way").and.to.contain("Next: Protocols").and.to.contain("Continue");
    expect(textOf((await browser.get("/courses")).text)).to.contain("50%");
    const last = await browser.post(`/courses/${course.slug}/items/${course.items[1]}/complete`);
    expect(last.headers.get("location")).to.equal(`/courses/${course.slug}`);
    const done = await browser.get(`/courses/${course.slug}`);
    expect(textOf(done.text)).to.contain("Completed").and.to.contain("Review").and.not.to.contain("Next:");
    expect(textOf((await browser.get("/learning")).text)).to.contain("Completed").and.to.contain("The whole way");
    expect(textOf((await browser.get(`/courses/${course.slug}/items/${course.items[0]}`)).text)).to.contain("Next: Protocols").and.not.to.contain("Done, continue");
  });

  it("counts what must be done, and calls the rest optional", async () => {
    const course = await publishedCourse(host, "Mostly optional", ["Ports", "Protocols", "Poems"]);
    const ctx = host.context.by(system);
    await items.edit(ctx, course.id, course.items[2] as string, { required: false });
    await courses.publish(ctx, course.id);
    const browser = await (await person(host)).browser();
    expect((await browser.get(`/courses/${course.slug}`)).text.match(/>Optional</g)).to.have.length(1);
    await browser.post(`/courses/${course.slug}/enroll`);
    await browser.get(`/courses/${course.slug}/items/${course.items[0]}`);
    await browser.post(`/courses/${course.slug}/items/${course.items[0]}/complete`);
    expect((await browser.get(`/courses/${course.slug}`)).text).to.contain("50%").and.to.contain("1 of 2 done");
  });

  it("says why somebody can't enroll: seats, prerequisites, and what plugins want", async () => {
    const first = await publishedCourse(host, "First of all", ["One"]);
    const second = await publishedCourse(host, "After that", ["One"], { requires: [first.id] });
    const full = await publishedCourse(host, "Fully booked", ["One"], { capacity: 1 });
    const [learner, other] = [await person(host), await person(host, "no-password")];
    await enrollments.create(host.context.by(system), { userId: other.id, courseId: full.id });
    const browser = await learner.browser();
    expect(textOf((await browser.get(`/courses/${second.slug}`)).text)).to.contain("Complete First of all first.").and.to.contain("Before this course");
    expect(textOf((await browser.get(`/courses/${full.slug}`)).text)).to.contain("Every seat in this course is taken.");
    const forced = await browser.post(`/courses/${full.slug}/enroll`);
    expect([forced.status, await countOf(host, "enrollment", "user_id", learner.id)]).to.deep.equal([409, 0]);
    paid = false;
    const unpaid = await browser.post(`/courses/${first.slug}/enroll`).finally(() => (paid = true));
    expect(unpaid.status).to.equal(402);
    expect(textOf(unpaid.text)).to.contain("Pay first: this course costs $49.");
  });

  it("lets a learner leave, and asks to enroll before an item opens", async () => {
    const course = await publishedCourse(host, "Left", ["One"]);
    const learner = await person(host);
    const browser = await learner.browser();
    const item = `/courses/${course.slug}/items/${course.items[0]}`;
    expect((await browser.get(item)).headers.get("location")).to.equal(`/courses/${course.slug}`);
    await browser.get(`/courses/${course.slug}`);
    await browser.post(`/courses/${course.slug}/enroll`);
    expect((await browser.get(item)).status).to.equal(200);
    await browser.post(`/courses/${course.slug}/withdraw`);
    expect(textOf((await browser.get(`/courses/${course.slug}`)).text)).to.contain("You have left the course.").and.to.contain("Enroll");
    expect((await browser.post(`${item}/complete`)).status).to.equal(404);
  });

  it("opens a package in a sandboxed frame on the content origin, with its units beside it", async () => {
    const course = await publishedCourse(host, "Played", [await storedPackage(host, { "index.html": { bytes: Buffer.from("Hi"), mediaType: "text/html" } })]);
    const learner = await person(host);
    const browser = await learner.browser();
    await browser.get(`/courses/${course.slug}`);
    await browser.post(`/courses/${course.slug}/enroll`);
    const here = `/courses/${course.slug}/play/${course.items[0]}`;
    expect((await browser.get(`/courses/${course.slug}/items/${course.items[0]}`)).headers.get("location")).to.equal(here);
    const { status, text } = await browser.get(`${here}?unit=two`);
    expect(status).to.equal(200);
    const [, frame = "", sandbox = ""] = /<iframe src="([^"]+)"[^>]* sandbox="([^"]+)"/.exec(text) ?? [];
    expect(frame).to.equal(`${host.contentUrl}/content/${asked.at(-1)?.token}/index.html`);
    expect(sandbox.split(" ")).to.include("allow-scripts").and.not.to.include("allow-top-navigation");
    expect(textOf(text)).to.contain("Unit one").and.to.contain("Unit two");
    expect(text).to.match(/aria-current="page"[^>]*>.*Unit two/);
    expect((await fetch(frame)).status).to.equal(200);
    expect(textOf((await browser.get(`/courses/${course.slug}`)).text)).to.contain("In progress");
  });

  it("shows an instructor the draft without keeping anything, and another's draft to nobody", async () => {
    const ctx = host.context.by(system);
    const course = await courses.create(ctx, { title: "Only a draft" });
    const { module } = await modules.add(ctx, course.id, { title: "Basics" });
    const page = await addItem(ctx, course.id, module.key, "Draft page");
    const packaged = await addItem(ctx, course.id, module.key, await storedPackage(host, {}));
    const [teacher, stranger] = [await person(host, `instructor:${course.id}`), await person(host, "instructor")];
    const browser = await teacher.browser();
    expect(textOf((await browser.get(`/courses/${course.slug}`)).text)).to.contain("Draft page").and.to.contain("not open for enrollment");
    expect((await browser.get(`/courses/${course.slug}/items/${page}`)).text).to.contain("Read about <strong>Draft page</strong>");
    expect((await browser.get(`/courses/${course.slug}/play/${packaged}`)).status).to.equal(200);
    expect(asked.at(-1)).to.deep.include({ mode: "browse" });
    expect(await countOf(host, "enrollment", "course_id", course.id)).to.equal(0);
    expect(await countOf(host, "attempt", "item_key", packaged)).to.equal(0);
    const others = await stranger.browser();
    for (const path of ["", `/items/${page}`, `/play/${packaged}`]) expect((await others.get(`/courses/${course.slug}${path}`)).status).to.equal(404);
  });

  it("asks nothing twice of a published course, and one question for a learner's page, besides the session's", async () => {
    const course = await publishedCourse(host, "Hot", ["One", "Two"], { capacity: 9 });
    const learner = await person(host);
    const browser = await learner.browser();
    const questions: string[] = [];
    const { rows, maybe, one } = host.database;
    const noting = <Answer>(ask: (question: never) => Answer) => (question: { text: string }) => (questions.push(question.text), ask(question as never));
    const counted = async (path: string): Promise<number> => {
      await browser.get(path);
      questions.length = 0;
      Object.assign(host.database, { rows: noting(rows), maybe: noting(maybe), one: noting(one) });
      await browser.get(path).finally(() => Object.assign(host.database, { rows, maybe, one }));
      return questions.filter((text) => !text.includes("from session")).length;
    };
    expect(await counted(`/courses/${course.slug}`), "the course and what must be completed before it").to.equal(2);
    await browser.post(`/courses/${course.slug}/enroll`);
    expect(await counted(`/courses/${course.slug}`)).to.equal(1);
    expect(await counted("/learning")).to.equal(1);
  });
});

describe("Pages of a course's learners", () => {
  let host: TestHost;
  before(async () => (host = await testHost({ plugins: [player] })));
  after(() => host.stop());

  it("lists who learns, searches them, enrolls by address and withdraws, for the course's own instructors", async () => {
    const course = await publishedCourse(host, "Taught", ["One", "Two"]);
    const teacher = await person(host, `instructor:${course.id}`);
    const [ada, bob] = [await person(host, "no-password"), await person(host, "no-password")];
    const browser = await teacher.browser();
    const here = `/teach/courses/${course.id}/learners`;
    await browser.get(here);
    expect((await browser.post(here, { email: ada.email.toUpperCase() })).status).to.equal(303);
    await browser.post(here, { email: bob.email });
    const shown = textOf((await browser.get(here)).text);
    expect(shown).to.contain(ada.name).and.to.contain(bob.email).and.to.contain("Not started").and.to.match(/Enrolled 2/);
    const wrong = await browser.post(here, { email: "nobody@example.org" });
    expect(wrong.status).to.equal(422);
    expect(textOf(wrong.text)).to.contain("Nobody has an account with this address.");
    expect(textOf((await browser.post(here, { email: ada.email })).text)).to.contain("Already enrolled in this course.");
    expect(textOf((await browser.get(`${here}?q=${encodeURIComponent(bob.name)}`)).text)).to.contain(bob.email).and.not.to.contain(ada.email);
    expect((await browser.post(`${here}/${bob.id}/withdraw`)).status).to.equal(303);
    expect(textOf((await browser.get(here)).text)).to.match(/Enrolled 1/);
    expect(textOf((await browser.get(`${here}?state=withdrawn`)).text)).to.contain(bob.email).and.not.to.contain(ada.email);
    const timeline = textOf((await browser.get(`${here}/${ada.id}`)).text);
    expect(timeline).to.contain(`${ada.name} registered Taught`).and.to.contain("Where they stand").and.to.contain("One");
    const outsider = await (await person(host, "instructor")).browser();
    expect((await outsider.get(here)).status).to.equal(403);
    expect((await outsider.get(`${here}/${ada.id}`)).status).to.equal(403);
  });

  it("writes the learners as CSV that no spreadsheet takes for formulas", async () => {
    const course = await publishedCourse(host, "Exported", ["One"]);
    const teacher = await person(host, `instructor:${course.id}`);
    const learner = await person(host, "no-password");
    await host.context.db.run((await import("../../core/db/sql.ts")).sql`update user_account set name = ${'=HYPERLINK("http://evil")'} where id = ${learner.id}`);
    await enrollments.create(host.context.by(system), { userId: learner.id, courseId: course.id });
    const { status, headers, text } = await (await teacher.browser()).get(`/api/v1/exports/learners?courseId=${course.id}`);
    expect([status, headers.get("content-type"), headers.get("content-disposition")]).to.deep.equal([200, "text/csv; charset=utf-8", 'attachment; filename="learners.csv"']);
    expect(text.split("\r\n")[1]).to.match(/^"'=HYPERLINK\(""http:\/\/evil""\)",person-\d+@example.org,not-started,0,,0,1,/);
    const listed = await teacher.api<{ name: string }[]>("GET", `/exports?courseId=${course.id}`);
    expect(listed.json.map(({ name }) => name)).to.deep.equal(["learners"]);
    expect((await learner.api("GET", `/exports/learners?courseId=${course.id}`)).status).to.equal(403);
    expect((await teacher.api("GET", "/exports/learners")).status).to.equal(400);
    expect((await teacher.api("GET", "/exports/nothing")).status).to.equal(404);
  });
});
