import { expect } from "chai";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { t } from "../../core/kernel/schema.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { person, type Person } from "./people.ts";

let broken = true;
const ran: number[] = [];

const press = definePlugin({
  name: "press",
  version: "2.1.0",
  summary: "Prints certificates.",
  config: t.Object({
    paper: t.String({ env: "PRESS_PAPER", default: "A4", description: "The size of paper." }),
    key: t.String({ env: "PRESS_KEY", secret: true, default: "" }),
    copies: t.Integer({ default: 1 }),
    stamp: t.String({ secret: true, default: "" }),
  }),
  hooks: { "health.checking": () => ({ name: "press", ok: !broken, detail: broken ? "The press is out of ink; refill it." : "All is well." }) },
  jobs: (job) => ({
    print: job(t.Object({ sheet: t.Integer() }), async (_, { sheet }) => {
      if (broken) throw new Error(`out of ink at sheet ${sheet}`);
      ran.push(sheet);
    }, { attempts: 1 }),
  }),
  feeds: { events: { batch: 10, run: async () => {} } },
  schedules: { nightly: { cron: "15 3 * * *", job: "print", input: { sheet: 0 } } },
});
const spare = definePlugin({ name: "spare", version: "0.1.0", summary: "Needs what is not there.", requires: ["nothing-like-it"] });

interface Letter {
  id: string;
  queue: string;
  message: string;
  payload: unknown;
  attempts: number;
}

