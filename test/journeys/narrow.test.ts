import { expect } from "chai";
import type { Page } from "playwright-core";
import { sql } from "../../core/db/sql.ts";
import { person, publishedCourse } from "../learning/support.ts";
import { courseOf, learnerIn } from "../scorm/support.ts";
import { ownPackage } from "../scorm/own-packages.ts";
import { scormInChromium } from "../support/scorm-site.ts";
import { openBrowser, signIn } from "./support.ts";

describe("Pages on a phone", function () {
  this.timeout(60_000);
  const site = scormInChromium();
  let page: Page;
  let course: { id: string; slug: string };
  let learner: { id: string };
  before(async () => {
    const made = await courseOf(site.host, await ownPackage(site.host, { "index.html": "<!doctype html><title>Short</title>" }));
    course = made;
    learner = await learnerIn(site.host, made);
    const context = await openBrowser(site.browser, { phone: true });
    await signIn(context, site.host.url, { ...(await person(site.host, "administrator", "instructor")), password: "correct horse battery staple" });
    page = await context.newPage();
  });

  const widthAt = async (path: string, at = page): Promise<number> => {
    const answer = await at.goto(site.host.url + path);
    expect(answer?.status(), path).to.equal(200);
    return at.evaluate("document.documentElement.scrollWidth");
  };

  it("are no wider than it, whatever their tables hold", async () => {
    const taught = `/teach/courses/${course.id}`;
    const paths = [taught, `${taught}/packages`, `${taught}/learners`, `${taught}/learners/${learner.id}`, `/courses/${course.slug}`, "/learning", "/account"];
    const administered = ["people", "audit", "plugins", "plugins/scorm", "jobs", "mail", "records", "records/statements", "records/stores", "records/imports", "records/privacy"].map((name) => `/admin/${name}`);
    for (const path of [...paths, ...administered]) expect(await widthAt(path), path).to.equal(390);
  });

  it("are no wider for a word that is, in the name of a course, a person or an item", async () => {
    const word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
    const { id, slug, items } = await publishedCourse(site.host, word, [word, `${word} 2`]);
    const named = await learnerIn(site.host, { id, item: items[0] ?? "" });
    await site.host.context.db.run(sql`update user_account set name = ${word} where id = ${named.id}`);
    for (const path of [`/teach/courses`, `/teach/courses/${id}`, `/teach/courses/${id}/learners`, `/teach/courses/${id}/learners/${named.id}`, `/teach/courses/${id}/items/${items[0]}`, "/admin/people", `/admin/people/${named.id}`, "/admin/records/statements"]) expect(await widthAt(path), path).to.equal(390);
    const context = await openBrowser(site.browser, { phone: true });
    await signIn(context, site.host.url, { email: named.email, password: "correct horse battery staple" });
    const theirs = await context.newPage();
    for (const path of ["/courses", "/learning", `/courses/${slug}`, `/courses/${slug}/items/${items[0]}`]) expect(await widthAt(path, theirs), path).to.equal(390);
    await context.close();
  });

  it("are found by the address that a person would try", async () => {
    await widthAt("/teach");
    expect(new URL(page.url()).pathname).to.equal("/teach/courses");
    await widthAt("/admin");
    expect(new URL(page.url()).pathname).to.equal("/admin/people");
  });
});
