import type { Browser, BrowserContext, Frame, Page } from "playwright-core";
import { password } from "../learning/support.ts";

/** A person's own browser, at the size of a desktop, or of a phone; what its pages' scripts complain of is kept. */
export async function openBrowser(browser: Browser, { phone = false }: { phone?: boolean } = {}): Promise<BrowserContext & { complaints: string[] }> {
  const context = await browser.newContext({ viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 860 }, hasTouch: phone });
  const complaints: string[] = [];
  context.on("weberror", (error) => complaints.push(error.error().message));
  return Object.assign(context, { complaints });
}

/** Signs somebody in without showing the form; their browser has the session as if it had. */
export async function signIn({ request }: BrowserContext, url: string, { email, password }: { email: string; password: string }): Promise<void> {
  const page = await (await request.get(`${url}/sign-in`)).text();
  const csrfToken = /name="csrfToken" value="([^"]+)"/.exec(page)?.[1] ?? "";
  const answer = await request.post(`${url}/sign-in`, { form: { csrfToken, email, password }, maxRedirects: 0 });
  if (answer.status() !== 303) throw new Error(`Signing in was answered with ${answer.status()}.`);
}

/** Content in the player's page. */
export interface Played {
  page: Page;
  player: Frame;
  content: Frame;
  url: string;
}

/** Signs a learner in and opens an item of their course in the player. */
export async function openPlayed(context: BrowserContext, url: string, { email }: { email: string }, { slug, item }: { slug: string; item: string }): Promise<Played> {
  await signIn(context, url, { email, password });
  const page = await context.newPage();
  const href = `${url}/courses/${slug}/play/${item}`;
  await page.goto(href);
  return { page, url: href, ...(await framesOf(page)) };
}

/** The frame of the player's page and, in it, the content's own once it has loaded. */
export async function framesOf(page: Page): Promise<{ player: Frame; content: Frame }> {
  const player = await (await page.waitForSelector("iframe[data-player]")).contentFrame();
  const content = await (await player?.waitForSelector("#sco"))?.contentFrame();
  if (!player || !content) throw new Error("The player shows no content.");
  // A new frame holds an empty page first, which has loaded too.
  await content.waitForURL(({ protocol }) => protocol !== "about:");
  return { player, content };
}

/** Waits until the player's page says this of the learner's work. */
export async function said(page: Page, pattern: RegExp): Promise<string> {
  await page.waitForFunction((source) => new RegExp(source).test(document.querySelector("[data-saved]")?.textContent ?? ""), pattern.source);
  return (await page.textContent("[data-saved]")) ?? "";
}
