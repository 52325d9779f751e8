import { expect } from "chai";
import type { BrowserContext, Page } from "playwright-core";
import { createAdministratorLink } from "../../core/people/administrators.ts";
import { sql } from "../../core/db/sql.ts";
import { mailTo } from "../people/people.ts";
import { eventually } from "../support/eventually.ts";
import { givenPackage } from "../support/packages.ts";
import { scormInChromium } from "../support/scorm-site.ts";
import { until } from "../support/until.ts";
import { golfIn, lastPage } from "./golf.ts";
import { framesOf, openBrowser, said, signIn } from "./support.ts";

const golf = "scorm12/golf-singlescobasic.zip";
const password = "a horse on a staircase";
const [instructor, learner] = [{ name: "Grace Hopper", email: "grace@example.org", password }, { name: "Ada Lovelace", email: "ada@example.org", password }];

describe("A SCORM package's journey in Chromium", function () {
  this.timeout(120_000);
  const site = scormInChromium({ needs: [golf] });
  const contexts: (BrowserContext & { complaints: string[] })[] = [];
  let teaching: Page;
  let courseHref: string;
  let score: number;

  const newcomer = async (options?: { phone?: boolean }): Promise<Page> => {
    const context = await openBrowser(site.browser, options);
    contexts.push(context);
    return context.newPage();
  };
  const fill = async (page: Page, fields: Record<string, string>): Promise<void> => {
    for (const [name, value] of Object.entries(fields)) await page.fill(`main [name=${name}]`, value);
  };
  const press = async (page: Page, name: string | RegExp): Promise<void> => {
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name }).click()]);
  };

  it("lets an administrator in by the one-time link, who makes an instructor", async () => {
    const page = await newcomer();
    await page.goto(await createAdministratorLink(site.host.context));
    await fill(page, { name: "Edith Clarke", email: "edith@example.org", password });
    await press(page, "Create account and sign in");
    await page.goto(`${site.host.url}/admin/people`);
    await page.getByLabel("Full name").fill(instructor.name);
    await page.getByLabel("Email", { exact: true }).fill(instructor.email);
    await page.locator("form[action='/admin/people'][method=post] [name=role]").selectOption("instructor");
    await press(page, "Add person");
    expect(await page.textContent("main h1")).to.equal(instructor.name);
    expect(await page.textContent("main")).to.include("Instructor");
  });

  it("lets the instructor upload the package, build a course of it and publish it", async () => {
    teaching = await newcomer();
    await teaching.goto(site.host.url + (await mailTo(site.host, instructor.email))?.link);
    await fill(teaching, { password });
    await press(teaching, "Save and sign in");
    await teaching.goto(`${site.host.url}/teach/courses`);
    await fill(teaching, { title: "Golf for beginners" });
    await press(teaching, "Create draft");
    await teaching.getByRole("link", { name: "Upload a package" }).click();
    await teaching.setInputFiles("[name=file]", givenPackage(golf) ?? "");
    await teaching.getByRole("button", { name: "Upload and check" }).click();
    await teaching.waitForURL("**/teach/packages/**");
    expect(await teaching.textContent("main")).to.include("SCORM 1.2").and.to.include("Nothing is wrong with this package");
    await fill(teaching, { title: "Golf explained" });
    await press(teaching, /^Add/);
    expect(await teaching.textContent("main")).to.include("Golf explained");
    await press(teaching, "Publish");
    courseHref = (await teaching.getByRole("link", { name: "View as a learner" }).getAttribute("href")) ?? "";
    expect(courseHref).to.match(/^\/courses\/golf-for-beginners/);
  });

  it("lets a learner register, enroll, learn, and close the tab in the middle", async () => {
    const page = await newcomer();
    await page.goto(`${site.host.url}/register`);
    await fill(page, { name: learner.name, email: learner.email, password });
    await press(page, "Create account");
    await page.goto(site.host.url + courseHref);
    await press(page, "Enroll");
    await page.getByRole("link", { name: "Start", exact: true }).click();
    const { content } = await framesOf(page);
    await golfIn(content).next(4);
    await eventually(async () => expect(await golfIn(content).place()).to.equal(4));
    await said(page, /^Saved \d\d:\d\d:\d\d$/);
    await golfIn(content).next(1);
    await page.close({ runBeforeUnload: true });
    await until(async () => (await site.host.context.db.rows(sql`select id from scorm.run where state::json ->> 'ended' = 'suspend'`)).length === 1);
  });

  it("lets them go on at the same place on another device, and pass", async () => {
    const page = await newcomer({ phone: true });
    const asked: string[] = [];
    page.on("dialog", (dialog) => {
      asked.push(dialog.message());
      void dialog.accept();
    });
    await signIn(page.context(), site.host.url, learner);
    await page.goto(site.host.url + courseHref);
    await page.getByRole("link", { name: "Continue", exact: true }).click();
    const { content } = await framesOf(page);
    await eventually(async () => expect(await golfIn(content).place()).to.equal(5));
    expect(asked).to.deep.equal(["Would you like to resume from where you previously left off?"]);
    await golfIn(content).next(lastPage - 5);
    score = await golfIn(content).takeTest();
    expect(score).to.be.greaterThan(90).and.lessThan(100);
    await page.getByRole("link", { name: "Exit", exact: true }).click();
    await page.waitForURL(`**${courseHref}`);
    expect(await page.textContent("main")).to.include("Completed").and.to.include(`${score}%`);
  });

  it("shows the instructor score, completion and the statements they rest on", async () => {
    await teaching.getByRole("link", { name: "Learners" }).first().click();
    const row = teaching.getByRole("row", { name: learner.name });
    expect(await row.textContent()).to.include("Completed").and.to.include(`${score}%`);
    await row.getByRole("link").first().click();
    await teaching.waitForSelector(".timeline");
    const record = (await teaching.textContent("main")) ?? "";
    for (const words of ["registered", "initialized", "suspended", "resumed", "passed", "terminated", "completed"]) expect(record).to.include(words);
    expect(record).to.include(`Score ${score}%`);
  });

  it("gives no script of ours a reason to complain", () => {
    expect(contexts.flatMap(({ complaints }) => complaints)).to.deep.equal([]);
  });
});
