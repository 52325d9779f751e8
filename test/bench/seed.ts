import * as attempts from "../../core/learning/attempts.ts";
import * as enrollments from "../../core/learning/enrollments.ts";
import { play } from "../../core/learning/play.ts";
import { installSamples } from "../../core/courses/samples.ts";
import { sql } from "../../core/db/sql.ts";
import { coursePlayers } from "./courses.ts";
import { person, publishedCourse, type TestHost } from "../../core/testing/index.ts";

/** What commits for one learner need. */
export interface BenchPlayer {
  commitUrl: string;
  token: string;
  launchId: string;
  /** The number of the last entry that was taken in. */
  seq: number;
}

export interface Seeded {
  cookie: string;
  coursePath: string;
  /** The page that lists all courses, and the one that lists those of the learner. */
  cataloguePath: string;
  learningPath: string;
  players: BenchPlayer[];
  /** The same with a SCORM 2004 course open. */
  coursePlayers: (BenchPlayer & { frameHref: string })[];
}

const listed = 60;

/** A course of six modules with five pages each and a learner who is a third through it and in sixty more courses, and sixteen learners with a SCORM package open. */
export async function seed(host: TestHost): Promise<Seeded> {
  const numbers = [1, 2, 3, 4, 5, 6];
  const modules = Object.fromEntries(numbers.map((module) => [`Module ${module}`, [1, 2, 3, 4, 5].map((page) => `Page ${page} of module ${module}`)]));
  const course = await publishedCourse(host, { title: "Security+ SY0-701 foundations", modules });
  const learner = await person(host);
  const ctx = await learner.context();
  const { id } = await enrollments.create(ctx, { userId: learner.id, courseId: course.id });
  for (const item of course.items.slice(0, 10)) {
    const { attempt } = await attempts.begin(ctx, id, item);
    await attempts.record(ctx, attempt.id, { status: "completed", timeMs: 60_000 });
  }
  for (let number = 1; number <= listed; number++) {
    const other = await publishedCourse(host, { title: `Networks, part ${number}`, modules: { Reading: ["One", "Two"] } });
    await enrollments.create(ctx, { userId: learner.id, courseId: other.id });
  }
  const { cookies } = await learner.browser();
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  return { cookie, coursePath: `/courses/${course.slug}`, cataloguePath: "/courses", learningPath: "/learning", players: await players(host, 16), coursePlayers: await coursePlayers(host, 16) };
}

async function players(host: TestHost, count: number): Promise<BenchPlayer[]> {
  await installSamples(host.context, new URL("../../content-packages/", import.meta.url));
  const { courseId, key } = await host.context.db.one<{ courseId: string; key: string }>(sql`
    select course.id as course_id, item.key from course join item on item.version_id = course.published_version_id where item.kind = 'package'`);
  const opened: BenchPlayer[] = [];
  for (let number = 0; number < count; number++) {
    const learner = await person(host);
    const ctx = await learner.context();
    const { id } = await enrollments.create(ctx, { userId: learner.id, courseId });
    const { frameHref } = await play(ctx, id, key);
    const html = await (await fetch(frameHref)).text();
    const { commitUrl, token, launchId, state } = JSON.parse(/id="cadre-launch">(.*)<\/script>/.exec(html)?.[1] ?? "") as BenchPlayer & { state: { seq: number } };
    const begun = await fetch(commitUrl, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ launchId, fromSeq: state.seq + 1, entries: [[state.seq + 1, Date.now(), "initialize"]], sentAtMs: Date.now() }),
    });
    if (!begun.ok) throw new Error(`A player could not begin: ${await begun.text()}`);
    opened.push({ commitUrl, token, launchId, seq: state.seq + 1 });
  }
  return opened;
}
