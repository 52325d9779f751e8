import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { expect } from "chai";
import type { Browser, BrowserContext, Frame, Page } from "playwright-core";
import type { Bootstrap } from "../../plugins/scorm/browser/player/bootstrap.ts";
import type { CommitRequest, Entry } from "../../plugins/scorm/runtime/journal.ts";
import { launch12, lessonStatus, replay12, setup12, type State12 } from "../../plugins/scorm/runtime/scorm12/index.ts";
import { becomes } from "../support/becomes.ts";
import { chromiumOrSkip } from "../support/chromium.ts";

/** A course page whose script talks to the API while it loads, when told, and while it unloads. */
const sco = `<!doctype html><title>sco</title><script>
  let win = window; while (!win.API && win.parent !== win) win = win.parent;
  const api = win.API; window.steps = win === window.parent ? 1 : 99;
  api.LMSInitialize("");
  window.began = { entry: api.LMSGetValue("cmi.core.entry"), location: api.LMSGetValue("cmi.core.lesson_location"), data: api.LMSGetValue("cmi.suspend_data") };
  api.LMSSetValue("cmi.core.lesson_status", "incomplete");
  function visit(page) { api.LMSSetValue("cmi.core.lesson_location", page); return api.LMSGetLastError(); }
  function save() { return api.LMSCommit(""); }
  addEventListener("pagehide", () => {
    api.LMSSetValue("cmi.suspend_data", "left at " + api.LMSGetValue("cmi.core.lesson_location") + "x".repeat(30000));
    api.LMSSetValue("cmi.core.exit", "suspend");
  });
  addEventListener("unload", () => api.LMSFinish(""));
</script>`;

interface Launch {
  previous: Launch | null;
  state: State12;
  journal: Entry[];
}

const setup = setup12({ learnerId: "l-1", learnerName: "Curie, Marie" });

/** An LMS page and, on another origin, the player, the content and a commit endpoint that keeps a journal as the real one must. */
class Site {
  readonly launches = new Map<string, Launch>();
  /** Bodies of all commits that came through, as sent. */
  readonly posts: CommitRequest[] = [];
  /** Commits that are lost on their way. */
  loses: (commit: CommitRequest) => boolean = () => false;
  #waiting: { until: () => boolean; resolve: () => void }[] = [];
  readonly #player: string;
  readonly #servers: Server[];
  origins = { lms: "", content: "" };

  constructor(player: string) {
    this.#player = player;
    this.#servers = [createServer((_, answer) => this.#lms(answer)), createServer((request, answer) => void this.#content(request, answer))];
  }

  async listen(): Promise<void> {
    const [lms, content] = await Promise.all(
      this.#servers.map(async (server) => {
        await once(server.listen(0, "127.0.0.1"), "listening");
        return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      }),
    );
    this.origins = { lms: lms!, content: content! };
  }

  close(): void {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  get latest(): Launch {
    return [...this.launches.values()].at(-1)!;
  }

  /** Resolves once `until` holds; looked at after every commit. */
  reach(until: () => boolean): Promise<void> {
    return until() ? Promise.resolve() : new Promise((resolve) => this.#waiting.push({ until, resolve }));
  }

  #lms(answer: ServerResponse): void {
    answer.setHeader("content-type", "text/html").end(`<!doctype html><title>lms</title><script>
      const messages = []; addEventListener("message", (event) => event.origin === ${JSON.stringify(this.origins.content)} && messages.push(event.data));
      function heard(type) { return messages.some((message) => message.type === type); }
    </script><iframe sandbox="allow-scripts allow-same-origin allow-forms" src="${this.origins.content}/player"></iframe>`);
  }

  async #content(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    if (request.url === "/player.js") return void answer.setHeader("content-type", "text/javascript").end(this.#player);
    if (request.url === "/sco.html") return void answer.setHeader("content-type", "text/html").end(sco);
    if (request.url === "/commit") {
      const commit = JSON.parse(await text(request)) as CommitRequest;
      return this.loses(commit) ? void request.socket.destroy() : this.#commit(commit, request, answer);
    }
    if (request.url !== "/player") return void answer.writeHead(404).end();
    const bootstrap = JSON.stringify(this.#launch()).replaceAll("<", "\\u003c");
    answer.setHeader("content-type", "text/html").setHeader("cache-control", "no-store");
    answer.end(`<!doctype html><title>player</title><body><script type="application/json" id="cadre-launch">${bootstrap}</script><script src="/player.js"></script>`);
  }

  #launch(): Bootstrap {
    const previous = this.launches.size > 0 ? this.latest : null;
    const launchId = `launch-${this.launches.size + 1}`;
    const state = launch12(setup, previous?.state ?? null);
    this.launches.set(launchId, { previous, state, journal: [] });
    const { lms, content } = this.origins;
    return { standard: "scorm12", launchId, scope: "l-1/sco-1", token: `token-${launchId}`, commitUrl: `${content}/commit`, scoUrl: `${content}/sco.html`, lmsOrigin: lms, title: "Golf", setup, state };
  }

  #commit(commit: CommitRequest, request: IncomingMessage, answer: ServerResponse): void {
    const token = commit.token ?? request.headers.authorization?.replace("Bearer ", "");
    if (!token?.startsWith("token-launch-")) return void answer.writeHead(401).end();
    this.posts.push(commit);
    const launch = this.launches.get(commit.launchId)!;
    const replay = replay12(setup, launch.state, commit.entries);
    answer.setHeader("content-type", "application/json");
    if (!replay.ok) return void answer.writeHead(409).end(JSON.stringify({ code: replay.code, expectedSeq: replay.expectedSeq }));
    launch.state = replay.state;
    launch.journal.push(...replay.applied);
    const current = this.launches.get(token.replace("token-", ""))!;
    if (current.previous === launch && current.state.seq === 0) current.state = launch12(setup, launch.state);
    const response = { ackSeq: launch.state.seq, savedAt: new Date().toISOString(), divergences: replay.divergences, ...(commit.recover && { state: current.state }) };
    answer.end(JSON.stringify(response));
    this.#waiting = this.#waiting.filter(({ until, resolve }) => !(until() && (resolve(), true)));
  }
}

