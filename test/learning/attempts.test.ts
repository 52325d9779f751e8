import { expect } from "chai";
import { refuse } from "../../core/kernel/errors.ts";
import { system } from "../../core/kernel/permissions.ts";
import { definePlugin } from "../../core/kernel/plugin.ts";
import { sql } from "../../core/db/sql.ts";
import * as attempts from "../../core/learning/attempts.ts";
import * as enrollments from "../../core/learning/enrollments.ts";
import * as items from "../../core/learning/items.ts";
import { play } from "../../core/learning/play.ts";
import { testHost, type TestHost } from "../../core/testing/index.ts";
import { countOf, person, publishedCourse, storedPackage, testPlayer } from "./support.ts";

const told: { name: string; payload: unknown }[] = [];
let doubled = false;
let closed = false;
const listener = definePlugin({
  name: "listener",
  version: "1.0.0",
  summary: "Notes what it is told.",
  hooks: {
    "attempt.grading": (_, value) => (doubled && value.score !== null ? { ...value, score: value.score * 2 } : undefined),
    "attempt.starting": () => (closed ? refuse("exam_closed", "The exam opens on Monday.") : undefined),
  },
  on: Object.fromEntries(
    ["enrollment.created", "attempt.started", "attempt.graded", "attempt.completed", "course.completed"].map((name) => [name, (_: unknown, payload: unknown) => void told.push({ name, payload })]),
  ),
});

const { plugin: player, asked } = testPlayer();

