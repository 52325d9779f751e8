import type { Frame } from "playwright-core";

/** The pages of the golf course are counted from 0; the last one is its test. */
export const lastPage = 15;

/** The golf course in its frame, as a person uses it. */
export interface Golf {
  /** Goes on so many pages. */
  next(times: number): Promise<void>;
  /** The page that is open. */
  place(): Promise<number>;
  /** Answers every question but the first rightly, and hands the test in; answers the score in per cent. */
  takeTest(): Promise<number>;
}

export function golfIn(content: Frame): Golf {
  const place = () => content.evaluate<number>("currentPage");
  return {
    place,
    async next(times) {
      await content.waitForFunction("currentPage !== null");
      for (let time = 0; time < times; time++) await content.click("#butNext");
    },
    async takeTest() {
      const test = await (await content.waitForSelector("#contentFrame"))?.contentFrame();
      if (!test) throw new Error("The golf course has no test.");
      await test.waitForSelector("text=Submit Answers");
      const questions = await test.$$(".question");
      for (const question of questions.slice(1)) {
        const answer = await question.$(".correctAnswer input");
        if ((await answer?.getAttribute("type")) === "radio") await answer?.check();
        else await answer?.fill(/\((\d+)\)/.exec((await question.textContent()) ?? "")?.[1] ?? "");
      }
      await test.click("text=Submit Answers");
      await test.waitForFunction("document.getElementById('test').textContent.includes('Score:')");
      return Number(/Score: (\d+)/.exec((await test.textContent("#test")) ?? "")?.[1]);
    },
  };
}
