import { expect } from "chai";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import scorm from "../../plugins/scorm/index.ts";
import { password } from "../learning/support.ts";
import { courseOf, learnerIn } from "../scorm/support.ts";
import { chromiumOrSkip } from "../support/chromium.ts";
import { givenPackage, takeIn } from "../support/packages.ts";
import { framesOf, openBrowser, said, signIn, until } from "./support.ts";

describe("SCORM 2004 in Chromium", function () {
  this.timeout(120_000);
  let host: TestHost;
  let browser: Browser;
  let context: BrowserContext & { complaints: string[] };

  before(async function () {
    if (!givenPackage("scorm2004/golf-SequencingForcedSequential_SCORM20043rdEdition.zip")) return this.skip();
    host = await testHost({ plugins: [scorm] });
    browser = await chromiumOrSkip(this);
  });
  after(async () => {
    await browser?.close();
    await host?.stop();
  });
  beforeEach(async () => void (context = await openBrowser(browser)));
  afterEach(() => context?.close());

  it("explores", async () => {
    const course = await courseOf(host, (await takeIn(host, givenPackage("scorm2004/golf-SequencingForcedSequential_SCORM20043rdEdition.zip") ?? "")).versionId);
    const learner = await learnerIn(host, course);
    const page = await context.newPage();
    page.on("console", (m) => console.log("console:", m.text()));
    page.on("request", (r) => r.method() === "POST" && console.log("post", r.url(), r.postData()?.slice(0, 900))); page.on("response", async (r) => r.request().method() === "POST" && console.log("answer", r.status(), (await r.text().catch(() => "")).slice(0, 300)));
    page.on("pageerror", (m) => console.log("error:", m.message));
    page.on("dialog", (d) => (console.log("dialog:", d.message()), void d.accept()));
    await signIn(page, host.url, { email: learner.email, password });
    await page.goto(`${host.url}/courses/${course.slug}/play/${course.item}`);
    await framesOf(page);
    await page.waitForSelector("[data-steps]:not([hidden])");
    await page.screenshot({ path: "/tmp/shot1.png" });
    const { content } = await framesOf(page);
    for (let n = 0; n < 4; n++) await content.click("#butNext");
    await said(page, /Saved/);
    await page.screenshot({ path: "/tmp/shot2.png" });
    await page.click("[data-go=continue]"); await page.waitForTimeout(4000); await page.screenshot({ path: "/tmp/shot3.png" }); console.log(await page.textContent("[data-saved]"), await page.textContent("[data-message]"), await page.innerHTML("#parts"));
    await page.waitForFunction(() => document.querySelector("#parts [aria-current]")?.textContent === "Etiquette");
    await page.screenshot({ path: "/tmp/shot3.png" });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.screenshot({ path: "/tmp/shot4.png" });
    await page.click(".open-parts");
    await page.screenshot({ path: "/tmp/shot5.png" });
    expect(context.complaints).to.deep.equal([]);
    void until;
  });
});
