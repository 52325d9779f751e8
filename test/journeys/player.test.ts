import { expect } from "chai";
import type { BrowserContext, Frame, Page } from "playwright-core";
import { password } from "../learning/support.ts";
import { courseOf, learnerIn, type Learner } from "../scorm/support.ts";
import { obedient, obedient2004, ownCourse, ownPackage } from "../scorm/own-packages.ts";
import { becomes } from "../support/becomes.ts";
import { eventually } from "../support/eventually.ts";
import { scormInChromium } from "../support/scorm-site.ts";
import { framesOf, openBrowser, openPlayed, said, signIn, type Played } from "./support.ts";

const parts = [{ title: "One", hides: ["previous"] }, { title: "Two" }, { title: "Three", hides: ["continue", "exitAll", "previous"] }];

describe("The player, as a person uses it", function () {
  this.timeout(90_000);
  const site = scormInChromium();
  let context: BrowserContext & { complaints: string[] };
  let course: Awaited<ReturnType<typeof courseOf>>;
  let single: typeof course;
  let learner: Learner;
  let page: Page;
  let player: Frame;

  before(async () => {
    course = await courseOf(site.host, await ownCourse(site.host, parts, { "index.html": obedient2004 }));
    single = await courseOf(site.host, await ownPackage(site.host, { "index.html": obedient }));
  });
  beforeEach(async () => void (context = await openBrowser(site.browser)));
  afterEach(async () => {
    expect(context.complaints).to.deep.equal([]);
    await context.close();
  });

  const open = async (place = course): Promise<Played> => {
    learner = await learnerIn(site.host, place);
    const played = await openPlayed(context, site.host.url, learner, place);
    ({ page, player } = played);
    await hasBegun(played.content);
    // Then the page has heard that it began, and gives it the focus no more.
    await said(page, /^Saved/);
    await entersContent("when it has opened");
    return played;
  };
  const hasBegun = (content: Frame) => becomes(content, "window.began");
  /** Resolves once this part's content has begun. */
  const runs = async (title: string): Promise<Frame> => {
    const content = await (await player.waitForSelector(`#sco[title=${title}]`)).contentFrame();
    return hasBegun(content!);
  };
  /** The content of a page that opens, once it has begun. */
  const begunIn = async (opened: Page): Promise<Frame> => {
    const { content } = await framesOf(opened);
    return hasBegun(content);
  };
  const controls = () => page.$$eval("[data-go]", (buttons) => buttons.filter((button) => button.checkVisibility()).map((button) => `${button.textContent?.trim()}${button.getAttribute("aria-disabled") === "true" ? " (not now)" : ""}`));
  const focus = () => page.evaluate(() => document.activeElement?.getAttribute("data-go") ?? document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.tagName.toLowerCase());
  /** Where the focus is from the page inwards. */
  const focusPath = async () => [await focus(), await player.evaluate("document.activeElement.id"), await player.evaluate("document.getElementById('sco')?.contentDocument.hasFocus()")];
  const entersContent = (when: string) => eventually(async () => expect(await focusPath(), `the focus, ${when}`).to.deep.equal(["iframe", "sco", true]));
  const shows = (selector: string, words: string) => eventually(async () => expect(await page.textContent(selector)).to.equal(words));
  const offers = (...expected: string[]) => eventually(async () => expect(await controls()).to.deep.equal(expected));
  /** Keeps back what the frame tells the page; what is answered lets it through. */
  const keepBack = async (): Promise<() => Promise<void>> => {
    await page.evaluate("kept = []");
    return () => page.evaluate("for (const { data, origin, source } of [kept, (kept = undefined)][0]) dispatchEvent(new MessageEvent('message', { data, origin, source }))");
  };
  const contentPages = "**/index.html*";
  /** Keeps files back; what is answered lets them through. */
  const keepBackFiles = async (pattern: string): Promise<() => void> => {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    await context.route(pattern, async (route) => {
      await released;
      await route.continue();
    });
    return release;
  };

  it("is used by the keyboard alone, and the focus goes on into what opens", async () => {
    await open();
    await page.focus("[data-go=continue]");
    await page.keyboard.press("Enter");
    await runs("Two");
    await entersContent("behind Continue");
    await shows("[data-here]", "Two, 2 of 3");
    await page.focus("#parts a:has-text('Three')");
    await page.keyboard.press("Enter");
    await runs("Three");
    await entersContent("behind the table of contents");
    await shows("#parts a[aria-current=page] > :last-child", "Three");
    const stops: (string | null | undefined)[] = [];
    await page.focus("[data-exit]");
    for (let stop = 0; stop < 5; stop++) {
      await page.keyboard.press("Tab");
      stops.push(await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.lastElementChild?.textContent));
    }
    expect(stops).to.deep.equal(["Open in a window of its own", "Full screen", "One", "Two", "Three"]);
  });

  it("shows what may be done, however late the page's own script comes", async () => {
    const letThrough = await keepBackFiles(`${site.host.url}/assets/player-*.js`);
    learner = await learnerIn(site.host, course);
    await signIn(context, site.host.url, { ...learner, password });
    page = await context.newPage();
    await page.goto(`${site.host.url}/courses/${course.slug}/play/${course.item}`, { waitUntil: "commit" });
    await begunIn(page);
    expect(await page.isVisible("[data-steps]")).to.equal(false);
    letThrough();
    await offers("Finish", "Continue");
    await shows("[data-here]", "One, 1 of 3");
  });

  it("brings the focus into content that has loaded before the page hears of it", async () => {
    // Before the page's own, for a window's listeners are called in the order they came.
    await context.addInitScript("addEventListener('message', (event) => globalThis.kept && (event.stopImmediatePropagation(), kept.push(event)))");
    await open();
    const letThrough = await keepBack();
    await page.focus("#parts a:has-text('Three')");
    await page.keyboard.press("Enter");
    await (await runs("Three")).waitForLoadState("load");
    expect(await page.textContent("[data-here]")).to.equal("One, 1 of 3");
    await letThrough();
    await entersContent("when the page has heard");
  });

  it("brings the focus into content that loads only when the page has heard of it", async () => {
    await open();
    const letThrough = await keepBackFiles(contentPages);
    await page.focus("#parts a:has-text('Three')");
    await page.keyboard.press("Enter");
    await player.waitForSelector("#sco[title=Three]");
    await entersContent("in the frame while it is empty");
    letThrough();
    await runs("Three");
    await entersContent("when it has begun");
  });

  it("leaves the focus with who went elsewhere while the content loaded", async () => {
    await open();
    const letThrough = await keepBackFiles(contentPages);
    await page.click("[data-go=continue]");
    await player.waitForSelector("#sco[title=Two]");
    await entersContent("in the frame while it is empty");
    await page.focus("[data-window]");
    await eventually(async () => expect(await player.evaluate("document.hasFocus()")).to.equal(false));
    letThrough();
    await runs("Two");
    await player.waitForFunction("document.querySelector('.opening') === null");
    expect([await player.evaluate("document.hasFocus()"), await focus()]).to.deep.equal([false, "Open in a window of its own"]);
  });

  it("shows exactly the controls that the content leaves, and which of them would be followed", async () => {
    await open();
    await offers("Finish", "Continue");
    await page.click("[data-go=continue]");
    await runs("Two");
    await offers("Previous", "Finish", "Continue");
    await page.click("[data-go=previous]");
    await runs("One");
    await page.click("#parts a:has-text('Three')");
    await runs("Three");
    await offers();
  });

  it("asks before the course is finished, and takes Escape for no", async () => {
    await open();
    await page.click("[data-go=exitAll]");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    await eventually(async () => expect([await focus(), await page.textContent("[data-here]")]).to.deep.equal(["exitAll", "One, 1 of 3"]));
    await page.click("[data-go=exitAll]");
    await page.click("dialog .danger");
    await shows("[data-here]", "The end");
  });

  it("says in a live region what is saved and what is not, and how far the course is", async () => {
    const { content } = await open();
    expect(await page.$eval("[data-saved]", (words) => [words.role ?? words.getAttribute("role"), words.ariaLive ?? words.getAttribute("aria-live")])).to.deep.equal(["status", "polite"]);
    await content.evaluate("visit('here')");
    await said(page, /^Saved \d\d:\d\d:\d\d$/);
    await context.setOffline(true);
    await content.evaluate("visit('there')");
    await said(page, /^Offline: your work is kept on this device and sent later$/);
    await context.setOffline(false);
    await said(page, /^Saved \d\d:\d\d:\d\d$/);
    await page.waitForSelector("[data-done][aria-label='0 of 3 done']");
    await content.evaluate("api.SetValue('cmi.completion_status', 'completed'), api.Commit('')");
    await page.waitForSelector("[data-done][aria-label='1 of 3 done']");
    expect(await page.getAttribute("[data-here]", "role")).to.equal("status");
  });

  it("lets a person on a phone choose a part and come back by Escape", async () => {
    await context.close();
    context = await openBrowser(site.browser, { phone: true });
    await open();
    expect(await page.isVisible("#parts")).to.equal(false);
    await page.focus(".open-parts");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#parts");
    await page.keyboard.press("Escape");
    await eventually(async () => expect([await page.isVisible("#parts"), await focus()]).to.deep.equal([false, "Parts"]));
    await page.click(".open-parts");
    await page.click("#parts a:has-text('Two')");
    await runs("Two");
    await page.waitForSelector("#parts", { state: "hidden" });
    await entersContent("behind the table of contents");
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).to.equal(true);
  });

  it("moves nothing for who wants less motion", async () => {
    await open();
    await page.emulateMedia({ reducedMotion: "reduce" });
    // A millisecond is what the style sheet below ours leaves of any animation, so that its end is still told.
    const moving = (frame: Frame) => frame.evaluate(() => [...document.querySelectorAll("*")].filter((each) => [getComputedStyle(each).transitionDuration, getComputedStyle(each).animationDuration].some((times) => times.split(", ").some((time) => parseFloat(time) > 0.001))).map(({ tagName }) => tagName));
    await eventually(async () => expect([await moving(page.mainFrame()), await moving(player)]).to.deep.equal([[], []]));
  });

  for (const [standard, place] of [["SCORM 1.2", () => single], ["SCORM 2004", () => course]] as const) {
    it(`moves content of ${standard} into a window of its own, where it goes on; Exit there closes it and leads both back`, async () => {
      const { content } = await open(place());
      await content.evaluate("visit('here')");
      await said(page, /^Saved/);
      const [apart] = await Promise.all([context.waitForEvent("page"), page.click("[data-window]")]);
      await page.waitForSelector("[data-apart]:not([hidden])");
      expect([await page.$("iframe"), await page.evaluate("document.activeElement.textContent")]).to.deep.equal([null, "Bring it back here"]);
      expect(await (await begunIn(apart)).evaluate("began")).to.include({ entry: "resume", location: "here" });
      await Promise.all([apart.waitForEvent("close"), page.waitForURL(`**/courses/${place().slug}`), apart.click("[data-exit]")]);
    });

    it(`brings content of ${standard} back from its window`, async () => {
      await open(place());
      const [apart] = await Promise.all([context.waitForEvent("page"), page.click("[data-window]")]);
      await (await begunIn(apart)).evaluate("visit('there')");
      await said(apart, /^Saved/);
      await Promise.all([apart.waitForEvent("close"), page.waitForEvent("load"), page.click("[data-apart] button")]);
      expect(await (await begunIn(page)).evaluate("began")).to.include({ entry: "resume", location: "there" });
    });
  }
});
