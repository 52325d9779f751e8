import type { Page } from "playwright-core";
import type { CommitResponse2004 } from "../../plugins/scorm/playing.ts";
import { framesOf } from "./support.ts";

/** The golf courses of SCORM 2004 in the player, as a person goes through them. */
export interface Golf2004 {
  /** What the table of contents shows as open now; "" where it hides it. */
  here(): Promise<string>;
  /** The titles that may be chosen. */
  open(): Promise<string[]>;
  /** Reads the part that is open to its end. */
  read(): Promise<void>;
  /** Answers the test that is open, rightly but for so many, and hands it in. */
  answer(wrong?: number): Promise<void>;
  /** Presses a control of the page and waits until it has led elsewhere, or was refused. */
  press(control: "continue" | "previous" | "exitAll"): Promise<void>;
  choose(title: string): Promise<void>;
  /** Has the part that is open jump to the test (4th edition). */
  jump(): Promise<void>;
}

export function golf2004In(page: Page): Golf2004 {
  const content = async () => (await framesOf(page)).content;
  const moved = async (act: () => Promise<unknown>): Promise<void> => {
    const answered = page.waitForResponse((response) => /navigation/.test(response.request().postData() ?? "") && response.url().endsWith("/course/commit"));
    await act();
    await shown((await (await answered).json()) as CommitResponse2004);
  };
  /** Waits until the page and the frame in it show where this answer leads. */
  const shown = async ({ move, situation }: CommitResponse2004): Promise<void> => {
    if (move?.ended) return void (await page.waitForFunction(() => document.querySelector("[data-here]")?.textContent === "The end"));
    if (move?.delivery) await playerOf(page)?.waitForSelector(`#sco[title="${move.delivery.title}"]`);
    const title = situation?.contents.find(({ current }) => current)?.title;
    if (title !== undefined) await page.waitForFunction((wanted) => document.querySelector("#parts [aria-current] > :last-child")?.textContent === wanted, title);
  };
  const titleOf = (text: string | null) => (text ?? "").replace(/^(?:Not started|In progress|Completed|Passed|Failed|Locked)/, "");
  return {
    here: async () => titleOf(await page.$eval("#parts", (list) => list.querySelector("[aria-current]")?.textContent ?? "")),
    open: async () => (await page.$$eval("#parts a[href]", (links) => links.map((link) => link.textContent))).map(titleOf),
    async read() {
      const frame = await content();
      await frame.waitForFunction("typeof pageArray !== 'undefined' && currentPage !== null");
      await frame.evaluate("for (let left = pageArray.length - currentPage; left > 1; left -= 1) document.getElementById('butNext').click()");
    },
    async answer(wrong = 0) {
      const frame = await content();
      const test = await (await frame.waitForSelector("#contentFrame"))?.contentFrame();
      if (!test) throw new Error("There is no test.");
      await test.waitForSelector("text=Submit Answers");
      await test.evaluate((except) => {
        for (const question of [...document.querySelectorAll(".question")].slice(except)) {
          const answer = question.querySelector<HTMLInputElement>(".correctAnswer input");
          if (answer?.type === "radio") answer.click();
          else if (answer) answer.value = /\((\d+)\)/.exec(question.textContent ?? "")?.[1] ?? "";
        }
      }, wrong);
      await test.click("text=Submit Answers");
      await test.waitForFunction("document.getElementById('test').textContent.includes('Score:')");
    },
    press: (control) => moved(() => page.click(`[data-go=${control}]`)),
    async jump() {
      const delivered = page.waitForResponse(async (response) => response.url().endsWith("/course/commit") && ((await response.json()) as { move?: { delivery: unknown } }).move?.delivery != null);
      await (await content()).click("#butJump");
      await shown((await (await delivered).json()) as CommitResponse2004);
    },
    choose: (title) => moved(() => page.click(`#parts a:has-text("${title}")`)),
  };
}

const playerOf = (page: Page) => page.frames().find((frame) => frame.url().includes("/scorm/"));
