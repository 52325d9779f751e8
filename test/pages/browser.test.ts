import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { build } from "esbuild";
import Handlebars from "handlebars";
import type { Browser, Page, Route } from "playwright-core";
import { helpers } from "../../core/pages/helpers.ts";
import { chromiumOrSkip } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";

const root = new URL("../../", import.meta.url);
const site = "http://lms.test";
const content = "http://content.test";
const policy = `default-src 'self'; img-src 'self' data:; frame-src ${content}`;
const form = { values: {}, problems: [] };
const entry = (id: string, title: string) => ({ id, title, kind: "Page", icon: "file", editHref: null, first: false, last: false, note: null, required: true });

const teaching = (refused: object[]) => ({ template: "pages/instructor/courses", scripts: [], data: { mayCreate: true, courses: [], pager: { previous: null, next: null }, form: { values: {}, problems: refused } } });

const pages: Record<string, { template: string; scripts: string[]; data: object }> = {
  "/teach": teaching([]),
  "/refused": teaching([{ field: "title", message: "Give it a title." }]),
  "/upload": {
    template: "pages/instructor/package-upload", scripts: ["upload.js"],
    data: { action: "/teach/courses/c1/packages", course: { id: "c1", title: "Golf" }, form, findings: [], maxSize: "2 GB", maxBytes: 1000, accepts: "SCORM 1.2", packages: [] },
  },
  "/editor": {
    template: "pages/instructor/course-editor", scripts: ["reorder.js"],
    data: {
      course: { id: "c1", slug: "golf", title: "Golf", status: "draft", version: null, changed: false, href: "/courses/golf" },
      modules: [
        { id: "m1", title: "First", first: true, last: false, items: [entry("i1", "One"), entry("i2", "Two")] },
        { id: "m2", title: "Second", first: false, last: true, items: [entry("i3", "Three")] },
      ],
      blockers: [], packages: [], details: form, rules: form, completionRules: [], otherCourses: [], versions: [],
    },
  },
  "/play": {
    template: "pages/player", scripts: ["player.js"],
    data: { course: { title: "Golf", href: "/courses/golf" }, item: { title: "Etiquette" }, frame: { src: `${content}/frame`, origin: content }, launch: { id: "l1", mode: "normal" }, returnTo: "/courses/golf", outline: [] },
  },
};