const places = (journal: readonly Entry[]) => journal.filter(([, , , element]) => element === "cmi.core.lesson_location").map((entry) => entry[4]);
const seqs = (journal: readonly Entry[]) => journal.map(([seq]) => seq);
const oneTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("the SCORM player in a browser", function () {
  this.timeout(60_000);
  this.retries(0);
  let browser: Browser;
  let player: string;
  let site: Site;
  let context: BrowserContext;

  before(async function () {
    browser = await chromiumOrSkip(this);
    const entry = new URL("../../plugins/scorm/browser/player.ts", import.meta.url).pathname;
    const built = await build({ entryPoints: [entry], bundle: true, write: false, format: "iife", target: "es2022", logLevel: "silent" });
    player = built.outputFiles[0]!.text;
  });
  after(() => browser?.close());

  beforeEach(async () => {
    site = new Site(player);
    await site.listen();
    context = await browser.newContext();
  });
  afterEach(async () => {
    await context.close();
    site.close();
  });

  async function open(url = site.origins.lms): Promise<{ page: Page; content: Frame }> {
    const page = await context.newPage();
    await page.goto(url);
    return { page, content: await begun(url === site.origins.lms ? page.mainFrame().childFrames()[0]! : page.mainFrame()) };
  }

  /** The content in the player's frame, once it has begun. */
  async function begun(player: Frame): Promise<Frame> {
    const content = await (await player.waitForSelector("#sco", { state: "attached" })).contentFrame();
    return becomes(content!, "window.began");
  }

  /** Closes a tab as a person does, so that its content hears of it. */
  async function closed(page: Page): Promise<void> {
    await Promise.all([page.waitForEvent("close"), page.close({ runBeforeUnload: true })]);
  }

  it("answers the content at once, brings every value in order and once, and says on the LMS page when it is saved", async () => {
    const { page, content } = await open();
    expect(await content.evaluate("({ began, steps })")).to.deep.equal({ began: { entry: "ab-initio", location: "", data: "" }, steps: 1 });
    expect(await content.evaluate("[visit(1), visit('x'.repeat(256)), visit(2), save()]")).to.deep.equal(["0", "405", "0", "true"]);
    await site.reach(() => site.latest.state.seq === 5);
    expect(site.latest.journal.map(([seq, , ...rest]) => [seq, ...rest])).to.deep.equal([
      [1, "initialize"],
      [2, "set", "cmi.core.lesson_status", "incomplete"],
      [3, "set", "cmi.core.lesson_location", "1"],
      [4, "set", "cmi.core.lesson_location", "2"],
      [5, "commit"],
    ]);
    await page.waitForFunction("heard('cadre.saved')");
    const messages = await page.evaluate<{ type: string; launchId: string; at?: string }[]>("messages");
    expect(new Set(messages.map(({ type }) => type))).to.deep.equal(new Set(["cadre.ready", "cadre.status", "cadre.saved"]));
    expect(messages.every(({ launchId }) => launchId === "launch-1")).to.equal(true);
    expect(Date.parse(messages.find(({ at }) => at)!.at!)).to.be.closeTo(Date.now(), 60_000);
  });

  for (const [title, url] of [["inside the LMS page", "lms"], ["on its own", "player"]] as const) {
    it(`keeps what the content sets while its tab is closed, ${title}, and resumes there`, async () => {
      const address = () => (url === "lms" ? site.origins.lms : `${site.origins.content}/player`);
      const { page, content } = await open(address());
      await content.evaluate("[visit(1), save(), visit(2)]");
      await closed(page);
      await site.reach(() => site.latest.state.ended === "suspend");
      const { journal } = site.latest;
      expect(seqs(journal)).to.deep.equal(oneTo(journal.length));
      expect(places(journal)).to.deep.equal(["1", "2"]);
      const resumed = await (await open(address())).content.evaluate("began");
      expect(resumed).to.deep.equal({ entry: "resume", location: "2", data: `left at 2${"x".repeat(30_000)}` });
    });
  }

  it("saves by itself what the content sets without ever committing", async () => {
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(`${site.origins.content}/player`);
    const content = await begun(page.mainFrame());
    await site.reach(() => site.latest.state.seq === 2);
    // However long the machine takes, no time goes by for the page but what is said here.
    await page.clock.pauseAt((await page.evaluate<number>("Date.now()")) + 20_000);
    await content.evaluate("visit(1)");
    await page.clock.fastForward(4900);
    expect(site.latest.state.seq).to.equal(2);
    await page.clock.fastForward(200);
    await site.reach(() => site.latest.state.seq === 3);
    expect(places(site.latest.journal)).to.deep.equal(["1"]);
  });

  it("goes on while the network is gone and brings everything in order when it is back", async () => {
    const { page, content } = await open();
    await site.reach(() => site.latest.state.seq === 2);
    site.loses = () => true;
    await context.setOffline(true);
    for (let place = 1; place <= 40; place += 1) await content.evaluate(`[visit(${place}), save()]`);
    await page.waitForFunction("messages.some(({ state, pending }) => state === 'offline' && pending > 0)");
    expect(site.latest.state.seq).to.equal(2);
    site.loses = () => false;
    await context.setOffline(false);
    await site.reach(() => site.latest.state.seq === 82);
    expect(places(site.latest.journal)).to.deep.equal(oneTo(40).map(String));
    expect(seqs(site.latest.journal)).to.deep.equal(oneTo(82));
    await page.waitForFunction("messages.at(-1).type === 'cadre.saved'");
  });

  it("keeps on the device what a tab closed offline could not send, and sends it before the content starts again", async () => {
    const { page, content } = await open();
    await site.reach(() => site.latest.state.seq === 2);
    site.loses = ({ recover }) => !recover;
    await content.evaluate("[visit(1), save(), visit(2)]");
    await closed(page);
    const next = await open();
    expect(site.launches.size).to.equal(2);
    expect(await next.content.evaluate("began")).to.deep.equal({ entry: "resume", location: "2", data: `left at 2${"x".repeat(30_000)}` });
    const left = site.launches.get("launch-1")!.journal;
    expect(places(left)).to.deep.equal(["1", "2"]);
    expect(seqs(left)).to.deep.equal(oneTo(left.length));
    expect(site.posts.find(({ recover }) => recover)).to.include({ launchId: "launch-1", fromSeq: 3 });
  });

  it("loses nothing when the page is reloaded, though the server renders the next launch before the last one's end arrives", async () => {
    const { page, content } = await open(`${site.origins.content}/player`);
    await content.evaluate("[visit(1), save(), visit(2)]");
    await page.reload();
    const again = await begun(page.mainFrame());
    expect(await again.evaluate("began")).to.deep.equal({ entry: "resume", location: "2", data: `left at 2${"x".repeat(30_000)}` });
    const { journal } = site.launches.get("launch-1")!;
    expect(seqs(journal)).to.deep.equal(oneTo(journal.length));
  });

  it("lets the content unload when the LMS page asks, sends the rest and says so", async () => {
    const { page, content } = await open();
    await content.evaluate("visit(7)");
    await page.evaluate("frames[0].postMessage({ type: 'cadre.exit' }, '*')");
    await page.waitForFunction("heard('cadre.exited')");
    expect(await page.evaluate("messages.slice(-1)")).to.deep.equal([{ type: "cadre.exited", saved: true, launchId: "launch-1" }]);
    expect(await page.evaluate("messages.find(({ type }) => type === 'cadre.finished')")).to.deep.equal({
      type: "cadre.finished",
      lessonStatus: "incomplete",
      ended: "suspend",
      score: null,
      launchId: "launch-1",
    });
    expect(site.latest.state).to.deep.include({ ended: "suspend", session: null });
    expect(await page.mainFrame().childFrames()[0]!.evaluate("document.querySelector('#sco')")).to.equal(null);
  });

  it("listens to no window but the LMS page", async () => {
    const { page, content } = await open();
    await content.evaluate("parent.postMessage({ type: 'cadre.exit' }, '*')");
    await content.evaluate("[visit(3), save()]");
    await page.waitForFunction("heard('cadre.saved')");
    expect(lessonStatus(site.latest.state)).to.equal("incomplete");
    expect(await page.evaluate("heard('cadre.exited')")).to.equal(false);
  });

  it("tells a server again what it lost", async () => {
    const { content } = await open();
    await content.evaluate("[visit(1), save()]");
    await site.reach(() => site.latest.state.seq === 4);
    site.latest.state = launch12(setup, null);
    site.latest.journal.length = 0;
    await content.evaluate("[visit(2), save()]");
    await site.reach(() => site.latest.state.seq === 6);
    expect(places(site.latest.journal)).to.deep.equal(["1", "2"]);
  });
});
