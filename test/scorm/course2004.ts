import { expect } from "chai";
import type { LearnerRequest } from "../../core/index.ts";
import { play } from "../../core/learning/play.ts";
import type { TestHost } from "../../core/testing/index.ts";
import type { Bootstrap2004 } from "../../plugins/scorm/browser/player/bootstrap2004.ts";
import type { Entry } from "../../plugins/scorm/runtime/journal.ts";
import type { CommitResponse2004, Delivery, Situation } from "../../plugins/scorm/playing.ts";
import { commitOf, type Call, type Learner } from "./support.ts";

export interface Answer2004 {
  status: number;
  json: CommitResponse2004 & { code?: string; expectedSeq?: number };
}

/** The player's page of a SCORM 2004 course, by hand. */
export interface Player2004 extends Omit<Bootstrap2004, "delivery"> {
  frameHref: string;
  /** What runs; the next one once the server has delivered it. */
  delivery: Delivery;
  situation: Situation;
  /** Entries for the next calls, numbered on, without posting them. */
  entries(...calls: Call[]): Entry[];
  post(body: object, headers?: Record<string, string>): Promise<Answer2004>;
  /** Journals calls and posts them. */
  send(...calls: Call[]): Promise<Answer2004>;
  /** The same with a request of the learner's. */
  go(request: LearnerRequest, ...calls: Call[]): Promise<Answer2004>;
  /** The titles that may be chosen now. */
  open(): string[];
}

/** Opens a learner's course and loads the player's page as the frame does. */
export async function openCourse(host: TestHost, learner: Learner, item: string, unit?: string): Promise<Player2004> {
  const { frameHref } = await play(await learner.as(), learner.enrollmentId, item, unit);
  return loadCourse(host, frameHref);
}

/** The player's page by its address; where another page plays, this one goes on in its place, as a learner's does whose earlier page is gone. */
export async function loadCourse(_: TestHost, frameHref: string): Promise<Player2004> {
  const asking = await coursePage(frameHref);
  return playerOf(frameHref, asking.elsewhere ? await coursePage(taking(frameHref)) : asking);
}

/** The address at which a page takes the place of the one that plays. */
export function taking(frameHref: string): string {
  const href = new URL(frameHref);
  href.searchParams.set("take", "true");
  return href.href;
}

/** What the server embeds in a player's page. */
export async function coursePage(href: string): Promise<Bootstrap2004> {
  const answer = await fetch(href);
  const page = await answer.text();
  expect(answer.status, page).to.equal(200);
  return JSON.parse(/id="cadre-launch">(.*)<\/script>/.exec(page)?.[1] ?? "") as Bootstrap2004;
}

/** A player's page at work. */
export function playerOf(frameHref: string, bootstrap: Bootstrap2004): Player2004 {
  let [seq, number] = [0, 0];
  const player: Player2004 = {
    ...bootstrap,
    frameHref,
    delivery: bootstrap.delivery as Delivery,
    entries: (...calls) => calls.map((call) => (typeof call === "string" ? [++seq, Date.now(), call] : [++seq, Date.now(), "set", ...call])),
    async post(body, headers = { authorization: `Bearer ${bootstrap.token}` }) {
      const response = await fetch(bootstrap.commitUrl, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
      const json = (await response.json()) as Answer2004["json"];
      if (json.situation) player.situation = json.situation;
      if (json.move?.delivery && json.move.delivery.launchId !== player.delivery?.launchId) [player.delivery, seq] = [json.move.delivery, 0];
      return { status: response.status, json };
    },
    send: (...calls) => player.post(commitOf(player.delivery.launchId, player.entries(...calls))),
    go: (request, ...calls) => player.post(commitOf(player.delivery.launchId, player.entries(...calls), { fromSeq: seq + 1 - calls.length, navigation: { number: ++number, request } })),
    open: () => player.situation.contents.filter(({ enabled }) => enabled).map(({ title }) => title),
  };
  return player;
}