describe("the scripts of the pages, in Chromium", function () {
  this.timeout(60_000);
  let browser: Browser;
  let page: Page;
  let posts: { path: string; body: string }[];
  let answer: (route: Route) => Promise<void>;
  const assets = new Map<string, string>();
  const violations: string[] = [];

  before(async function () {
    browser = await chromiumOrSkip(this);
    await bundle(assets);
  });
  after(() => browser?.close());

  beforeEach(async () => {
    posts = [];
    answer = (route) => route.fulfill({ status: 204 });
    page = await browser.newPage({ viewport: { width: 1280, height: 1400 } });
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) violations.push(message.text());
    });
    await page.route("**/*", async (route) => {
      const request = route.request();
      const { origin, pathname } = new URL(request.url());
      if (request.method() === "POST") {
        posts.push({ path: pathname, body: request.postData() ?? "" });
        return answer(route);
      }
      if (origin === content) return route.fulfill({ contentType: "text/html", body: "<h1>Content</h1>" });
      const asset = assets.get(pathname.replace("/assets/", ""));
      if (asset !== undefined) return route.fulfill({ contentType: pathname.endsWith(".css") ? "text/css" : "text/javascript", body: asset });
      const found = pages[pathname];
      return route.fulfill({ contentType: "text/html", headers: { "content-security-policy": policy }, body: found ? render(found) : `<h1>${pathname}</h1>` });
    });
  });
  afterEach(() => page.close());

  const choose = async () => {
    await page.goto(`${site}/upload`);
    await page.setInputFiles("[name=file]", { name: "golf.zip", mimeType: "application/zip", buffer: Buffer.from("PK") });
    await page.click("text=Upload and check");
  };
  const order = () => page.$$eval("[data-reorder=items]", (lists) => lists.map((list) => [...list.children].map((item) => item.getAttribute("data-id"))));
  const said = (words: string) => page.waitForFunction((text) => document.body.innerText.includes(text) || document.querySelector("[data-reorder-say]")?.textContent?.includes(text), words);
  const fromFrame = (message: object) => page.frames()[1]?.evaluate((data) => window.parent.postMessage(data, "*"), message);
  /** Content begins, and the page has heard of it. */
  const begins = async () => {
    await fromFrame({ type: "cadre.ready" });
    await fromFrame({ type: "cadre.saved", at: "2026-03-12T10:42:07" });
    await said("Saved 10:42:07");
  };

  it("uploads with the token before the file and goes where the server says", async () => {
    answer = (route) => route.fulfill({ status: 201, json: { location: "/teach/packages/p1" } });
    await choose();
    await page.waitForURL("**/teach/packages/p1");
    expect(posts[0]?.path).to.equal("/teach/courses/c1/packages");
    expect(posts[0]?.body.indexOf("csrfToken")).to.be.greaterThan(-1).and.lessThan(posts[0]?.body.indexOf("golf.zip") ?? 0);
  });

  it("shows a refused upload at the field and lets the person try again", async () => {
    answer = (route) => route.fulfill({ status: 422, json: { title: "Refused", detail: "This zip has no imsmanifest.xml." } });
    await choose();
    await said("This zip has no imsmanifest.xml.");
    expect(await page.getAttribute("[name=file]", "aria-invalid")).to.equal("true");
    expect(await page.isEnabled("text=Upload and check")).to.equal(true);
  });

  it("says that nothing was stored when the connection breaks", async () => {
    answer = (route) => route.abort();
    await choose();
    await said("The connection was lost. Nothing was stored");
  });

  it("moves an item by the arrow keys, on into the next module, and keeps the focus", async () => {
    await page.goto(`${site}/editor`);
    await page.locator("[data-id=i2] [data-grip]").press("ArrowDown");
    await said("Two: now 1 of 2 in Second.");
    expect(await order()).to.deep.equal([["i1"], ["i2", "i3"]]);
    await page.waitForFunction(() => document.activeElement?.closest("[data-id]")?.getAttribute("data-id") === "i2");
    await eventually(async () => expect(posts).to.deep.equal([{ path: "/teach/courses/c1/items/i2/move", body: "csrfToken=token&position=0&listId=m2" }]));
  });

  it("moves an item by dragging its grip", async () => {
    await page.goto(`${site}/editor`);
    const grip = await page.locator("[data-id=i1] [data-grip]").boundingBox();
    const target = await page.locator("[data-id=i3]").boundingBox();
    if (!grip || !target) throw new Error("nothing to drag");
    await page.mouse.move(grip.x + 8, grip.y + 8);
    await page.mouse.down();
    await page.mouse.move(target.x + 40, target.y + target.height - 4, { steps: 4 });
    await page.mouse.up();
    await said("One: now 2 of 2 in Second.");
    expect(await order()).to.deep.equal([["i2"], ["i3", "i1"]]);
  });

  it("puts a module back when the server refuses the move", async () => {
    answer = (route) => route.fulfill({ status: 409 });
    await page.goto(`${site}/editor`);
    await page.click("[aria-label='Move Second up']");
    await said("Second could not be moved");
    expect(await page.$$eval("[data-reorder=modules] > [data-id]", (all) => all.map((one) => one.getAttribute("data-id")))).to.deep.equal(["m1", "m2"]);
  });

  it("shows when the learner's work was saved", async () => {
    await page.goto(`${site}/play`);
    await fromFrame({ type: "cadre.saved", at: "2026-03-12T10:42:07" });
    await said("Saved 10:42:07");
    await fromFrame({ type: "cadre.status", state: "offline", pending: 3 });
    await said("Offline: your work is kept on this device");
    await fromFrame({ type: "cadre.saved", at: "2026-03-12T10:42:09" });
    await fromFrame({ type: "cadre.finished", lessonStatus: "passed", ended: "normal", score: null });
    await said("Passed, saved 10:42:09");
    await fromFrame({ type: "cadre.status", state: "refused", pending: 1 });
    await said("Not saved: this page was open for too long. Reload it");
  });

  it("ignores messages that are not from the content's window and origin", async () => {
    await page.goto(`${site}/play`);
    await page.evaluate(() => window.postMessage({ type: "cadre.saved", at: "2026-03-12T01:01:01" }, "*"));
    await fromFrame({ type: "cadre.saved", at: "2026-03-12T10:42:07" });
    await said("Saved 10:42:07");
    expect(await page.textContent("[data-saved]")).to.equal("Saved 10:42:07");
  });

  it("leaves only once the content has saved", async () => {
    await page.goto(`${site}/play`);
    const asked = page.frames()[1]?.evaluate(() => new Promise((resolve) => addEventListener("message", ({ data }) => resolve(data), { once: true })));
    await begins();
    await page.click("text=Exit");
    expect(await asked).to.deep.equal({ type: "cadre.exit" });
    expect(page.url()).to.equal(`${site}/play`);
    await fromFrame({ type: "cadre.exited", saved: true });
    await page.waitForURL("**/courses/golf");
  });

  it("says before it leaves that not everything could be sent", async () => {
    await page.goto(`${site}/play`);
    await begins();
    await page.click("text=Exit");
    await fromFrame({ type: "cadre.exited", saved: false });
    await said("Not everything could be sent. It is kept on this device");
    await page.click("text=Exit");
    await page.waitForURL("**/courses/golf");
  });

  it("leaves at once what never said that it keeps anything", async () => {
    await page.goto(`${site}/play`);
    await page.click("text=Exit");
    await page.waitForURL("**/courses/golf");
  });

  it("brings the focus into the part that opens, though what was said before is said once more meanwhile", async () => {
    await page.goto(`${site}/play`);
    const situation = (at: string, message: string | null) => {
      const contents = ["One", "Two"].map((title) => ({ identifier: title, title, level: 0, enabled: true, current: title === at, opens: true, status: "in-progress" }));
      return fromFrame({ type: "cadre.situation", message, ended: false, controls: { continue: true }, contents });
    };
    await situation("One", "Not before you have read it.");
    await said("Not before you have read it.");
    await page.click("[data-go=continue]");
    await situation("One", "Not before you have read it.");
    await situation("Two", null);
    await said("2 of 2");
    expect(await page.evaluate(() => document.activeElement?.hasAttribute("data-player"))).to.equal(true);
  });

  it("asks before what is not easily undone, and takes Escape for no", async () => {
    answer = (route) => route.fulfill({ contentType: "text/html", body: "gone" });
    await page.goto(`${site}/editor`);
    await page.click("[aria-label='Remove One']");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    expect(posts).to.deep.equal([]);
    await page.click("[aria-label='Remove One']");
    await page.click("dialog .danger");
    await page.waitForURL("**/items/i1/delete");
    expect(posts).to.have.length(1);
  });

  it("keeps the button of a form of one line beside its field, also when that is refused", async () => {
    for (const width of [1280, 520]) {
      await page.setViewportSize({ width, height: 900 });
      for (const path of ["/teach", "/refused"]) {
        await page.goto(site + path);
        const [field, button] = await Promise.all(["#field-title", "form.card button"].map((place) => page.locator(place).boundingBox()));
        expect(await page.locator(".error").count()).to.equal(path === "/refused" ? 1 : 0);
        expect(Math.abs((field?.y ?? NaN) - (button?.y ?? NaN)), `${path} at ${width}`).to.be.below(2);
      }
    }
  });

  it("keeps to the content security policy throughout", () => expect(violations).to.deep.equal([]));
});