describe("Attempts", () => {
  let host: TestHost;
  before(async () => (host = await testHost({ plugins: [listener, player] })));
  after(() => host.stop());

  /** A learner enrolled in a course of these items. */
  async function enrolled(contents: readonly string[]) {
    const course = await publishedCourse(host, "Course", contents);
    const learner = await person(host, "no-password");
    const ctx = await learner.as();
    const enrollment = await enrollments.enrollOneself(ctx, course.id);
    return { ctx, course, learner, enrollment, first: course.items[0] as string, now: () => enrollments.find(ctx, enrollment.id) };
  }

  const namesFor = (enrollmentId: string): string[] => told.filter(({ payload }) => (payload as { enrollmentId: string }).enrollmentId === enrollmentId).map(({ name }) => name);
  const verbsFor = async (registration: string): Promise<string[]> =>
    (await host.context.db.rows<{ verb: string }>(sql`select (raw::jsonb)->'verb'->'display'->>'en-US' as verb from statement where (raw::jsonb)->'context'->>'registration' = ${registration} order by seq`)).map(({ verb }) => verb);

  it("begins one attempt for 20 first launches at once, each with a token of its own", async () => {
    const { ctx, enrollment, first } = await enrolled([await storedPackage(host, {})]);
    asked.length = 0;
    const launched = await Promise.all(Array.from({ length: 20 }, () => play(ctx, enrollment.id, first)));
    expect(new Set(launched.map(({ attemptId }) => attemptId)).size).to.equal(1);
    expect(await countOf(host, "attempt", "enrollment_id", enrollment.id)).to.equal(1);
    expect(new Set(asked.map(({ token }) => token)).size).to.equal(20);
  });

  it("moves item, enrollment and course along, and tells each event and each statement once", async () => {
    const { ctx, enrollment, course, now } = await enrolled(["One", "Two"]);
    const [one = "", two = ""] = course.items;
    await Promise.all([items.complete(ctx, enrollment.id, one), items.complete(ctx, enrollment.id, one), items.complete(ctx, enrollment.id, one)]);
    expect(await now()).to.deep.include({ status: "active", progress: 0.5 });
    await items.complete(ctx, enrollment.id, two);
    await items.complete(ctx, enrollment.id, two);
    const done = await now();
    expect(done).to.deep.include({ status: "completed", progress: 1 });
    expect(done.completedAt).to.be.a("date");
    await host.drain();
    const names = namesFor(enrollment.id);
    expect(names.toSorted()).to.deep.equal(["attempt.completed", "attempt.completed", "attempt.started", "attempt.started", "course.completed", "enrollment.created"]);
    expect(await verbsFor(enrollment.registration)).to.deep.equal(["registered", "completed", "completed", "completed"]);
  });

  it("never falls back: what was completed stays, with its best score, whatever comes later", async () => {
    const { ctx, enrollment, first, now } = await enrolled([await storedPackage(host, {})]);
    const { attemptId } = await play(ctx, enrollment.id, first);
    await attempts.record(ctx, attemptId, { status: "passed", score: 0.9, timeMs: 60_000 });
    await attempts.record(ctx, attemptId, { status: "in-progress", score: 0.1, timeMs: 70_000 });
    await attempts.record(ctx, attemptId, { status: "failed", score: null });
    expect(await now()).to.deep.include({ status: "completed", progress: 1 });
    const [attempt] = await attempts.listOf(ctx, enrollment.id, first);
    expect(attempt).to.deep.include({ status: "passed", timeMs: "70000" });
    const item = await host.context.db.one(sql`select status, score, time_ms::int as time_ms from item_progress where enrollment_id = ${enrollment.id}`);
    expect(item).to.deep.equal({ status: "passed", score: 0.9, timeMs: 70_000 });
    await host.drain();
    expect(namesFor(enrollment.id).filter((name) => name === "attempt.completed" || name === "course.completed")).to.have.lengthOf(2);
  });

  it("lets a completed attempt still be passed, and a failed one be tried again", async () => {
    const { ctx, enrollment, first } = await enrolled([await storedPackage(host, {})]);
    const { attemptId } = await play(ctx, enrollment.id, first);
    await attempts.record(ctx, attemptId, { status: "failed", score: 0.2 });
    const again = await attempts.begin(ctx, enrollment.id, first, { next: true });
    expect(again.attempt).to.deep.include({ number: 2, status: "in-progress" });
    await attempts.record(ctx, again.attempt.id, { status: "completed" });
    const { attempt } = await attempts.record(ctx, again.attempt.id, { status: "passed", score: 1 });
    expect(attempt).to.deep.include({ status: "passed", score: 1 });
  });

  it("asks what an attempt is worth before it is kept", async () => {
    const { ctx, enrollment, first } = await enrolled([await storedPackage(host, {})]);
    const { attemptId } = await play(ctx, enrollment.id, first);
    doubled = true;
    const { attempt } = await attempts.record(ctx, attemptId, { score: 0.25 }).finally(() => (doubled = false));
    expect(attempt.score).to.equal(0.5);
  });

  it("asks whether a try may begin, and leaves nothing behind when not", async () => {
    const { ctx, enrollment, first } = await enrolled(["One"]);
    closed = true;
    const refused = await items.complete(ctx, enrollment.id, first).then(() => undefined, (error: unknown) => error).finally(() => (closed = false));
    expect(refused).to.deep.include({ code: "exam_closed" });
    expect(await countOf(host, "attempt", "enrollment_id", enrollment.id)).to.equal(0);
  });

  it("ends with the enrollment", async () => {
    const { ctx, enrollment, first } = await enrolled(["One"]);
    await enrollments.withdraw(ctx, enrollment.id);
    const refused = await items.complete(ctx, enrollment.id, first).catch((error: unknown) => error);
    expect(refused).to.deep.include({ code: "enrollment_ended" });
  });

  it("leaves the completion of packages to their run-time", async () => {
    const { ctx, enrollment, first } = await enrolled([await storedPackage(host, {})]);
    expect(await items.complete(ctx, enrollment.id, first).catch((error: unknown) => error)).to.deep.include({ code: "item_not_yours_to_complete" });
    expect(await play(ctx, enrollment.id, (await enrolled(["One"])).first).catch((error: unknown) => error)).to.deep.include({ code: "item_not_found" });
  });

  it("refuses a launcher that leads away from the content origin", async () => {
    const astray = await testHost({ plugins: [testPlayer({ frameHref: "https://elsewhere.example/" }).plugin] });
    try {
      const course = await publishedCourse(astray, "Course", [await storedPackage(astray, {})]);
      const learner = await person(astray, "no-password");
      const { id } = await enrollments.create(astray.context.by(system), { userId: learner.id, courseId: course.id });
      expect(await play(await learner.as(), id, course.items[0] as string).catch((error: unknown) => error)).to.deep.include({ code: "plugin_failed" });
      expect(await countOf(astray, "launch")).to.equal(0);
    } finally {
      await astray.stop();
    }
  });

  it("opens a completed item again as its launcher says: as it was, in another attempt, or to look at", async () => {
    const seen: unknown[] = [];
    for (const reopens of ["continue", "again", "review"] as const) {
      const { plugin, asked: requests } = testPlayer({ reopens });
      const own = await testHost({ plugins: [plugin] });
      try {
        const course = await publishedCourse(own, "Course", [await storedPackage(own, {})]);
        const learner = await person(own, "no-password");
        const ctx = await learner.as();
        const { id } = await enrollments.enrollOneself(ctx, course.id);
        const { attemptId } = await play(ctx, id, course.items[0] as string);
        await attempts.record(ctx, attemptId, { status: "completed" });
        await play(ctx, id, course.items[0] as string);
        seen.push(requests.map(({ mode, attempt }) => [mode, attempt.number]));
      } finally {
        await own.stop();
      }
    }
    expect(seen).to.deep.equal([[["normal", 1], ["normal", 1]], [["normal", 1], ["normal", 2]], [["normal", 1], ["review", 1]]]);
  });
});

