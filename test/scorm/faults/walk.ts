import type { Browser, BrowserContext, Page } from "playwright-core";
import { sql } from "../../../core/db/sql.ts";
import type { TestHost } from "../../../core/testing/index.ts";
import type { Entry } from "../../../plugins/scorm/runtime/journal.ts";
import { randomFrom } from "../../lrs/random-statements.ts";
import type { Learner } from "../support.ts";
import { placeElements } from "./restless.ts";
import type { MortalServer } from "./server.ts";

export interface WalkOptions {
  host: TestHost;
  browser: Browser;
  server: MortalServer;
  learner: Learner;
  seed: number;
  rounds: number;
}

/** What had become of all of a learner's values by the end of one round, and in words what should not be so. */
export interface Round {
  /** "seed 1003, round 7, crash" */
  name: string;
  committed: number;
  uncommitted: number;
  /** Uncommitted values that are nowhere, and how long before the end of its page the oldest of them was set. */
  lost: number;
  lostMs: number;
  wrong: string[];
}

/** What the content said on the console, and when its pages came to an end; values are microseconds since 1970. */
interface Diary {
  set: number[];
  committed: Set<number>;
  ends: number[];
  /** Where content began behind what was committed. */
  behind: string[];
}

const lossAtMostMs = 5000;
const arrivalAtMostMs = 60_000;
const beginningAtMostMs = 60_000;
const ofTabs = ["close", "close at once", "crash", "reload", "leave", "cut", "cut and close", "slow"] as const;
const ofServer = ["kill before it is kept", "kill before it is answered"] as const;
type Fault = (typeof ofTabs)[number] | (typeof ofServer)[number];

/** Lets one learner meet faults round after round in one browser; after each, once the content runs again, looks whether everything arrived, once and in order. */
export async function walk({ host, browser, server, learner, seed, rounds }: WalkOptions): Promise<Round[]> {
  const random = randomFrom(seed);
  const diary: Diary = { set: [], committed: new Set(), ends: [], behind: [] };
  const context = await browser.newContext();
  const walked: Round[] = [];
  try {
    // Another tab of theirs, which keeps the process that tabs share when the others are closed.
    let keeper = await context.newPage();
    let open = await opened(context, server, learner, diary);
    for (const [index, fault] of dealt(random, rounds, seed).entries()) {
      await open.says(1 + random(6));
      await meet(fault, { open, context, server, diary, words: 1 + random(6) });
      if (fault === "crash") {
        await keeper.close();
        keeper = await context.newPage();
      }
      open = await opened(context, server, learner, diary);
      const { wrong, ...counts } = await judged(host, server, learner, open);
      walked.push({ name: `seed ${seed}, round ${index + 1}, ${fault}`, ...counts, wrong: [...diary.behind.splice(0), ...wrong] });
    }
    await closed(open.page);
    return walked;
  } finally {
    await context.close();
  }
}

/** The faults of a learner's rounds. Starting a server takes long, so it dies for every second learner only, and once. */
function dealt(random: (below: number) => number, rounds: number, seed: number): Fault[] {
  const faults: Fault[] = Array.from({ length: rounds }, () => ofTabs[random(ofTabs.length)] ?? "close");
  if (seed % 2 === 0) faults[random(rounds)] = ofServer[random(2)] ?? "kill before it is kept";
  return faults;
}

interface RestlessPage {
  page: Page;
  /** All that earlier pages had said when the content began. */
  before: { set: number[]; committed: number[]; ends: number[] };
  /** Resolves once the content said this many more things. */
  says(count: number): Promise<void>;
}

/** Opens the content anew, again while the server is away; resolves once it runs, and fails where it does not within a minute. */
async function opened(context: BrowserContext, server: MortalServer, learner: Learner, diary: Diary): Promise<RestlessPage> {
  const { frameHref } = await learner.play();
  const page = await context.newPage();
  let waiting: { left: number; done: () => void } | undefined;
  let here: number[] = [];
  let last = "nothing";
  const began = new Promise<RestlessPage["before"]>((resolve) => {
    page.on("console", (message) => {
      last = message.text();
      const [who, what, value] = message.text().split(" ");
      if (who !== "restless") return;
      const place = Number(value ?? 0);
      if (what === "began") {
        const latest = Math.max(0, ...diary.committed);
        here = [];
        if (place < latest) diary.behind.push(`the content began at ${place}, behind ${latest}`);
        resolve({ set: [...diary.set], committed: [...diary.committed], ends: [...diary.ends] });
      }
      if (what === "set") [diary.set, here].forEach((list) => list.push(place));
      if (what === "committed") here.forEach((each) => diary.committed.add(each));
      if (waiting && --waiting.left <= 0) waiting.done();
    });
  });
  const address = server.contentUrl + new URL(frameHref).pathname + new URL(frameHref).search;
  for (let isOpen = false; !isOpen; ) isOpen = await page.goto(address, { waitUntil: "commit" }).then((answer) => answer?.ok() === true, () => false);
  const before = await within(beginningAtMostMs, began);
  if (before === undefined) throw new Error(`The content at ${page.url()} did not begin within a minute; the last word of its page was "${last}".`);
  return {
    page,
    before,
    says: (count) => new Promise((resolve) => (waiting = { left: count, done: resolve })),
  };
}

