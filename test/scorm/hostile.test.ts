import { expect } from "chai";
import type { BrowserContext, Frame, Page } from "playwright-core";
import { sql } from "../../core/db/sql.ts";
import { openPlayed } from "../journeys/support.ts";
import { becomes } from "../support/becomes.ts";
import { scormInChromium } from "../support/scorm-site.ts";
import { until } from "../support/until.ts";
import { freePort } from "../support/free-port.ts";
import { findApi, ownPackage } from "./own-packages.ts";
import { courseOf, learnerIn, type Learner } from "./support.ts";

const lure = `<!doctype html><title>Hostile</title><h1>Hostile</h1><a id="top" target="_top">top</a><script>${findApi}
  api.LMSInitialize("");
  /** What an attempt came to: what it got, or why it got nothing. */
  window.attempt = async (attack) => { try { return { got: await attack() }; } catch (error) { return { failed: String(error) }; } };
</script>`;
const files = { "index.html": lure, "sw.js": "self.addEventListener('fetch', (event) => event.respondWith(new Response('taken over')));", "popup.html": "<!doctype html><title>Popup</title>" };
const victimPage = `<!doctype html><title>Victim</title><script>${findApi} api.LMSInitialize(""); function visit(place) { api.LMSSetValue("cmi.core.lesson_location", place); return api.LMSCommit(""); } window.began = 1;</script>`;