describe("Administration", () => {
  let host: TestHost;
  let administrator: Person;
  let token: string;
  before(async () => {
    host = await testHost({ plugins: [press, spare], settings: { site: { optional: ["spare"] }, press: { copies: 3 } }, environment: { PRESS_KEY: "not to be seen" } });
    administrator = await person(host, { name: "Grace Hopper", role: "administrator" });
    token = await administrator.token();
  });
  after(() => host?.stop());
  beforeEach(() => void (broken = true));

  const api = (method: string, path: string, body?: unknown) => host.request(method, `/api/v1${path}`, { token, body });
  const letters = async (): Promise<Letter[]> => (await api("GET", "/jobs")).json as Letter[];
  async function bury(...sheets: number[]): Promise<void> {
    broken = true;
    for (const sheet of sheets) await host.context.enqueue("press.print", { sheet });
    await host.drain();
  }

  it("lists plugins with their health, and those that were left out with the reason", async () => {
    const { json } = await api("GET", "/plugins");
    const states = json as { name: string; kind: string; health: string; message: string | null }[];
    expect(states.slice(0, 2)).to.deep.equal([
      { name: "press", version: "2.1.0", summary: "Prints certificates.", kind: "plugin", health: "failing", message: "The press is out of ink; refill it." },
      { name: "spare", version: "0.1.0", summary: "Needs what is not there.", kind: "plugin", health: "left-out", message: "It requires the plugin nothing-like-it, which is not there." },
    ]);
    expect(states.find(({ name }) => name === "database")).to.include({ kind: "part", health: "healthy", message: null });
    const page = await (await administrator.browser()).get("/admin/plugins");
    expect(page.status).to.equal(200);
    for (const said of ["The press is out of ink; refill it.", "Left out", "which is not there.", "PostgreSQL answered in"]) expect(page.text).to.include(said);
  });

  it("says where each setting comes from, and never a secret", async () => {
    const { json, text } = await api("GET", "/plugins/press");
    expect((json as { settings: object[] }).settings).to.deep.equal([
      { name: "paper", description: "The size of paper.", variable: "PRESS_PAPER", key: "press.paper", source: "default", secret: false, value: "A4" },
      { name: "key", description: "", variable: "PRESS_KEY", key: "press.key", source: "environment", secret: true, value: "••••••••" },
      { name: "copies", description: "", key: "press.copies", source: "file", secret: false, value: 3 },
      { name: "stamp", description: "", key: "press.stamp", source: "default", secret: true, value: "" },
    ]);
    expect((json as { adds: { label: string; items: string[] }[] }).adds).to.deep.include({ label: "Hooks it taps", items: ["health.checking"] });
    const page = await (await administrator.browser()).get("/admin/plugins/press");
    expect(page.status).to.equal(200);
    expect(page.text).to.include("PRESS_KEY").and.include("press.copies").and.include("from the environment");
    expect(text + page.text).not.to.include("not to be seen");
    expect((await api("GET", "/plugins/nobody")).status).to.equal(404);
  });

  it("shows every part's own page", async () => {
    const browser = await administrator.browser();
    for (const { name } of host.host.plugins) expect((await browser.get(`/admin/plugins/${name}`)).status, name).to.equal(200);
  });

  it("shows what failed for good, with the error and what it was given, and the queues", async () => {
    await bury(1);
    const [letter] = await letters();
    expect(letter).to.deep.include({ queue: "press.print", message: "out of ink at sheet 1", payload: { sheet: 1 }, attempts: 1 });
    const page = await (await administrator.browser()).get("/admin/jobs");
    expect(page.text).to.include("out of ink at sheet 1").and.include("15 3 * * *").and.include("after 1 attempt");
    const queues = (await api("GET", "/queues")).json as { name: string; buried: number; schedule: string | null; nextAt: string | null }[];
    const print = queues.find(({ name }) => name === "press.print");
    expect(print).to.deep.include({ buried: 1, schedule: "15 3 * * *" });
    expect(new Date(print?.nextAt ?? 0).toISOString()).to.match(/T03:15:00/);
    expect((await api("GET", "/health")).json).to.deep.include({ name: "jobs", ok: false, detail: "One letter of press.print failed in every try; see the jobs page." });
    await api("DELETE", `/jobs/${letter?.id}`);
  });

  it("replays one from the page, once, with an audit row", async () => {
    await bury(2);
    const [letter] = await letters();
    const browser = await administrator.browser();
    await browser.get("/admin/jobs");
    broken = false;
    expect((await browser.post(`/admin/jobs/${letter?.id}/replay`)).status).to.equal(303);
    await host.drain();
    expect(ran).to.include(2);
    expect(await letters()).to.deep.equal([]);
    expect((await browser.post(`/admin/jobs/${letter?.id}/replay`)).status).to.equal(404);
    const rows = (await api("GET", "/audit?action=job.replayed")).json as { actor: { name: string }; subject: { name: string } }[];
    expect(rows).to.have.length(1);
    expect(rows[0]).to.have.nested.property("actor.name", "Grace Hopper");
    expect(rows[0]).to.have.nested.property("subject.name", "press.print");
  });

  it("replays all, and gives one up, with audit rows", async () => {
    await bury(3, 4, 5);
    const given = (await letters())[0] as Letter;
    expect((await api("DELETE", `/jobs/${given.id}`)).status).to.equal(204);
    broken = false;
    expect((await api("POST", "/jobs/replay", { queue: "press.print" })).json).to.deep.equal({ replayed: 2 });
    await host.drain();
    expect(ran.filter((sheet) => sheet >= 3)).to.have.length(2);
    expect((await api("POST", "/jobs/replay", {})).json).to.deep.equal({ replayed: 0 });
    expect(((await api("GET", "/audit?action=jobs.replayed")).json as { detail: unknown }[])[0]?.detail).to.deep.equal({ letters: 2 });
    expect(((await api("GET", "/audit?action=job.discarded")).json as { detail: { error: string } }[])[0]?.detail.error).to.match(/^out of ink/);
  });

  it("pages through what failed, each letter once", async () => {
    await bury(...Array.from({ length: 7 }, (_, index) => 100 + index));
    const seen: unknown[] = [];
    for (let path = "/jobs?limit=3"; path; ) {
      const { json, headers } = await api("GET", path);
      seen.push(...(json as Letter[]).map(({ payload }) => (payload as { sheet: number }).sheet));
      path = /<\/api\/v1([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1] ?? "";
    }
    expect(seen.sort()).to.deep.equal([100, 101, 102, 103, 104, 105, 106]);
    await api("POST", "/jobs/replay", {});
  });

  it("takes no cursor whose time there never was", async () => {
    for (const at of ["2024-99-99T99:99:99Z", "2024-02-30T00:00:00.000Z", "24:00"]) {
      const cursor = Buffer.from(JSON.stringify({ towards: "next", key: [at, "00000000-0000-7000-8000-000000000000"] })).toString("base64url");
      expect((await api("GET", `/jobs?cursor=${cursor}`)).json, at).to.include({ status: 400, code: "bad_cursor" });
    }
  });

  it("is for those who may", async () => {
    const learner = await (await person(host)).browser();
    for (const path of ["/admin/plugins", "/admin/jobs"]) expect((await learner.get(path)).status, path).to.equal(403);
    for (const path of ["/plugins", "/queues", "/jobs", "/health"]) expect((await host.request("GET", `/api/v1${path}`)).status, path).to.equal(401);
    const reader = await administrator.token("system.read");
    expect((await host.request("GET", "/api/v1/queues", { token: reader })).status).to.equal(200);
    expect((await host.request("GET", "/api/v1/jobs", { token: reader })).status).to.equal(403);
  });

  it("gives a Prometheus with a token its gauges", async () => {
    await bury(200);
    expect((await host.request("GET", "/metrics")).status).to.equal(401);
    const { status, text, headers } = await host.request("GET", "/metrics", { token: await administrator.token("system.measure") });
    expect(status).to.equal(200);
    expect(headers.get("content-type")).to.match(/^text\/plain; version=0.0.4/);
    expect(text).to.match(/^cadre_queue_dead\{queue="press.print"\} [1-9]/m);
    for (const name of ["cadre_queue_waiting", "cadre_queue_active", "cadre_queue_oldest_waiting_seconds"]) expect(text).to.match(new RegExp(`^${name}\\{queue="press.print"\\} \\d`, "m"));
    expect(text).to.match(/^cadre_feed_lag_rows\{reader="press.events"\} 0$/m);
    await host.context.transact((ctx) => ctx.emit("user.erased", { userId: administrator.id }));
    expect((await host.request("GET", "/metrics", { token })).text).to.match(/^cadre_feed_lag_rows\{reader="press.events"\} [1-9]/m);
    expect(text).to.match(/^cadre_database_sessions_used \d/m);
    expect(text).to.match(/^cadre_http_requests_total\{.*\} \d/m);
  });
});