describe("Attempts that nobody else grades", () => {
  let host: TestHost;
  before(async () => (host = await testHost({ plugins: [player] })));
  after(() => host.stop());

  async function playing(count: number) {
    const course = await publishedCourse(host, "Course", await Promise.all(Array.from({ length: count }, () => storedPackage(host, {}))));
    const ctx = await (await person(host, "no-password")).as();
    const enrollment = await enrollments.enrollOneself(ctx, course.id);
    const opened = await Promise.all(course.items.map((item) => play(ctx, enrollment.id, item)));
    return { ctx, enrollment, course, attemptIds: opened.map(({ attemptId }) => attemptId), now: () => enrollments.find(ctx, enrollment.id) };
  }

  it("complete the course by whichever comes last, at the same moment too", async () => {
    for (let round = 1; round <= 5; round++) {
      const { ctx, attemptIds, now } = await playing(4);
      await Promise.all(attemptIds.map((id) => attempts.record(ctx, id, { status: "passed", score: 1 })));
      expect(await now()).to.deep.include({ status: "completed", progress: 1 });
    }
  });

  it("never fall back either, tell of a score and a completion once each, and keep what is not named", async () => {
    const { ctx, enrollment, course, attemptIds } = await playing(1);
    const [attemptId = ""] = attemptIds;
    const outcome = { status: "completed", score: 0.7, scoreRaw: 7, scoreMin: 0, scoreMax: 10, timeMs: 60_000 } as const;
    await attempts.record(ctx, attemptId, outcome);
    await attempts.record(ctx, attemptId, outcome);
    await attempts.record(ctx, attemptId, { status: "in-progress", timeMs: 70_000 });
    await attempts.record(ctx, attemptId, {});
    const [attempt] = await attempts.listOf(ctx, enrollment.id, course.items[0] ?? "");
    expect(attempt).to.deep.include({ ...outcome, timeMs: "70000" });
    const events = await host.context.db.rows<{ name: string }>(sql`select name from event where payload->>'attemptId' = ${attemptId} and name <> 'attempt.started' order by seq`);
    expect(events.map(({ name }) => name)).to.deep.equal(["attempt.graded", "attempt.completed"]);
  });

  it("are refused where there is none, and change nothing", async () => {
    const { ctx } = await playing(1);
    const error = await attempts.record(ctx, "01a2032b-b1a0-7a0a-8b56-4b83be9e572b", { status: "passed" }).catch((refusal: unknown) => refusal);
    expect(error).to.deep.include({ code: "attempt_not_found" });
  });
});