for (const { shape, port, isApart } of [{ shape: "on an origin shared by all content", isApart: false, port: () => Promise.resolve(0) }, { shape: "on an origin of its own (a wildcard)", isApart: true, port: freePort }]) {
  describe(`A hostile package ${shape}`, function () {
    this.timeout(60_000);
    this.retries(0);
    const site = scormInChromium({
      async settings() {
        const contentPort = await port();
        return { http: { port: 0, contentPort, ...(isApart && { contentUrl: `http://*.localhost:${contentPort}` }) } };
      },
    });
    let context: BrowserContext;
    let page: Page;
    let content: Frame;
    let learner: Learner;
    let victim: Learner;
    let course: Awaited<ReturnType<typeof courseOf>>;
    let other: typeof course;
    let playHref: string;

    before(async () => {
      course = await courseOf(site.host, await ownPackage(site.host, files));
      other = await courseOf(site.host, await ownPackage(site.host, { "index.html": victimPage }));
      playHref = `${site.host.url}/courses/${course.slug}/play/${course.item}`;
    });
    beforeEach(async () => {
      [learner, victim] = [await learnerIn(site.host, course), await learnerIn(site.host, other)];
      context = await site.browser.newContext();
      ({ page, content } = await openPlayed(context, site.host.url, learner, course));
      await becomes(content, "window.attempt");
    });
    afterEach(() => context.close());

    /** Runs an attack in the content's frame; `lms` is the site's origin. */
    const attack = (code: string) => content.evaluate<{ got?: unknown; failed?: string }>(`((lms) => attempt(async () => { ${code} }))(${JSON.stringify(site.host.url)})`);
    const token = () => content.evaluate<string>("location.pathname.split('/')[2]");
    const openVictims = async (device: BrowserContext) => {
      const theirs = await openPlayed(device, site.host.url, victim, other);
      await becomes(theirs.content, "window.began");
      return theirs;
    };
    const stays = () => expect(page.url()).to.equal(playHref);
    const runsOf = (whose: Learner) => site.host.context.db.rows<{ id: string; state: string; seq: number }>(sql`select id, state, seq from scorm.run where registration = ${whose.registration} order by id`);

    it("reads no cookie of the site", async () => {
      expect(await attack("return document.cookie")).to.deep.equal({ got: "" });
    });

    it("reads nothing that the site keeps in the browser", async () => {
      await page.evaluate("localStorage.setItem('secret', 'of the site')");
      const { got, failed } = await attack("return JSON.stringify([{ ...localStorage }, { ...sessionStorage }])");
      // A browser that keeps nothing for frames of another site denies it altogether.
      expect(got ?? failed).to.be.a("string").that.does.not.include("of the site");
      for (const way of ["top.localStorage", "top.sessionStorage"]) expect((await attack(`return ${way}.length`)).failed, way).to.match(/SecurityError|Blocked/);
    });

    it("walks to the player's own page and no further", async () => {
      for (const way of ["top.document", "top.document.body", "top.location.href", "top.API", "top.frames[0].top.document", "frameElement.ownerDocument.defaultView.top.document"]) {
        expect((await attack(`return String(${way})`)).failed, way).to.match(/SecurityError|Blocked/);
      }
      expect(await attack("return [top.opener, parent.opener]")).to.deep.equal({ got: [null, null] });
    });

    it("does not navigate the page that holds it, by script, link, form or name", async () => {
      for (const way of ["top.location = 'about:blank'", "top.location.href = location.href", "top.location.replace('about:blank')", "top.location.assign('about:blank')", "window.open('about:blank', '_top')", "document.getElementById('top').href = location.href; document.getElementById('top').click()", "const form = document.body.appendChild(document.createElement('form')); form.target = '_top'; form.action = location.href; form.submit()"]) {
        await attack(way);
      }
      await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
      stays();
      expect(await page.title()).to.include("The package");
    });

    it("does not navigate the site's page from a window that it opens, nor get hold of it there", async () => {
      const [popup] = await Promise.all([context.waitForEvent("page"), content.evaluate("void window.open('popup.html')")]);
      await popup.waitForLoadState();
      const tries = await popup.evaluate<string[]>(`[() => opener.top.location = 'about:blank', () => opener.top.document.cookie, () => opener.parent.top.document.title, () => opener.top.opener.document].map((way) => { try { return String(way()); } catch (error) { return "refused: " + error.name; } })`);
      for (const tried of tries) expect(tried).to.match(/^refused/);
      stays();
    });

    it("opens no page of the site in a window that it holds", async () => {
      const [popup] = await Promise.all([context.waitForEvent("page"), attack("window.popup = window.open(lms + '/account')")]);
      await popup.waitForLoadState();
      const { got, failed } = await attack("return window.popup.document.body.innerHTML");
      expect(failed ?? String(got)).not.to.include(learner.email);
      const pages = await Promise.all(context.pages().filter((each) => each !== page).map((each) => each.content()));
      for (const each of pages) expect(each).not.to.include(learner.email);
    });

    it("shows no page of the site in a frame", async () => {
      const { got } = await attack("const frame = document.body.appendChild(document.createElement('iframe')); const loaded = new Promise((done) => frame.onload = done); frame.src = lms + '/account'; await loaded; try { return frame.contentDocument?.body.innerHTML ?? 'refused'; } catch { return 'refused'; }");
      expect(got).to.equal("refused");
      const frames = content.childFrames();
      for (const frame of frames) expect(await frame.content()).not.to.include(learner.email);
    });

    it("calls no API of the site, with credentials or without", async () => {
      for (const options of ["{ credentials: 'include' }", "{ credentials: 'omit' }", "{ mode: 'no-cors', credentials: 'include' }", "{ method: 'POST', credentials: 'include', mode: 'no-cors', body: '{}' }"]) {
        expect((await attack(`return (await fetch(lms + '/api/v1/me', ${options})).text()`)).failed, options).to.match(/Failed to fetch/);
      }
      expect(await attack("return navigator.sendBeacon(lms + '/api/v1/me/tokens', '{}') && new Promise((done) => { const request = new XMLHttpRequest(); request.onerror = () => done('refused'); request.onload = () => done(request.responseText); request.open('GET', lms + '/api/v1/me'); request.send(); })")).to.satisfy(({ got }: { got: unknown }) => got === "refused" || got === false);
      const tokens = await site.host.context.db.rows(sql`select id from api_token where user_id = ${learner.id}`);
      expect(tokens).to.deep.equal([]);
    });

    it("is not let in at the site's API with its launch's token", async () => {
      const given = await token();
      for (const path of ["/api/v1/me", "/api/v1/enrollments", "/xapi/statements"]) {
        const { status } = await fetch(site.host.url + path, { headers: { Authorization: `Bearer ${given}`, "X-Experience-API-Version": "1.0.3" } });
        expect(status, path).to.be.within(401, 403);
      }
    });

    it("submits no form to the site", async () => {
      await attack("const form = document.body.appendChild(document.createElement('form')); form.method = 'post'; form.action = lms + '/sign-out'; form.target = 'there'; const frame = document.body.appendChild(document.createElement('iframe')); frame.name = 'there'; await new Promise((done) => { frame.onload = done; addEventListener('securitypolicyviolation', done); form.submit(); });");
      await page.reload();
      stays();
    });

    it("forges no commit for another learner, and reads nobody else's state", async () => {
      const second = await site.browser.newContext();
      const theirs = await openVictims(second);
      await theirs.content.evaluate("visit('a secret place')");
      await until(async () => (await runsOf(victim)).some(({ state }) => state.includes("a secret place")));
      await second.close();
      const body = { launchId: (await runsOf(victim))[0]!.id, fromSeq: 3, entries: [[3, Date.now(), "set", "cmi.core.score.raw", "100"]], sentAtMs: Date.now() };
      for (const more of [{}, { recover: true }, { take: true }, { leaving: true }]) {
        const { got } = await attack(`const answer = await fetch(location.origin + '/scorm/commit', { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer ' + location.pathname.split('/')[2] }, body: ${JSON.stringify(JSON.stringify({ ...body, ...more }))} }); return [answer.status, await answer.text()]`);
        expect((got as [number, string])[0], JSON.stringify(more)).to.equal(404);
        expect((got as [number, string])[1]).not.to.include("a secret place");
      }
      expect((await runsOf(victim)).at(-1)!.state).to.include("a secret place").and.not.to.include('"100"');
      const { got } = await attack(`const answers = []; for (const path of ['/scorm/${"A".repeat(43)}/player?unit=sco', '/content/', '/scorm/', '/content/' + location.pathname.split('/')[2] + '/', '/content/' + location.pathname.split('/')[2] + '/../../../etc/passwd']) answers.push((await fetch(location.origin + path)).status); return answers`);
      expect(got).to.deep.equal([404, 404, 404, 404, 404]);
    });

    it("changes nothing of the site's page with any message that the page knows, from its own window or the player's", async () => {
      const messages = [
        { type: "cadre.ready" }, { type: "cadre.status", state: "<img src=x>", pending: -1 }, { type: "cadre.saved", at: "<b>never</b>" }, { type: "cadre.finished", lessonStatus: "__proto__" },
        { type: "cadre.elsewhere" }, { type: "cadre.exited", saved: true }, { type: "cadre.reopen", target: "javascript:alert(1)" },
        { type: "cadre.situation", message: "<img src=x onerror=alert(1)>", ended: true, contents: [{ identifier: "\"><script>alert(1)</script>", title: "<img src=x onerror=alert(1)>", level: 0, enabled: true, current: false, opens: true, status: "<b>" }], controls: { continue: true, previous: true, exitAll: true, leave: true } },
        { type: "cadre.exit" }, { type: "cadre.navigate", request: { kind: "exitAll" } }, { type: "toString" }, { type: "__proto__" }, null, "text", 7,
      ];
      const complaints: string[] = [];
      page.on("dialog", (dialog) => void (complaints.push(dialog.message()), dialog.dismiss()));
      await page.evaluate("window.heard = 0; addEventListener('message', () => (heard += 1))");
      for (const message of messages) {
        await attack(`top.postMessage(${JSON.stringify(message)}, '*'); top.postMessage(${JSON.stringify(message)}, lms)`);
        if ((message as { type?: string } | null)?.type !== "cadre.reopen") await attack(`parent.eval(${JSON.stringify(`top.postMessage(${JSON.stringify(message)}, "*")`)})`);
      }
      await page.waitForFunction((all) => (window as unknown as { heard: number }).heard >= all, 3 * messages.length - 1);
      stays();
      expect(complaints).to.deep.equal([]);
      expect(await page.$("img[src=x], [data-saved] b, nav script")).to.equal(null);
    });

    it("is brought back to its own course where it has the page opened anew", async () => {
      await attack(`parent.eval('top.postMessage({ type: "cadre.reopen", target: "//example.org/?javascript:alert(1)" }, "*")')`);
      await page.waitForURL((address) => address.search !== "");
      expect(page.url().startsWith(`${playHref}?unit=`)).to.equal(true);
    });

    it("installs no service worker, for itself or for all content", async () => {
      for (const scope of ["'/'", "undefined", "'/content/'", "'/scorm/'"]) expect((await attack(`return (await navigator.serviceWorker.register('sw.js', { scope: ${scope} })).scope`)).failed, scope).to.match(/SecurityError|TypeError|Failed to register/);
      expect((await attack("return (await navigator.serviceWorker.register(URL.createObjectURL(new Blob(['1'], { type: 'text/javascript' })))).scope")).failed).to.match(/Failed to register|TypeError/);
    });

    it("calls no other site", async () => {
      for (const way of ["fetch('https://example.org/')", "import('https://example.org/x.js')", "new Promise((done, fail) => { const image = new Image(); image.onload = done; image.onerror = () => fail('refused'); image.src = 'https://example.org/x.png'; })"]) {
        expect((await attack(`return ${way}`)).failed, way).to.be.a("string");
      }
    });

    it(isApart ? "reads and forges nothing of what another package keeps on this device" : "shares storage with other packages, and still opens none of theirs", async () => {
      const second = await site.browser.newContext();
      const frames = await openVictims(second);
      await second.setOffline(true);
      await frames.content.evaluate("visit('left behind')");
      if (!isApart) await frames.player.waitForFunction("new Promise((done) => { const open = indexedDB.open('cadre-outbox'); open.onsuccess = () => { const count = open.result.transaction('entries').objectStore('entries').count(); count.onsuccess = () => done(count.result > 0); }; })");
      const theirToken = new URL(frames.content.url()).pathname.split("/")[2];
      await frames.page.close();
      await second.setOffline(false);
      // Now another learner sits down at the same device.
      await second.clearCookies();
      ({ page, content } = await openPlayed(second, site.host.url, await learnerIn(site.host, course), course));
      await becomes(content, "window.attempt");
      const { got, failed } = await attack("const names = (await indexedDB.databases()).map(({ name }) => name); const rows = await new Promise((done) => { const open = indexedDB.open('cadre-outbox'); open.onsuccess = () => { const all = open.result.transaction('entries').objectStore('entries').getAll(); all.onsuccess = () => done(all.result); }; }); return JSON.stringify([names, rows, { ...localStorage }])");
      expect(JSON.stringify(got ?? failed)).not.to.include(String(theirToken));
      if (isApart) {
        expect(JSON.stringify(got ?? failed)).not.to.include("left behind").and.not.to.include(victim.registration);
        expect(new URL(content.url()).host).not.to.equal(new URL(frames.content.url()).host);
        const elsewhere = content.url().replace(new URL(content.url()).host, new URL(frames.content.url()).host);
        expect((await (await second.newPage()).goto(elsewhere))?.status(), "its own files on the other's origin").to.equal(404);
      }
      await second.close();
    });
  });
}
