import { expect } from "chai";
import type { Page } from "playwright-core";
import { person } from "../learning/support.ts";
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

  const widthAt = async (path: string): Promise<number> => {
    const answer = await page.goto(site.host.url + path);
    expect(answer?.status(), path).to.equal(200);
    return page.evaluate("document.documentElement.scrollWidth");
  };

  it("are no wider than it, whatever their tables hold", async () => {
    const taught = `/teach/courses/${course.id}`;
    const paths = [taught, `${taught}/packages`, `${taught}/learners`, `${taught}/learners/${learner.id}`, `/courses/${course.slug}`, "/learning", "/account"];
    const administered = ["people", "audit", "plugins", "plugins/scorm", "jobs", "mail", "records", "records/statements", "records/stores", "records/imports", "records/privacy"].map((name) => `/admin/${name}`);
    for (const path of [...paths, ...administered]) expect(await widthAt(path), path).to.equal(390);
  });

  it("are found by the address that a person would try", async () => {
    await widthAt("/teach");
    expect(new URL(page.url()).pathname).to.equal("/teach/courses");
    await widthAt("/admin");
    expect(new URL(page.url()).pathname).to.equal("/admin/people");
  });
});
