import { expect } from "chai";
import { openLive, type Live } from "../../core/db/live.ts";
import { createLog } from "../../core/kernel/log.ts";
import { boot, type Engine } from "../../core/main.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { until } from "../db/process.ts";
import { isSignedIn, person } from "../people/people.ts";
import { redisServer, type RedisServer } from "./redis-server.ts";

const silent = createLog({ level: "silent" });
const minute = 60_000;

const gauge = definePlugin({
  name: "gauge",
  version: "1.0.0",
  summary: "Can be asked five times a minute.",
  routes: ({ get }) => [get("/", { can: "anyone", summary: "Answers.", limit: { points: 5, durationS: 60 } }, () => ({}))],
});

describe("What processes share", function () {
  this.timeout(120_000);
  let redis: RedisServer | undefined;
  before(async function () {
    redis = await redisServer();
    if (!redis) this.skip(); // no redis-server on this machine
    await redis.start();
  });
  after(() => redis?.remove());

  for (const kind of ["in this process", "in Redis"] as const) {
    describe(kind, () => {
      let live: Live;
      before(async () => (live = await openLive({ redisUrl: kind === "in Redis" ? redis!.url : "", prefix: "test:", now: () => new Date(), log: silent })));
      after(() => live.close());

      it("keeps values for their time", async () => {
        await live.set("word", "Ελλάδα", minute);
        expect(await live.get("word")).to.equal("Ελλάδα");
        await live.delete("word");
        expect(await live.get("word")).to.equal(undefined);
        await live.set("short", "x", 1);
        await until(async () => (await live.get("short")) === undefined);
      });

      it("counts, from nothing and by any number", async () => {
        expect(await Promise.all([live.count("n", minute), live.count("n", minute), live.count("n", minute, 3)])).to.deep.equal([1, 2, 5]);
      });

      it("gives a lock to one at a time, and again when it was let go", async () => {
        const taken = await Promise.all([1, 2, 3].map(() => live.tryLock("night", minute)));
        expect(taken.filter(Boolean)).to.have.length(1);
        await taken.find(Boolean)?.();
        expect(await live.tryLock("night", minute)).to.be.a("function");
      });

      it("tells listeners of this process at once", async () => {
        const heard: unknown[] = [];
        live.subscribe("news", (message) => heard.push(message));
        await live.publish("news", "a");
        expect(heard).to.deep.equal(["a"]);
      });
    });
  }

  it("reaches other processes, once each, and only those of the same site", async () => {
    const open = (prefix: string) => openLive({ redisUrl: redis!.url, prefix, now: () => new Date(), log: silent });
    const [here, there, stranger] = await Promise.all([open("site:"), open("site:"), open("other:")]);
    const heard: string[] = [];
    there.subscribe("news", (message) => heard.push(`there ${message}`));
    here.subscribe("news", (message) => heard.push(`here ${message}`));
    stranger.subscribe("news", (message) => heard.push(`stranger ${message}`));
    await here.set("word", "ours", minute);
    expect(await there.get("word")).to.equal("ours");
    expect(await stranger.get("word")).to.equal(undefined);
    await until(async () => {
      await here.publish("knock", "");
      await here.publish("news", "x");
      return heard.includes("there x");
    });
    const said = heard.length;
    await here.publish("news", "last");
    await until(() => heard.includes("there last"));
    expect(heard.slice(said).filter((line) => line.endsWith("last")).sort()).to.deep.equal(["here last", "there last"]);
    expect(heard.filter((line) => line.startsWith("stranger"))).to.deep.equal([]);
    await Promise.all([here, there, stranger].map((each) => each.close()));
  });

  it("refuses an address that is none, by the variable's name", async () => {
    const error = await openLive({ redisUrl: "http://localhost", prefix: "", now: () => new Date(), log: silent }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Error).with.property("message").that.includes("REDIS_URL");
  });
});

describe("Losing Redis", function () {
  this.timeout(120_000);
  let redis: RedisServer | undefined;
  let host: TestHost;
  let second: Engine;
  before(async function () {
    redis = await redisServer();
    if (!redis) this.skip(); // no redis-server on this machine
    await redis.start();
    const secret = "one secret for both processes of this site";
    host = await testHost({ plugins: [gauge], environment: { REDIS_URL: redis.url }, settings: { http: { secret } } });
    second = await boot({ site: host.context.site.dataDir, environment: { REDIS_URL: redis.url, DATABASE_URL: host.database.url }, settings: { http: { secret, port: 0, contentPort: 0 } }, plugins: [gauge], roles: ["web"], log: silent });
  });
  after(async () => {
    await second?.stop();
    await host?.stop();
    await redis?.remove();
  });

  const left = async (url: string): Promise<number> => Number(/r=(\d+)/.exec((await fetch(`${url}/api/v1/gauge`)).headers.get("ratelimit") ?? "")?.[1]);
  const health = async () => (await host.context.site.live.health())?.ok;

  it("counts requests to all processes together while it is there", async () => {
    expect([await left(host.url), await left(second.url), await left(host.url)]).to.deep.equal([4, 3, 2]);
    expect(await health()).to.equal(true);
  });

  it("has every process forget a session that was ended in one", async () => {
    const somebody = await person(host);
    const browser = await somebody.browser();
    const elsewhere = async () => (await fetch(`${second.url}/account`, { redirect: "manual", headers: { Cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ") } })).status;
    expect(await elsewhere()).to.equal(200);
    const told = new Promise<void>((resolve) => second.context.site.live.subscribe("sessions", () => resolve()));
    const cookies = new Map(browser.cookies);
    await browser.post("/sign-out");
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    await told;
    expect(await elsewhere()).to.equal(303);
    expect(await isSignedIn(browser)).to.equal(false);
  });

  it("loses nothing when it is killed: requests go on, each process counts by itself, health says how to mend it", async () => {
    await redis!.kill();
    expect(await Promise.all([left(host.url), left(second.url)])).to.deep.equal([4, 4]);
    const browser = await (await person(host)).browser();
    expect(await isSignedIn(browser)).to.equal(true);
    const told = await host.context.site.live.health();
    expect(told?.ok).to.equal(false);
    expect(told?.detail).to.include("REDIS_URL");
    expect(host.log.filter(({ msg }) => msg?.startsWith("Redis is away"))).to.have.length(1);
    await host.context.site.live.publish("sessions", "nobody hears this elsewhere");
  });

  it("is used again when it is back, and what was believed meanwhile is forgotten", async () => {
    const missed = new Promise<void>((resolve) => second.context.site.live.subscribe("sessions", (message) => message === undefined && resolve()));
    await redis!.start();
    await missed;
    await until(async () => (await health()) === true);
    await until(async () => (await second.context.site.live.health())?.ok === true);
    await host.context.site.live.set("back", "yes", minute);
    expect(await second.context.site.live.get("back")).to.equal("yes");
  });

  it("does not wait for a Redis that hangs", async () => {
    redis!.hang();
    const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(`${host.url}/healthz`, { signal: AbortSignal.timeout(30_000) })));
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200, 200]);
    redis!.goOn();
    await until(async () => (await health()) === true);
  });

  it("is not needed to start", async () => {
    await redis!.kill();
    const third = await boot({ site: host.context.site.dataDir, environment: { REDIS_URL: redis!.url, DATABASE_URL: host.database.url }, settings: { http: { port: 0, contentPort: 0 } }, roles: ["web"], log: silent });
    expect((await fetch(`${third.url}/readyz`)).status).to.equal(200);
    await third.stop();
  });
});
