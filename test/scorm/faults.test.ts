import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import scorm from "../../plugins/scorm/index.ts";
import { chromiumOrSkip } from "../support/chromium.ts";
import { restless, restless2004 } from "./faults/restless.ts";
import { mortalServer, type MortalServer } from "./faults/server.ts";
import { walk, type Round } from "./faults/walk.ts";
import { ownCourse, ownPackage } from "./own-packages.ts";
import { courseOf, learnerIn } from "./support.ts";

/** Rounds in all, and of one learner. */
const rounds = Number(process.env.CADRE_FAULT_ROUNDS ?? 100);
const roundsOfEach = 25;
const seed = Number(process.env.CADRE_FAULT_SEED ?? 1);
const atOnce = 4;

describe("A learner's work, in SCORM 1.2 and 2004,", function () {
  this.timeout(90_000 + rounds * 3000);
  this.retries(0);
  let host: TestHost;
  let browser: Browser;
  let server: MortalServer;
  let site: string;

  before(async function () {
    site = await mkdtemp(join(tmpdir(), "cadre-faults-"));
    host = await testHost({ plugins: [scorm], site });
    browser = await chromiumOrSkip(this, { sharesProcesses: true });
    server = await mortalServer(host.database.url, site);
  });
  after(async () => {
    await server?.stop();
    await browser?.close();
    await host?.stop();
    await rm(site, { recursive: true, force: true });
  });

  it(`survives ${rounds} closed tabs, crashes, reloads, cut and slow networks, and deaths of the server in the middle of a commit (seed ${seed})`, async () => {
    const courses = [await courseOf(host, await ownPackage(host, { "index.html": restless })), await courseOf(host, await ownCourse(host, [{ title: "Restless" }], { "index.html": restless2004 }))];
    const seeds = Array.from({ length: Math.ceil(rounds / roundsOfEach) }, (_, number) => seed * 1000 + number);
    const walked: Round[][] = [];
    const work = async () => {
      for (let next = seeds.shift(); next !== undefined; next = seeds.shift()) {
        // Two and two in each standard's course, for of two the server dies for one.
        const course = courses[Math.floor(next / 2) % 2] as (typeof courses)[number];
        walked.push(await walk({ host, browser, server, learner: await learnerIn(host, course), seed: next, rounds: Math.min(roundsOfEach, rounds) }));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    const all = walked.flat();
    expect(all).to.have.length.at.least(rounds);
    expect(all.filter(({ wrong }) => wrong.length > 0)).to.deep.equal([]);
    const counted = (name: "committed" | "uncommitted" | "lost") => walked.reduce((sum, each) => sum + (each.at(-1)?.[name] ?? 0), 0);
    expect(counted("committed")).to.be.greaterThan(rounds);
    console.log(`      ${counted("committed")} committed values are there; of ${counted("uncommitted")} others ${counted("lost")} are not, all of the last ${Math.max(...all.map(({ lostMs }) => lostMs))} ms`);
  });
});
