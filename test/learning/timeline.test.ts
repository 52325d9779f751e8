import { expect } from "chai";
import { tell } from "../../core/lrs/stores/own.ts";
import { itemIri } from "../../core/learning/statements.ts";
import * as enrollments from "../../core/learning/enrollments.ts";
import { complete } from "../../core/learning/items.ts";
import { testHost, type TestHost } from "../../core/testing/host.ts";
import { system } from "../../core/kernel/permissions.ts";
import { person, publishedCourse, type Person } from "./support.ts";

const textOf = (html: string): string => html.replace(/<(script|style)[^]*?<\/\1>|<[^>]+>/g, " ").replace(/&quot;/g, '"').replace(/\s+/g, " ");
const unescaped = (html: string): string => html.replaceAll("&#x3D;", "=").replaceAll("&amp;", "&");

describe("A learner's timeline", () => {
  let host: TestHost;
  let course: { id: string; items: string[] };
  let ada: Person;
  let teacher: Person;
  let enrollment: { id: string; registration: string };
  let here: string;
  before(async () => {
    host = await testHost();
    course = await publishedCourse(host, "Ports", ["One", "Two"]);
    ada = await person(host, "no-password");
    teacher = await person(host, `instructor:${course.id}`);
    const ctx = host.context.by(system);
    enrollment = await enrollments.create(ctx, { userId: ada.id, courseId: course.id });
    await complete(await ada.as(), enrollment.id, course.items[0]!);
    await ctx.transact((tx) =>
      tell(tx, [
        {
          actor: { mbox: "mailto:ada@example.org", name: "Ada" },
          verb: { id: "http://adlnet.gov/expapi/verbs/answered" },
          object: { id: `${itemIri(tx, course.id, course.items[1]!)}/questions/1`, definition: { name: { en: "Which port?" } } },
          result: { response: "443", success: true, score: { scaled: 0.82 }, duration: "PT12S" },
          context: { registration: enrollment.registration },
        },
      ]),
    );
    here = `/teach/courses/${course.id}/learners/${ada.id}`;
  });
  after(() => host.stop());

  it("shows sentences with their statements, and how each item stands", async () => {
    const { status, text } = await (await teacher.browser()).get(here);
    expect(status).to.equal(200);
    const shown = textOf(text);
    expect(shown).to.include(`${ada.name} registered Ports`).and.include(`${ada.name} completed One`).and.include("Ada answered Which port?").and.include("“443”").and.include("Score 82%").and.include("12 s");
    expect(shown).to.include('"id": "http://adlnet.gov/expapi/verbs/answered"').and.include("All 2 items completed").and.include("Item by item");
  });

  it("goes from an item to its statements", async () => {
    const browser = await teacher.browser();
    const shown = textOf((await browser.get(`${here}?item=${course.items[1]}`)).text);
    expect(shown).to.include("Ada answered Which port?").and.include("Only what was recorded of Two").and.not.include("registered Ports");
    expect(unescaped((await browser.get(here)).text)).to.include(`${here}?item=${course.items[0]}#record`);
  });

  it("goes through many statements page by page, and back", async () => {
    const browser = await teacher.browser();
    const first = unescaped((await browser.get(`${here}?limit=2`)).text);
    expect(textOf(first)).to.include("Which port?").and.not.include("registered Ports");
    const older = /href="([^"]+cursor=[^"]+)"/.exec(first)?.[1] ?? "";
    const second = unescaped((await browser.get(older)).text);
    expect(textOf(second)).to.include("registered Ports").and.not.include("Which port?");
    const newer = /href="([^"]+cursor=[^"]+)"/.exec(second)?.[1] ?? "";
    expect(textOf((await browser.get(newer)).text)).to.include("Which port?");
  });

  it("shows what was recorded before somebody left and came again", async () => {
    const again = await publishedCourse(host, "Twice", ["One"]);
    const ctx = host.context.by(system);
    const bob = await person(host, "no-password");
    const first = await enrollments.create(ctx, { userId: bob.id, courseId: again.id });
    await enrollments.withdraw(ctx, first.id);
    await enrollments.create(ctx, { userId: bob.id, courseId: again.id });
    const browser = await (await person(host, `instructor:${again.id}`)).browser();
    const shown = textOf((await browser.get(`/teach/courses/${again.id}/learners/${bob.id}`)).text);
    expect(shown.match(/registered Twice/g)).to.have.length(2);
    expect(shown).to.include("Enrolled 1 time before");
  });

  it("is hidden from instructors of other courses, and from learners", async () => {
    const other = await publishedCourse(host, "Other", ["One"]);
    for (const somebody of [await person(host, "instructor"), await person(host, `instructor:${other.id}`), await person(host)]) {
      expect((await (await somebody.browser()).get(here)).status).to.equal(403);
      expect((await somebody.api("GET", `/enrollments/${enrollment.id}/statements`)).status).to.equal(404);
    }
    const elsewhere = await (await person(host, `instructor:${other.id}`)).browser();
    expect((await elsewhere.get(`/teach/courses/${other.id}/learners/${ada.id}`)).status).to.equal(404);
  });

  it("is answered by the API to the course's instructors and the learner, a page at a time", async () => {
    type Line = { sentence: string; statement: { verb: { id: string } } };
    for (const somebody of [teacher, ada]) {
      const { status, json, headers } = await somebody.api<Line[]>("GET", `/enrollments/${enrollment.id}/statements?limit=2`);
      expect([status, json.map(({ sentence }) => sentence)]).to.deep.equal([200, ["Ada answered Which port?", `${ada.name} completed One`]]);
      const next = /<\/api\/v1([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1] ?? "";
      expect((await somebody.api<Line[]>("GET", next)).json.map(({ statement }) => statement.verb.id)).to.deep.equal(["http://adlnet.gov/expapi/verbs/registered"]);
    }
    const { json } = await ada.api<Line[]>("GET", `/enrollments/${enrollment.id}/statements?item=${course.items[0]}`);
    expect(json.map(({ sentence }) => sentence)).to.deep.equal([`${ada.name} completed One`]);
  });
});
