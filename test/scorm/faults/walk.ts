import type { Browser, BrowserContext, Page } from "playwright-core";
import { sql } from "../../../core/db/sql.ts";
import type { TestHost } from "../../../core/testing/index.ts";
import type { Entry } from "../../../plugins/scorm/runtime/journal.ts";
import { randomFrom } from "../../lrs/random-statements.ts";
import type { Learner } from "../support.ts";
import type { MortalServer } from "./server.ts";

export interface WalkOptions {
  host: TestHost;
  browser: Browser;
  server: MortalServer;
  learner: Learner;
  seed: number;
  rounds: number;
}

/** What became of a learner's values over all rounds, counted, and in words what should not be so. */
export interface Walked {
  rounds: number;
  committed: number;
  uncommitted: number;
  /** Uncommitted values that are nowhere. */
  missing: number;
  wrong: string[];
}

/** What the content said on the console, and when its page came to an end; values are microseconds since 1970. */
interface Diary {
  set: number[];
  committed: Set<number>;
  ends: number[];
  wrong: string[];
}

const lossAtMostMs = 5000;
const faults = ["close", "close at once", "crash", "reload", "leave", "cut", "cut and close", "slow", "kill before it is kept", "kill before it is answered"] as const;
/** Starting the server again takes long, so it dies less often than tabs do. */
const dice = [...faults.slice(0, 8), ...faults.slice(0, 8), ...faults.slice(8)];

/** Lets one learner meet faults round after round in one browser, then looks whether everything arrived, once and in order. */
export async function walk({ host, browser, server, learner, seed, rounds }: WalkOptions): Promise<Walked> {
  const random = randomFrom(seed);
  const diary: Diary = { set: [], committed: new Set(), ends: [], wrong: [] };
  const context = await browser.newContext();
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const fault = dice[random(dice.length)] ?? "close";
      const page = await opened(context, server, learner, diary, `seed ${seed}, round ${round}, ${fault}`);
      await page.says(1 + random(12));
      await meet(fault, { page, context, server, words: 1 + random(10) });
      diary.ends.push(Date.now());
    }
    const last = await opened(context, server, learner, diary, `seed ${seed}, at the end`);
    await last.says(1);
    await closed(last.page);
    diary.ends.push(Date.now());
    return await judged(host, learner, diary, rounds);
  } finally {
    await context.close();
  }
}

interface RestlessPage {
  page: Page;
  /** Resolves once the content said this many more things. */
  says(count: number): Promise<void>;
}

/** Opens the content anew, again while the server is away, and checks that it begins where the last committed value left it. */
async function opened(context: BrowserContext, server: MortalServer, learner: Learner, diary: Diary, where: string): Promise<RestlessPage> {
  const { frameHref } = await learner.play();
  const page = await context.newPage();
  let waiting: { left: number; done: () => void } | undefined;
  page.on("console", (message) => {
    const [who, what, value] = message.text().split(" ");
    if (who !== "restless") return;
    const place = Number(value ?? 0);
    if (what === "began" && [...diary.committed].some((committed) => committed > place)) diary.wrong.push(`${where}: began at ${place}, behind ${Math.max(...diary.committed)}`);
    if (what === "set") diary.set.push(place);
    if (what === "committed") diary.set.filter((each) => each <= place).forEach((each) => diary.committed.add(each));
    if (waiting && --waiting.left <= 0) waiting.done();
  });
  const address = server.contentUrl + new URL(frameHref).pathname + new URL(frameHref).search;
  for (let isOpen = false; !isOpen; ) isOpen = await page.goto(address).then((answer) => answer?.ok() === true, () => false);
  return {
    page,
    says: (count) => new Promise((resolve) => (waiting = { left: count, done: resolve })),
  };
}

async function meet(fault: (typeof faults)[number], { page: { page, says }, context, server, words }: { page: RestlessPage; context: BrowserContext; server: MortalServer; words: number }): Promise<void> {
  if (fault === "close at once") return page.close();
  if (fault === "crash") {
    const session = await context.newCDPSession(page);
    const crashed = page.waitForEvent("crash");
    void session.send("Page.crash").catch(() => undefined);
    await crashed;
    return page.close();
  }
  if (fault === "leave") await page.goto("about:blank");
  if (fault === "reload") {
    await page.reload();
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
}

/** Closes a tab as a person does, so that its content hears of it. */
async function closed(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent("close"), page.close({ runBeforeUnload: true })]);
}

/** Waits until the server has what was committed, then compares all that it has with what the content said. */
async function judged(host: TestHost, learner: Learner, { set, committed, ends, wrong }: Diary, rounds: number): Promise<Walked> {
  let kept = await placesOf(host, learner);
  // The mocha time limit ends this where something never comes.
  for (; [...committed].some((place) => !kept.includes(place)); kept = await placesOf(host, learner)) {
    const absent = [...committed].filter((place) => !kept.includes(place));
    if (Date.now() - Math.max(...ends) > 20_000) {
      wrong.push(`${learner.name}: ${absent.length} committed values are missing, such as ${absent[0]}`);
      break;
    }
  }
  kept.forEach((place, index) => {
    if (index > 0 && place <= (kept[index - 1] ?? 0)) wrong.push(`${learner.name}: ${place} came after ${kept[index - 1]}`);
  });
  const missing = set.filter((place) => !committed.has(place) && !kept.includes(place));
  for (const place of missing) {
    const setMs = place / 1000;
    const endMs = Math.min(...ends.filter((end) => end >= setMs));
    if (endMs - setMs > lossAtMostMs) wrong.push(`${learner.name}: ${place} is missing, though it was set ${Math.round(endMs - setMs)} ms before its page ended`);
  }
  return { rounds, committed: committed.size, uncommitted: set.length - committed.size, missing: missing.length, wrong };
}

/** Every place the learner's journals name, in the order of runs and of entries. */
async function placesOf(host: TestHost, { registration }: Learner): Promise<number[]> {
  const pieces = await host.context.db.rows<{ entries: string }>(sql`
    select entries from scorm.journal join scorm.run on run.id = journal.run_id where run.registration = ${registration} order by run.id, from_seq`);
  return pieces.flatMap(({ entries }) => JSON.parse(entries) as Entry[]).flatMap(([, , , element, value]) => (element === "cmi.core.lesson_location" ? [Number(value)] : []));
}
