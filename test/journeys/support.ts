import type { Browser, BrowserContext, Frame, Page } from "playwright-core";

/** A person's own browser, at the size of a desktop, or of a phone; what its pages' scripts complain of is kept. */
export async function openBrowser(browser: Browser, { phone = false }: { phone?: boolean } = {}): Promise<BrowserContext & { complaints: string[] }> {
  const context = await browser.newContext({ viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 860 }, hasTouch: phone });
  const complaints: string[] = [];
  context.on("weberror", (error) => complaints.push(error.error().message));
  return Object.assign(context, { complaints });
}

export async function signIn(page: Page, url: string, { email, password }: { email: string; password: string }): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.fill("[name=email]", email);
  await page.fill("[name=password]", password);
  await Promise.all([page.waitForURL((address) => !address.pathname.startsWith("/sign-in")), page.click("main button[type=submit]")]);
}

/** The frame of the player's page and, in it, the content's own once it has loaded. */
export async function framesOf(page: Page): Promise<{ player: Frame; content: Frame }> {
  const player = await (await page.waitForSelector("iframe[data-player]")).contentFrame();
  const content = await (await player?.waitForSelector("#sco"))?.contentFrame();
  if (!player || !content) throw new Error("The player shows no content.");
  await content.waitForLoadState("load");
  return { player, content };
}

/** Waits until the player's page says this of the learner's work. */
export async function said(page: Page, pattern: RegExp): Promise<string> {
  await page.waitForFunction((source) => new RegExp(source).test(document.querySelector("[data-saved]")?.textContent ?? ""), pattern.source);
  return (await page.textContent("[data-saved]")) ?? "";
}

/** Asks again and again until it is so; the test's own time limit ends it. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}