async function within<Value>(limitMs: number, work: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), limitMs)));
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Has the page come to its end by this fault. */
async function meet(fault: Fault, { open: { page, says }, context, server, diary, words }: { open: RestlessPage; context: BrowserContext; server: MortalServer; diary: Diary; words: number }): Promise<void> {
  if (fault === "close at once") await page.close();
  if (fault === "crash") {
    const session = await context.newCDPSession(page);
    const crashed = page.waitForEvent("crash");
    void session.send("Page.crash").catch(() => undefined);
    await crashed;
    await page.close();
  }
  if (fault === "leave") await page.goto("about:blank");
  if (fault === "reload") {
    await page.reload({ waitUntil: "commit" });
    diary.ends.push(Date.now());
    await says(words);
  }
  if (fault === "cut" || fault === "cut and close") {
    await context.setOffline(true);
    await says(words);
    if (fault === "cut and close") await closed(page);
    await context.setOffline(false);
    if (fault === "cut") await says(words);
  }
  if (fault === "slow") {
    const session = await context.newCDPSession(page);
    await session.send("Network.emulateNetworkConditions", { offline: false, latency: 300, downloadThroughput: 40_000, uploadThroughput: 10_000 });
    await says(words);
  }
  if (fault === "kill before it is kept" || fault === "kill before it is answered") {
    await server.dies(fault === "kill before it is kept" ? "before it is kept" : "before it is answered");
    await says(words);
  }
  if (!page.isClosed()) await closed(page);
  diary.ends.push(Date.now());
}

/** Closes a tab as a person does, so that its content hears of it. */
async function closed(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent("close"), page.close({ runBeforeUnload: true })]);
}

/** Compares all that the server has, once it has what was committed, with all that the content had said. */
async function judged(host: TestHost, server: MortalServer, learner: Learner, { before: { set, committed, ends } }: RestlessPage): Promise<Omit<Round, "name">> {
  const wrong: string[] = [];
  const { kept, absent } = await arrived(host, server, learner, committed);
  if (absent.length > 0) wrong.push(`${absent.length} committed values are missing, such as ${absent[0]}`);
  kept.forEach((each, index) => {
    if (index > 0 && each <= (kept[index - 1] ?? 0)) wrong.push(`${each} came after ${kept[index - 1]}`);
  });
  const uncommitted = set.filter((each) => !committed.includes(each));
  const lost = uncommitted.filter((each) => !kept.includes(each));
  const lostMs = Math.max(0, ...lost.map((each) => Math.round(Math.min(...ends.filter((end) => end >= each / 1000)) - each / 1000)));
  if (lostMs > lossAtMostMs) wrong.push(`a value is missing that was set ${lostMs} ms before its page ended`);
  return { committed: committed.length, uncommitted: uncommitted.length, lost: lost.length, lostMs, wrong };
}

/** Every place the server has once all of these are there, which it may still be writing; those that do not come are absent. */
async function arrived(host: TestHost, server: MortalServer, learner: Learner, committed: readonly number[]): Promise<{ kept: number[]; absent: number[] }> {
  const signal = AbortSignal.timeout(arrivalAtMostMs);
  for (;;) {
    const more = server.kept(signal).then(() => true, () => false);
    const kept = await placesOf(host, learner);
    const absent = committed.filter((each) => !kept.includes(each));
    if (absent.length === 0 || !(await more)) return { kept, absent };
  }
}

/** Every place the learner's journals name, in the order of runs and of entries. */
async function placesOf(host: TestHost, { registration }: Learner): Promise<number[]> {
  const pieces = await host.context.db.rows<{ entries: string }>(sql`
    select entries from scorm.journal join scorm.run on run.id = journal.run_id where run.registration = ${registration} order by run.id, from_seq`);
  return pieces.flatMap(({ entries }) => JSON.parse(entries) as Entry[]).flatMap(([, , , element, value]) => (placeElements.includes(String(element)) ? [Number(value)] : []));
}