/** The scripts and the style sheet, bundled as they are served. */
async function bundle(assets: Map<string, string>): Promise<void> {
  const folder = fileURLToPath(new URL("core/pages/browser/", root));
  const entryPoints = readdirSync(folder).filter((name) => /\.(ts|css)$/.test(name)).map((name) => folder + name);
  const { outputFiles } = await build({ entryPoints, bundle: true, format: "esm", write: false, outdir: folder, logLevel: "silent" });
  for (const { path, text } of outputFiles) assets.set(path.slice(folder.length), text);
}

function render({ template, scripts, data }: { template: string; scripts: string[]; data: object }): string {
  const handlebars = Handlebars.create();
  handlebars.registerHelper(helpers);
  const folder = fileURLToPath(new URL("templates/", root));
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".hbs"))) {
    handlebars.registerPartial(file.replace(/\.hbs$/, ""), handlebars.compile(readFileSync(folder + file, "utf8"), { strict: true, preventIndent: true }));
  }
  const user = { name: "Dana Ortiz", initials: "DO", email: "dana@example.org" };
  const page = { title: "Test", path: "/", site: { name: "Cadre" }, user, nav: [], account: [], flash: [], csrfToken: "token", scripts };
  return handlebars.compile(`{{> ${template}}}`, { strict: true })({ page, ...data });
}
