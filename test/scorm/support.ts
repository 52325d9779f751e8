import { expect } from "chai";
import pg from "pg";
import * as enrollments from "../../core/learning/enrollments.ts";
import { play, type Playing } from "../../core/learning/play.ts";
import { sql } from "../../core/db/sql.ts";
import type { TestHost } from "../../core/testing/index.ts";
import type { Bootstrap } from "../../plugins/scorm/browser/player/bootstrap.ts";
import type { CommitResponse, Entry } from "../../plugins/scorm/runtime/journal.ts";
import type { State12 } from "../../plugins/scorm/runtime/scorm12/index.ts";
import { person, publishedCourse, type Person } from "../learning/support.ts";
import { takeIn } from "../support/packages.ts";

/** Somebody who is enrolled in a course of one package. */
export interface Learner extends Person {
  enrollmentId: string;
  registration: string;
  /** Opens the package (or one of its units) and loads the player's page. */
  launch(unit?: string): Promise<Player>;
  /** What the LMS's page is told when it opens the package. */
  play(): Promise<Playing>;
  /** The ids that their statements of this verb are about. */
  objects(verb: string): Promise<string[]>;
  /** What the course says of them. */
  standing(): Promise<Standing>;
  /** The verbs of their statements, the oldest first. */
  told(): Promise<string[]>;
}

export interface Standing {
  status: string;
  attemptStatus: string;
  score: number | null;
  scoreRaw: number | null;
  timeMs: number;
  progress: number;
}

/** What the browser's player would do, by hand. */
export interface Player extends Bootstrap {
  frameHref: string;
  /** Journals calls and posts them; a call is `["set", element, value]` or one word. */
  send(...calls: Call[]): Promise<CommitAnswer>;
  /** Entries for the next calls, numbered on, without posting them. */
  entries(...calls: Call[]): Entry[];
  post(body: object, headers?: Record<string, string>): Promise<CommitAnswer>;
  /** The same page again, as a reload of the frame asks for it. */
  reload(): Promise<Player>;
}

export type Call = "initialize" | "commit" | "finish" | "tick" | [element: string, value: string];

export interface CommitAnswer {
  status: number;
  json: CommitResponse<State12> & { code?: string; expectedSeq?: number; errors?: { pointer: string }[] };
}

/** A package file as this instructor's own, and a course that plays it. */
export async function instructorsPackage(host: TestHost, { id }: Person, file: string): Promise<{ packageId: string; course: { id: string; slug: string; item: string } }> {
  const { versionId } = await takeIn(host, file);
  const { packageId } = await host.context.db.one<{ packageId: string }>(sql`
    update package set created_by = ${id} where id = (select package_id from package_version where id = ${versionId}) returning id as package_id`);
  return { packageId, course: await courseOf(host, versionId) };
}

/** A published course of this package. */
export async function courseOf(host: TestHost, versionId: string): Promise<{ id: string; slug: string; item: string }> {
  const { id, slug, items } = await publishedCourse(host, "Golf", [versionId]);
  return { id, slug, item: items[0] ?? "" };
}

export async function learnerIn(host: TestHost, course: { id: string; item: string }): Promise<Learner> {
  const somebody = await person(host);
  const { id: enrollmentId, registration } = await enrollments.enrollOneself(await somebody.as(), course.id);
  const db = host.context.db;
  const statements = async () => {
    const rows = await db.rows<{ raw: string }>(sql`select raw from statement where raw like ${`%${registration}%`} order by seq`);
    return rows.map(({ raw }) => JSON.parse(raw) as { verb: { id: string }; object: { id: string } }).map(({ verb, object }) => ({ verb: verb.id.split("/").at(-1) ?? "", object: object.id }));
  };
  return {
    ...somebody,
    enrollmentId,
    registration,
    launch: async (unit) => openPlayer(host, (await play(await somebody.as(), enrollmentId, course.item, unit)).frameHref),
    standing: () =>
      db.one<Standing>(sql`
        select enrollment.status, attempt.status as attempt_status, attempt.score::float8 as score, attempt.score_raw, attempt.time_ms::float8 as time_ms, enrollment.progress
        from attempt join enrollment on enrollment.id = attempt.enrollment_id where enrollment.id = ${enrollmentId}`),
    play: async () => play(await somebody.as(), enrollmentId, course.item),
    told: async () => (await statements()).map(({ verb }) => verb),
    objects: async (wanted) => (await statements()).filter(({ verb }) => verb === wanted).map(({ object }) => object),
  };
}

/** Loads a player's page as the frame does. */
export async function openPlayer(host: TestHost, frameHref: string): Promise<Player> {
  const answer = await fetch(frameHref);
  const page = await answer.text();
  expect(answer.status, page).to.equal(200);
  const bootstrap = JSON.parse(/id="cadre-launch">(.*)<\/script>/.exec(page)?.[1] ?? "") as Bootstrap;
  let seq = bootstrap.state.seq;
  const post: Player["post"] = async (body, headers = { authorization: `Bearer ${bootstrap.token}` }) => {
    const response = await fetch(bootstrap.commitUrl, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
    return { status: response.status, json: (await response.json()) as CommitAnswer["json"] };
  };
  const entries: Player["entries"] = (...calls) => calls.map((call) => (typeof call === "string" ? [++seq, Date.now(), call] : [++seq, Date.now(), "set", ...call]));
  return {
    ...bootstrap,
    frameHref,
    entries,
    post,
    send: (...calls) => post(commitOf(bootstrap.launchId, entries(...calls))),
    reload: () => openPlayer(host, frameHref),
  };
}

export function commitOf(launchId: string, entries: readonly unknown[], more: object = {}): object {
  const [first] = entries as Entry[];
  return { launchId, fromSeq: first?.[0] ?? 1, entries, sentAtMs: Date.now(), ...more };
}

/** Every statement that goes to PostgreSQL while `work` runs, "begin" and "commit" included. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const asked: string[] = [];
  const query = pg.Client.prototype.query as (...given: unknown[]) => unknown;
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    asked.push(typeof given[0] === "string" ? given[0] : (given[0] as { text: string }).text);
    return query.apply(this, given);
  } as typeof pg.Client.prototype.query;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query as typeof pg.Client.prototype.query;
  }
  return asked.filter((text) => !text.includes("pg_notify")); // wakes readers of statements, once for all of a moment and in no transaction
}
