import { expect } from "chai";
import type { BrowserContext, Frame } from "playwright-core";
import { sql } from "../../core/db/sql.ts";
import type { Entry } from "../../plugins/scorm/runtime/journal.ts";
import { openPlayed, said, type Played } from "../journeys/support.ts";
import { becomes } from "../support/becomes.ts";
import { eventually } from "../support/eventually.ts";
import { scormInChromium } from "../support/scorm-site.ts";
import { until } from "../support/until.ts";
import { findApi, findApi2004, obedient, obedient2004, ownCourse, ownPackage } from "./own-packages.ts";
import { courseOf, learnerIn, type Learner } from "./support.ts";

const minuteMs = 60_000;
const standards = [
  { standard: "SCORM 1.2", api: "API", place: "cmi.core.lesson_location", find: findApi, initialize: "LMSInitialize", set: "LMSSetValue", commit: "LMSCommit", finish: "LMSFinish", page: obedient },
  { standard: "SCORM 2004", api: "API_1484_11", place: "cmi.location", find: findApi2004, initialize: "Initialize", set: "SetValue", commit: "Commit", finish: "Terminate", page: obedient2004 },
] as const;

for (const { standard, api, place, find, initialize, set, commit, finish, page } of standards) {
  describe(`Content of ${standard}`, function () {
    this.timeout(90_000);
    const site = scormInChromium();
    let context: BrowserContext;
    let learner: Learner;

    beforeEach(async () => void (context = await site.browser.newContext()));
    afterEach(() => context?.close());

    /** Opens content of these files for somebody new. */
    const open = async (files: Record<string, string>): Promise<Played> => {
      const { host } = site;
      const version = standard === "SCORM 1.2" ? await ownPackage(host, files) : await ownCourse(host, [{ title: "One" }, { title: "Two" }], files);
      const course = await courseOf(host, version);
      learner = await learnerIn(host, course);
      return openPlayed(context, host.url, learner, course);
    };
    const began = (content: Frame) => becomes(content, "window.began");
    const journal = async (): Promise<Entry[]> => {
      const pieces = await site.host.context.db.rows<{ entries: string }>(sql`
        select entries from scorm.journal join scorm.run on run.id = run_id where run.registration = ${learner.registration} order by run.id, from_seq`);
      return pieces.flatMap(({ entries }) => JSON.parse(entries) as Entry[]);
    };
    const places = async () => (await journal()).flatMap(([, , , element, value]) => (element === place ? [value] : []));
    const arrives = (last: string) => until(async () => (await places()).includes(last));

    it("may be offline for ten minutes: all of it arrives when the network is back, in order and once", async () => {
      await context.clock.install();
      const { page: around, content } = await open({ "index.html": page });
      await (await began(content)).evaluate("visit('start')");
      await arrives("start");
      await context.setOffline(true);
      for (let minute = 1; minute <= 10; minute += 1) {
        expect(await content.evaluate(`visit('minute ${minute}')`)).to.equal("true");
        await context.clock.fastForward(minuteMs);
      }
      await said(around, /^Offline: your work is kept on this device/);
      expect(await places()).to.deep.equal(["start"]);
      await context.setOffline(false);
      await arrives("minute 10");
      await said(around, /^Saved \d\d:\d\d:\d\d$/);
      const entries = await journal();
      expect(entries.map(([seq]) => seq)).to.deep.equal(entries.map((_, index) => index + 1));
      expect(await places()).to.deep.equal(["start", ...Array.from({ length: 10 }, (_, minute) => `minute ${minute + 1}`)]);
      expect((entries.at(-1)?.[1] ?? 0) - (entries[0]?.[1] ?? 0)).to.be.at.least(9 * minuteMs);
    });

    it("may take minutes to load: the page says so, and it is taken as it comes", async () => {
      let release = () => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      await context.clock.install();
      await context.route("**/late.js", async (route) => {
        await released;
        await route.continue();
      });
      const script = /<script>([^]*)<\/script>/.exec(page)?.[1] ?? "";
      const opened = open({ "index.html": `<!doctype html><title>Late</title><script src="late.js"></script>`, "late.js": script });
      const around = context.pages()[0] ?? (await context.waitForEvent("page"));
      const player = await (await around.waitForSelector("iframe[data-player]")).contentFrame();
      await becomes(player!, `window.${api}`);
      for (let minute = 1; minute <= 3; minute += 1) await context.clock.fastForward(minuteMs);
      await eventually(async () => expect(await player?.textContent(".opening")).to.match(/^Opening “.+”…$/));
      release();
      const { content } = await opened;
      expect(await (await began(content)).evaluate("visit('late')")).to.equal("true");
      await arrives("late");
      await player?.waitForSelector(".opening", { state: "detached" });
    });

    it("may call while it is left, in every event that there is", async () => {
      const calls = (name: string) => `addEventListener("${name}", () => { for (let n = 1; n <= 5; n += 1) { api.${set}("${place}", "${name} " + n); api.${commit}(""); } });`;
      const { page: around, content } = await open({ "index.html": `<!doctype html><title>Parting</title><script>${find} api.${initialize}(""); window.began = 1; ${["beforeunload", "pagehide", "unload"].map(calls).join(" ")} addEventListener("unload", () => api.${finish}(""));</script>` });
      await began(content);
      await content.click("html");
      around.on("dialog", (dialog) => void dialog.accept());
      await around.click("[data-exit]");
      await around.waitForURL((address) => !address.pathname.includes("/play/"));
      await until(async () => (await journal()).some(([, , kind]) => kind === "finish"));
      expect(await places()).to.deep.equal(["beforeunload", "pagehide", "unload"].flatMap((name) => [1, 2, 3, 4, 5].map((n) => `${name} ${n}`)));
    });

    it("may do its work in a window that it opens", async () => {
      const inPopup = `<!doctype html><title>In a window</title><script>${find} window.done = api.${initialize}("") + api.${set}("${place}", "in a window") + api.${commit}("");</script>`;
      const { content } = await open({ "index.html": `<!doctype html><title>Opens</title><button onclick="window.open('popup.html', 'sco')">Begin</button>`, "popup.html": inPopup });
      const [popup] = await Promise.all([context.waitForEvent("page"), content.click("button")]);
      await popup.waitForFunction("window.done");
      expect(await popup.evaluate("window.done")).to.equal("truetruetrue");
      await arrives("in a window");
    });

    if (standard === "SCORM 2004") {
      it("is told that its session is over where a window of it outlasts its part", async () => {
        const inPopup = `<!doctype html><title>In a window</title><script>${find} window.began = api.Initialize("");</script>`;
        const { page: around, player, content } = await open({ "index.html": `<!doctype html><title>Opens</title><button onclick="window.open('popup.html', 'sco')">Begin</button>`, "popup.html": inPopup });
        const [popup] = await Promise.all([context.waitForEvent("page"), content.click("button")]);
        await popup.waitForFunction("window.began");
        await around.bringToFront();
        await around.click("[data-go=continue]");
        await player.waitForSelector("#sco[title=Two]");
        expect(await popup.evaluate('[api.SetValue("cmi.location", "too late"), api.GetLastError(), api.Commit(""), api.GetLastError()].join(" ")')).to.equal("false 133 false 143");
        expect(await places()).to.not.include("too late");
      });
    }

    const other = api === "API" ? "API_1484_11" : "API";
    for (const [how, script] of Object.entries({
      "seven frames up at most": `let tries = 0, win = window; while (win.${api} == null && win.parent != null && win.parent != win) { if (++tries > 7) break; win = win.parent; } window.found = win.${api};`,
      "for the other standard's first, up to the top": `let win = window; while (!win.${other} && win.parent && win.parent != win) win = win.parent; let own = window; while (!own.${api} && own.parent && own.parent != own) own = own.parent; window.found = win.${other} || own.${api};`,
      "in the parent's parent as well, and in the opener of the top": `const up = (win) => { while (!win.${api} && win.parent && win.parent != win) win = win.parent; return win.${api}; }; window.found = up(window); if (!found && window.parent && window.parent != window) window.found = up(window.parent); if (!found && window.top && window.top.opener) window.found = up(window.top.opener);`,
      "by trying whatever there is": `for (const way of [() => top.${api}, () => opener.${api}, () => parent.opener.${api}, () => parent.parent.parent.${api}]) { try { window.found = window.found || way(); } catch {} }`,
    })) {
      it(`may look for the API ${how}, from a frame within frames`, async () => {
        const { content } = await open({
          "index.html": `<!doctype html><title>Outer</title><iframe src="middle.html"></iframe>`,
          "middle.html": `<!doctype html><title>Middle</title><iframe src="inner.html"></iframe>`,
          "inner.html": `<!doctype html><title>Inner</title><script>${script} found.${initialize}(""); found.${set}("${place}", "from within"); window.came = found.${commit}("");</script>`,
        });
        await arrives("from within");
        const inner = content.childFrames()[0]?.childFrames()[0];
        expect(await inner?.evaluate("came")).to.equal("true");
      });
    }

    if (standard === "SCORM 1.2") {
      it("may begin and finish again and again", async () => {
        const again = `for (let n = 1; n <= 17; n += 1) { window.answers = (window.answers || "") + api.LMSInitialize("") + api.LMSSetValue("${place}", "time " + n) + api.LMSFinish("") + api.LMSGetLastError(); }`;
        const { content } = await open({ "index.html": `<!doctype html><title>Again</title><script>${findApi} ${again}</script>` });
        expect(await content.evaluate("answers")).to.equal("truetruetrue0".repeat(17));
        await arrives("time 17");
        expect(await places()).to.deep.equal(Array.from({ length: 17 }, (_, n) => `time ${n + 1}`));
        expect((await journal()).filter(([, , kind]) => kind === "initialize")).to.have.length(17);
      });
    } else {
      it("is left for the next part, and all that it says then counts for its own", async () => {
        const { page: around, player, content } = await open({ "index.html": page });
        await (await began(content)).evaluate("visit('here')");
        await around.click("[data-go=continue]");
        const next = await (await player.waitForSelector("#sco[title=Two]")).contentFrame();
        expect(await (await began(next!)).evaluate("began")).to.deep.equal({ entry: "ab-initio", location: "" });
        const runs = await site.host.context.db.rows<{ unit: string; state: string }>(sql`select unit, state from scorm.run where registration = ${learner.registration} order by id`);
        expect(runs.map(({ unit }) => unit)).to.deep.equal(["part-1", "part-2"]);
        expect(runs[0]?.state).to.include("left at here");
      });

      it("may be left before it has loaded", async () => {
        let held = true;
        await context.route(/index\.html/, (route) => (held ? undefined : route.continue()));
        const opened = open({ "index.html": page }).catch(() => undefined);
        const around = context.pages()[0] ?? (await context.waitForEvent("page"));
        const player = await (await around.waitForSelector("iframe[data-player]")).contentFrame();
        await player?.waitForSelector("#sco[title=One]");
        held = false;
        await around.click("[data-go=continue]");
        const next = await (await player!.waitForSelector("#sco[title=Two]")).contentFrame();
        expect(await (await began(next!)).evaluate("visit('second')")).to.equal("true");
        await arrives("second");
        await opened;
      });
    }
  });
}
