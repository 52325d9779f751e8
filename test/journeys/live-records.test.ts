import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { person, testHost, type TestHost } from "../../core/testing/index.ts";
import { client, type Client } from "../lrs/http-support.ts";
import { statement, uuid } from "../lrs/support.ts";
import { chromiumOrSkip } from "../support/chromium.ts";
import { openBrowser, signIn } from "./support.ts";

describe("an administrator watches statements live, in Chromium", function () {
  this.timeout(90_000);
  let host: TestHost;
  let all: Client;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  before(async function () {
    browser = await chromiumOrSkip(this);
    host = await testHost();
    all = await client(host);
    const context = await openBrowser(browser);
    ({ complaints } = context);
    page = await context.newPage();
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) complaints.push(message.text());
    });
    await signIn(context, host.url, await person(host, { name: "Grace Hopper", roles: ["administrator"] }));
  });
  after(async () => {
    await browser?.close();
    await host?.stop();
  });

  const lines = () => page.$$eval("[data-live-list] > li", (items) => items.map((item) => item.querySelector(".when")?.getAttribute("href")?.slice(-4)));
  const shows = (...numbers: number[]) => page.waitForFunction((wanted) => JSON.stringify([...document.querySelectorAll("[data-live-list] .when")].map((link) => Number(link.getAttribute("href")?.slice(-4)))) === wanted, JSON.stringify(numbers));
  const says = (words: string) => page.waitForFunction((text) => document.querySelector("[data-live-words]")?.textContent?.includes(text), words);

  it("sees what is stored as it is stored, as text and never as markup", async () => {
    await all.post(statement({ id: uuid(1) }));
    await page.goto(`${host.url}/admin/records/live`);
    await says("Live.");
    await all.post(statement({ id: uuid(2), actor: { mbox: "mailto:x@example.org", name: "<img src=x onerror=alert(1)>" }, result: { score: { scaled: 0.82 }, success: true, duration: "PT1H20M" } }));
    await shows(2, 1);
    const text = await page.textContent("[data-live-list] > li:first-child");
    expect(text?.replace(/\s+/g, " ")).to.include("<img src=x onerror=alert(1)> tried one").and.include("Score 82%").and.include("Success").and.include("1 h 20 min").and.not.include("No success");
  });

  it("has times that are large enough to hit, there and in the list of statements", async () => {
    for (const path of ["live", "statements"]) {
      await page.goto(`${host.url}/admin/records/${path}`);
      await page.waitForSelector(".record .when");
      expect(await page.$$eval(".record .when", (links) => Math.min(...links.map((link) => link.getBoundingClientRect().height))), path).to.be.at.least(24);
    }
    await page.goto(`${host.url}/admin/records/live`);
    await says("Live.");
  });

  it("holds back while it is paused, and shows what waited", async () => {
    await page.click("text=Pause");
    await all.post([statement({ id: uuid(3) }), statement({ id: uuid(4) })]);
    await says("Paused. 2 new statements wait.");
    expect(await lines()).to.deep.equal(["0002", "0001"]);
    await page.click("text=Go on");
    await shows(4, 3, 2, 1);
  });

  it("watches only what fits the filters in its address", async () => {
    await page.goto(`${host.url}/admin/records/live?verb=${encodeURIComponent("http://example.org/verbs/hummed")}`);
    await says("Live.");
    await all.post([statement({ id: uuid(5) }), statement({ id: uuid(6), verb: { id: "http://example.org/verbs/hummed" } })]);
    await shows(6);
  });

  it("goes on where it broke off when the connection is lost", async () => {
    await page.goto(`${host.url}/admin/records/live`);
    await says("Live.");
    await page.context().setOffline(true);
    await page.evaluate(() => undefined);
    await all.post(statement({ id: uuid(7) }));
    await page.context().setOffline(false);
    await shows(7, 6, 5, 4, 3, 2, 1);
  });

  it("keeps to the content security policy throughout", () => expect(complaints).to.deep.equal([]));
});
