import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect } from "chai";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launch12, setup12, summary12, type State12 } from "../../plugins/scorm/runtime/scorm12/index.ts";
import { chromiumOrSkip } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";

const folder = new URL("../../content-packages/phishing/inbox/", import.meta.url);
const setup = setup12({ learnerId: "l-1", learnerName: "Curie, Marie", masteryScore: "80" });
const right = ["r", "k", "r", "k", "r", "r"];

/** An LMS in the page: the SCORM plugin's own run-time, which notes every call that it answers with an error. */
const lms = `
  import { createSession12 } from ${JSON.stringify(fileURLToPath(new URL("../../plugins/scorm/runtime/scorm12/index.ts", import.meta.url)))};
  const session = createSession12(window.given.setup, window.given.state, () => Date.now());
  const errors = (window.errors = []);
  const answered = (name) => (...parameters) => {
    const answer = session[name](...parameters);
    if (session.getLastError() !== "0") errors.push(name + "(" + parameters.join(", ") + "): " + session.getLastError());
    return answer;
  };
  window.stateNow = () => session.state();
  window.API = {
    LMSInitialize: answered("initialize"), LMSFinish: answered("finish"), LMSGetValue: answered("getValue"), LMSSetValue: answered("setValue"), LMSCommit: answered("commit"),
    LMSGetLastError: () => session.getLastError(), LMSGetErrorString: (code) => session.getErrorString(code), LMSGetDiagnostic: (code) => session.getDiagnostic(code),
  };`;

describe("the sample package, in Chromium", function () {
  this.timeout(60_000);
  let browser: Browser;
  let api: string;
  let context: BrowserContext;
  const complaints: string[] = [];

  before(async function () {
    browser = await chromiumOrSkip(this);
    const built = await build({ stdin: { contents: lms, resolveDir: fileURLToPath(folder) }, bundle: true, write: false, format: "iife", target: "es2022", logLevel: "silent" });
    api = built.outputFiles[0]?.text ?? "";
  });
  after(() => browser?.close());
  beforeEach(async () => void (context = await browser.newContext()));
  afterEach(async () => {
    await context?.close();
    expect(complaints.splice(0)).to.deep.equal([]);
  });

  /** Opens the lesson as a launch that goes on from `previous`; without `api` there is no LMS. */
  async function open(previous: State12 | null, withLms = true): Promise<Page> {
    const page = await context.newPage();
    page.on("pageerror", ({ message }) => complaints.push(message));
    await page.route("http://content.test/**", async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      const types: Record<string, string> = { html: "text/html", js: "text/javascript", css: "text/css" };
      await route.fulfill({ contentType: types[name.split(".").at(-1) ?? ""], body: await readFile(new URL(name, folder)) });
    });
    if (withLms) await page.addInitScript({ content: `window.given = ${JSON.stringify({ setup, state: launch12(setup, previous) })};${api}` });
    await page.goto("http://content.test/index.html");
    return page;
  }

  async function decide(page: Page, answer: string | undefined): Promise<void> {
    await page.getByRole("button", { name: answer === "r" ? "Report it" : "It is fine" }).click();
    await page.locator(".note").waitFor();
  }

  const shows = (page: Page, place: string, words: string) => eventually(async () => expect(await page.locator(place).textContent()).to.contain(words));
  const focuses = (page: Page, words: string) => eventually(async () => expect(await page.evaluate("document.activeElement.textContent")).to.equal(words));
  const next = (page: Page) => page.locator("button.next").click();
  const stateOf = (page: Page): Promise<State12> => page.evaluate("stateNow()");
  const errorsOf = (page: Page): Promise<string[]> => page.evaluate("errors");

  /** Leaves the page as a closed tab does, and answers what the LMS holds then. */
  async function leave(page: Page): Promise<State12> {
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))");
    expect(await errorsOf(page)).to.deep.equal([]);
    const state = await stateOf(page);
    await page.close();
    return state;
  }

  it("goes on where it was left, and reports score, status and each answer without one error of the run-time", async () => {
    const first = await open(null);
    await decide(first, "r");
    await next(first);
    await decide(first, "r");
    const left = await leave(first);
    expect(summary12(setup, left)).to.include({ lessonStatus: "incomplete", location: "bank-details", ended: "suspend" });
    const second = await open(left);
    await shows(second, "#count", "2 of 6 decided");
    for (const answer of right.slice(2)) {
      await decide(second, answer);
      await next(second);
    }
    await shows(second, "h2", "5 of 6: you would have kept this company safe");
    const done = summary12(setup, await leave(second));
    expect(done).to.include({ lessonStatus: "passed", success: true, location: "result" });
    expect(done.score).to.deep.include({ raw: 83, min: 0, max: 100 });
    expect(done.interactions.map(({ id, student_response, result, patterns }) => [id, student_response, result, patterns])).to.deep.equal([
      ["mailbox-full", "r", "correct", ["r"]],
      ["minutes", "r", "wrong", ["k"]],
      ["bank-details", "r", "correct", ["r"]],
      ["password-expiry", "k", "correct", ["k"]],
      ["director", "r", "correct", ["r"]],
      ["parcel-code", "r", "correct", ["r"]],
    ]);
  });

  it("fails who misses too many, and lets a better try count", async () => {
    const page = await open(null);
    for (let message = 0; message < 6; message++) {
      await decide(page, "k");
      await next(page);
    }
    await eventually(async () => expect(summary12(setup, await stateOf(page))).to.include({ lessonStatus: "failed" }));
    await page.getByRole("button", { name: "Try again" }).click();
    for (const answer of right) {
      await decide(page, answer);
      await next(page);
    }
    await page.getByRole("button", { name: "Try again" }).click();
    const state = summary12(setup, await leave(page));
    expect([state.lessonStatus, state.score?.raw, state.interactions.length]).to.deep.equal(["passed", 100, 12]);
  });

  it("works by the keyboard alone, and without an LMS", async () => {
    const page = await open(null, false);
    await page.keyboard.press("Tab");
    await focuses(page, "Report it");
    await page.keyboard.press("Enter");
    await eventually(async () => expect(await page.evaluate("document.activeElement.tagName")).to.equal("H2"));
    await shows(page, "#said", "Right. This one should be reported.");
    await page.keyboard.press("Tab");
    await focuses(page, "Next message");
    await page.keyboard.press("Enter");
    await shows(page, "#count", "1 of 6 decided");
  });
});
