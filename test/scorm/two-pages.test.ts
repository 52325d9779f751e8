import { expect } from "chai";
import type { BrowserContext, Page } from "playwright-core";
import { sql } from "../../core/db/sql.ts";
import type { TestHost } from "../../core/testing/index.ts";
import { becomes } from "../support/becomes.ts";
import { scormInChromium } from "../support/scorm-site.ts";
import { until } from "../support/until.ts";
import { obedient, obedient2004, ownCourse, ownPackage } from "./own-packages.ts";
import { courseOf, learnerIn, type Learner } from "./support.ts";

const standards = [
  { standard: "SCORM 1.2", made: (host: TestHost) => ownPackage(host, { "index.html": obedient }), written: [true, false] },
  { standard: "SCORM 2004", made: (host: TestHost) => ownCourse(host, [{ title: "One" }, { title: "Two" }], { "index.html": obedient2004 }), written: [true] },
];

for (const { standard, made, written } of standards) {
  describe(`Content of ${standard} that is open twice`, function () {
    this.timeout(90_000);
    this.retries(0);
    const site = scormInChromium();
    let course: Awaited<ReturnType<typeof courseOf>>;
    let learner: Learner;
    const contexts: BrowserContext[] = [];

    before(async () => {
      course = await courseOf(site.host, await made(site.host));
    });
    beforeEach(async () => void (learner = await learnerIn(site.host, course)));
    afterEach(async () => {
      await Promise.all(contexts.splice(0).map((context) => context.close()));
    });

    const device = async (): Promise<BrowserContext> => {
      const context = await site.browser.newContext();
      contexts.push(context);
      return context;
    };
    const opened = async (context: BrowserContext): Promise<Page> => {
      const page = await context.newPage();
      await page.goto((await learner.play()).frameHref);
      return page;
    };
    const contentOf = async (page: Page) => {
      const content = await (await page.waitForSelector("#sco", { state: "attached" })).contentFrame();
      return becomes(content!, "window.began");
    };
    const runs = () => site.host.context.db.rows<{ state: string; seq: number }>(sql`select state, seq from scorm.run where registration = ${learner.registration} order by id`);
    const saved = (seq: number) => until(async () => (await runs()).some((run) => run.seq >= seq));
    const heading = async (page: Page) => (await page.waitForSelector("main.notice h1")).textContent();

    for (const [where, elsewhere] of [["in a second tab", "in another tab or window"], ["on a second device", "on another device or in another browser"]] as const) {
      it(`is not begun ${where} before the learner chose to; then the first stops, says so, and nothing is lost`, async () => {
        const first = await device();
        const one = await opened(first);
        const content = await contentOf(one);
        await content.evaluate("visit('here')");
        await saved(3);
        const two = await opened(where === "in a second tab" ? first : await device());
        expect(await heading(two)).to.equal("Already open elsewhere");
        expect(await two.textContent("main.notice")).to.include(elsewhere);
        expect(await two.$("#sco")).to.equal(null);
        expect((await runs()).map(({ seq }) => seq > 0), "the page that asks writes nothing").to.deep.equal(written);
        await two.click("main.notice button");
        const next = await contentOf(two);
        if (where === "in a second tab") {
          expect(await next.evaluate("began")).to.include({ entry: "resume", location: "here" });
          expect(await heading(one)).to.equal("You went on elsewhere");
        } else {
          expect(await next.evaluate("began")).to.include({ location: "here" });
          await content.evaluate("visit('late')");
          expect(await heading(one)).to.equal("You went on elsewhere");
        }
        expect(await one.textContent("main.notice")).to.include("What you did here is saved.");
        expect(await one.$("#sco")).to.equal(null);
        await next.evaluate("visit('there')");
        await until(async () => (await runs()).at(-1)!.state.includes('"there"'));
        const [journal] = await site.host.context.db.rows<{ all: string }>(sql`
          select string_agg(entries, '' order by run_id, from_seq) as all from scorm.journal join scorm.run on run.id = run_id where registration = ${learner.registration}`);
        expect(journal!.all).to.include('"here"').and.to.include('"there"');
        if (where === "on a second device") expect(journal!.all).to.include('"late"');
        await two.close({ runBeforeUnload: true });
        await until(async () => (await runs()).at(-1)!.state.includes("left at there"));
        const again = await contentOf(await opened(await device()));
        expect(await again.evaluate("began"), "the next page goes on from the one that took over").to.include({ entry: "resume", location: "there" });
      });
    }

    it("is not begun in a second tab either where the first is slow to answer", async () => {
      const context = await device();
      await context.addInitScript(`const tell = BroadcastChannel.prototype.postMessage; BroadcastChannel.prototype.postMessage = function (message) { setTimeout(() => tell.call(this, message), message.is === "playing" ? 800 : 0); };`);
      await (await contentOf(await opened(context))).evaluate("visit('here')");
      await saved(3);
      expect(await heading(await opened(context))).to.equal("Already open elsewhere");
    });

    it("can be taken back", async () => {
      const context = await device();
      const one = await opened(context);
      await (await contentOf(one)).evaluate("visit('one')");
      await saved(3);
      const two = await opened(context);
      await two.click("main.notice button");
      await (await contentOf(two)).evaluate("visit('two')");
      await until(async () => (await runs()).at(-1)!.state.includes('"two"'));
      await one.click("main.notice button");
      expect(await (await contentOf(one)).evaluate("began")).to.include({ location: "two" });
      expect(await heading(two)).to.equal("You went on elsewhere");
    });

    if (standard === "SCORM 2004") return;

    it("counts no time twice: what the course says is never more than went by", async () => {
      const startMs = Date.now();
      const one = await opened(await device());
      const content = await contentOf(one);
      await content.evaluate("visit('1')");
      await saved(3);
      const two = await opened(await device());
      await two.click("main.notice button");
      const next = await contentOf(two);
      for (const place of ["2", "3", "4"]) await Promise.all([next.evaluate(`visit('${place}')`), one.$("#sco").then(() => content.evaluate(`visit('${place}')`).catch(() => undefined))]);
      await Promise.all([one.close({ runBeforeUnload: true }), two.close({ runBeforeUnload: true })]);
      await until(async () => (await runs()).every(({ state }) => state.includes('"session":null')));
      expect((await learner.standing()).timeMs).to.be.greaterThan(0).and.at.most(Date.now() - startMs);
    });

    it("begins at once when the other page was closed, reloaded, or died on this device", async () => {
      const context = await device();
      const one = await opened(context);
      await (await contentOf(one)).evaluate("visit('one')");
      await saved(3);
      await one.reload();
      expect(await (await contentOf(one)).evaluate("began"), "reloaded").to.include({ location: "one" });
      const session = await context.newCDPSession(one);
      const crashed = one.waitForEvent("crash");
      void session.send("Page.crash").catch(() => undefined);
      await crashed;
      const two = await opened(context);
      expect(await (await contentOf(two)).evaluate("began"), "died").to.include({ location: "one" });
      await two.close({ runBeforeUnload: true });
      await until(async () => (await site.host.context.db.one<{ left: boolean }>(sql`select seen_at is null as left from scorm.run where registration = ${learner.registration} order by held_at desc limit 1`)).left);
      const three = await opened(context);
      expect(await (await contentOf(three)).evaluate("began"), "closed").to.include({ location: "one" });
    });
  });
}
