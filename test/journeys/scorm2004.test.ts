import { expect } from "chai";
import type { BrowserContext, Page } from "playwright-core";
import { sql } from "../../core/db/sql.ts";
import { password, person } from "../learning/support.ts";
import { courseOf, learnerIn, type Learner, type Standing } from "../scorm/support.ts";
import { givenPackage, takeIn } from "../support/packages.ts";
import { eventually } from "../support/eventually.ts";
import { scormInChromium } from "../support/scorm-site.ts";
import { until } from "../support/until.ts";
import { golf2004In, type Golf2004 } from "./golf2004.ts";
import { framesOf, openBrowser, openPlayed, said, signIn } from "./support.ts";

const golf = (name: string) => `scorm2004/golf-${name}.zip`;
const reading = ["Playing the Game", "Etiquette", "Handicapping", "Having Fun"];

/** What the 4th edition's golf course takes from a server elsewhere, as far as it uses it. */
const shim = `window.$ = (found) => ({ dialog() {}, val(text) { const field = document.querySelector(found); return text === undefined ? field.value : (field.value = text); } })`;

interface Sitting {
  page: Page;
  learner: Learner;
  course: Golf2004;
  place: { id: string; slug: string; item: string };
  url: string;
}

describe("SCORM 2004 in Chromium", function () {
  this.timeout(180_000);
  const site = scormInChromium({ needs: [golf("SequencingForcedSequential_SCORM20043rdEdition")] });
  let context: BrowserContext & { complaints: string[] };

  beforeEach(async () => void (context = await openBrowser(site.browser)));
  afterEach(() => context?.close());

  async function start(name: string): Promise<Sitting> {
    const place = await courseOf(site.host, (await takeIn(site.host, givenPackage(golf(name)) ?? "")).versionId);
    const learner = await learnerIn(site.host, place);
    const page = await context.newPage();
    page.on("dialog", (dialog) => void dialog.accept());
    await signIn(context, site.host.url, { email: learner.email, password });
    const url = `${site.host.url}/courses/${place.slug}/play/${place.item}`;
    await open(page, url);
    return { page, learner, course: golf2004In(page), place, url };
  }

  async function open(page: Page, url: string): Promise<void> {
    await page.goto(url);
    await framesOf(page);
    await page.waitForSelector("[data-steps]:not([hidden])");
  }

  const stands = (learner: Learner, expected: Partial<Standing>) => eventually(async () => expect(await learner.standing()).to.include(expected));

  it("leads through the forced order, goes on after a closed tab, and shows the instructor what came of it", async () => {
    const { page, learner, course, place, url } = await start("SequencingForcedSequential_SCORM20043rdEdition");
    expect(await course.open()).to.deep.equal(["Playing the Game"]);
    await course.read();
    await page.waitForFunction(() => document.querySelectorAll("#parts a[href]").length === 2);
    await course.press("continue");
    expect(await course.here()).to.equal("Etiquette");
    await (await framesOf(page)).content.click("#butNext");
    await said(page, /^Saved \d\d:\d\d:\d\d$/);
    await page.close({ runBeforeUnload: true });
    await until(async () => (await site.host.context.db.rows(sql`select id from scorm.run where registration = ${learner.registration} and state::json ->> 'ended' = 'suspend'`)).length === 2);

    const again = await context.newPage();
    again.on("dialog", (dialog) => void dialog.accept());
    await open(again, url);
    const resumed = golf2004In(again);
    expect(await resumed.here()).to.equal("Etiquette");
    const { content } = await framesOf(again);
    await eventually(async () => expect(await content.evaluate("currentPage")).to.equal(1));
    for (const title of reading.slice(1)) {
      expect(await resumed.here()).to.equal(title);
      await resumed.read();
      await resumed.press("continue");
    }
    expect(await resumed.here()).to.equal("Quiz");
    await resumed.answer();
    await again.click("[data-exit]");
    await again.waitForURL(`**/courses/${place.slug}`);
    await stands(learner, { attemptStatus: "passed", status: "completed", progress: 1 });

    const staff = await person(site.host, `instructor:${place.id}`);
    const teaching = await (await openBrowser(site.browser)).newPage();
    await signIn(teaching.context(), site.host.url, { email: staff.email, password });
    await teaching.goto(`${site.host.url}/teach/courses/${place.id}/learners`);
    expect(await teaching.getByRole("row", { name: learner.name }).textContent()).to.include("Completed");
    await teaching.context().close();
    expect(context.complaints).to.deep.equal([]);
  });

  it("leads back to what a test was failed in, until it is passed (remediation)", async () => {
    const { page, learner, course } = await start("SequencingSimpleRemediation_SCORM20043rdEdition");
    const path: string[] = [];
    for (let step = 0; step < 30 && (await page.textContent("[data-here]")) !== "The end"; step++) {
      const here = await course.here();
      const fails = here === "Etiquette Quiz" && !path.includes(here);
      path.push(here);
      await (here.endsWith("Quiz") ? course.answer(fails ? 2 : 0) : course.read());
      await course.press("continue");
    }
    // The last test is always given: its own rules take the place of those that would skip it.
    const tests = ["Playing Quiz", "Etiquette Quiz", "Handicapping Quiz", "Having Fun Quiz"];
    expect(path).to.deep.equal([...reading, ...tests, "Etiquette", "Etiquette Quiz", "Having Fun Quiz"]);
    await stands(learner, { attemptStatus: "passed", status: "completed", score: 1 });
  });

  it("draws one test of several, and keeps it when the learner comes back (random test)", async () => {
    const { page, learner, course, url } = await start("SequencingRandomTest_SCORM20043rdEdition");
    for (const title of reading) {
      expect(await course.here()).to.equal(title);
      await course.read();
      await course.press("continue");
    }
    const drawn = (await framesOf(page)).content.url();
    expect(drawn).to.match(/content=assessment[1-4]$/);
    await open(page, url);
    expect(new URL((await framesOf(page)).content.url()).search).to.equal(new URL(drawn).search);
    await course.answer();
    await course.press("continue");
    expect(await page.textContent("[data-here]")).to.equal("The end");
    await stands(learner, { attemptStatus: "passed", status: "completed", score: 1 });
  });

  it("counts a pre-test that is passed for the course, and closes it (pre- or post-test rollup)", async () => {
    const { learner, course } = await start("SequencingPreOrPostTestRollup_SCORM20043rdEdition");
    expect(await course.here()).to.equal("Pre Test");
    await course.answer();
    await course.press("continue");
    expect(await course.here()).to.equal("Playing the Game");
    expect(await course.open()).to.deep.equal(reading);
    await stands(learner, { attemptStatus: "passed", status: "completed", score: 1 });
  });

  it("asks for the post-test where the pre-test was failed (pre- or post-test rollup)", async () => {
    const { learner, course } = await start("SequencingPreOrPostTestRollup_SCORM20043rdEdition");
    await course.answer(15);
    await course.press("continue");
    for (const title of reading) {
      expect(await course.here()).to.equal(title);
      await course.read();
      await course.press("continue");
    }
    expect(await course.here()).to.equal("Post Test");
    await course.answer();
    await course.press("continue");
    await stands(learner, { attemptStatus: "passed", status: "completed" });
  });

  it("jumps to the test past all rules, as the 4th edition has it", async () => {
    await context.addInitScript(shim);
    const { page, learner, course } = await start("SequencingPostTestRollup4thEd_SCORM20044thEdition");
    expect(await course.open()).to.deep.equal(["Playing the Game"]);
    await course.jump();
    expect(await course.here()).to.equal("Quiz");
    await course.answer();
    await course.press("continue");
    expect(await page.textContent("[data-here]")).to.equal("The end");
    await stands(learner, { attemptStatus: "passed", status: "completed" });
  });

  it("opens a course of one part without steps, as the 2nd edition has it, and leaves it though its content never spoke", async () => {
    const place = await courseOf(site.host, (await takeIn(site.host, givenPackage(golf("ContentPackagingSingleSCO_SCORM20042ndEdition")) ?? "")).versionId);
    const learner = await learnerIn(site.host, place);
    const { page, content } = await openPlayed(context, site.host.url, learner, place);
    expect(await content.title()).to.not.equal("");
    await eventually(async () => expect(await page.textContent("[data-here]")).to.match(/, 1 of 1$/));
    expect(await page.isVisible("[data-steps]")).to.equal(false);
    await page.click("[data-exit]");
    await page.waitForURL(`**/courses/${place.slug}`);
    await stands(learner, { attemptStatus: "passed", status: "completed" });
  });

  it("shares notes between the parts, as the 4th edition has it", async () => {
    await context.addInitScript(shim);
    const { page, learner, course } = await start("SequencingPostTestRollup4thEd_SCORM20044thEdition");
    const first = (await framesOf(page)).content;
    await course.read();
    await first.evaluate("SaveNotesText('mind the bunker')");
    await course.press("continue");
    expect(await course.here()).to.equal("Etiquette");
    expect(await (await framesOf(page)).content.evaluate("GetNotesText()")).to.equal("mind the bunker");
    for (const title of reading.slice(1)) {
      expect(await course.here()).to.equal(title);
      await course.read();
      await course.press("continue");
    }
    expect(await course.here()).to.equal("Quiz");
    await course.answer();
    await course.press("continue");
    expect(await page.textContent("[data-here]")).to.equal("The end");
    await stands(learner, { attemptStatus: "passed", status: "completed" });
  });
});
